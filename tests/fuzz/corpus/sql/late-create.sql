INSERT INTO t VALUES (1,'x');
CREATE TABLE t (a int(10) unsigned NOT NULL auto_increment, b text, PRIMARY KEY (a), KEY k (b(10))) TYPE=MyISAM DEFAULT CHARSET=latin1;
INSERT IGNORE INTO u (a,b) VALUES (b'101',N'x'),(\N,1.5e3);ALTER TABLE t ADD COLUMN c int, ADD UNIQUE KEY (c);