# MySQL dump 8.14
#
# Host: localhost    Database: rb's
#--------
# Server version	3.23.58-log

CREATE TABLE t (a int(10) unsigned NOT NULL auto_increment, b text, PRIMARY KEY (a), KEY k (b(10))) TYPE=MyISAM DEFAULT CHARSET=latin1;
INSERT  DELAYED INTO t VALUES (1,'it\'s'),(2,NULL),(3,0x4142);
