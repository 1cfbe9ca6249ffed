CREATE TABLE t (a int(10) unsigned NOT NULL auto_increment, b text, PRIMARY KEY (a), KEY k (b(10))) TYPE=MyISAM DEFAULT CHARSET=latin1;
INSERT INTO t VALUES (1,'x'),(2,'y' oops
mysqldump: Error 2013: it's gone
INSERT INTO t VALUES (3,'z'),(4);
