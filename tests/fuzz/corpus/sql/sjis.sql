SET NAMES sjis;
CREATE TABLE t (a int(10) unsigned NOT NULL auto_increment, b text, PRIMARY KEY (a), KEY k (b(10))) TYPE=MyISAM DEFAULT CHARSET=latin1;
INSERT INTO t VALUES (1,'•\'),(2,'\•'),(3,'ƒ\\'');
