-- MySQL dump 10.10
--
-- Host: localhost    Database: noteboard
-- ------------------------------------------------------
-- Server version	5.0.22
/*!40101 SET NAMES utf8 */;
CREATE TABLE `file` (
  `nr` int(11) NOT NULL, `note` int(11) NOT NULL, `called` varchar(100) default NULL, `type` varchar(50) default NULL,
  `cid` varchar(50) default NULL, `link` varchar(100) default NULL, PRIMARY KEY (`nr`)
) ENGINE=MyISAM DEFAULT CHARSET=latin1;
INSERT INTO `file` VALUES (1,10,'part list.txt','text/plain',NULL,NULL),(2,10,'nothing.dat','',NULL,NULL),(3,11,'sun.gif','image/gif','sun@noteboard.example','/file?nr=3');
CREATE TABLE `line` (`nr` int(11) NOT NULL, `note` int(11) NOT NULL, `name` varchar(50), `value` varchar(200), PRIMARY KEY (`nr`)) ENGINE=MyISAM;
INSERT INTO `line` VALUES (1,10,'In-Reply-To','<older@noteboard.example>'),(2,10,'X-Secret','must not go out');
CREATE TABLE `note` (
  `nr` int(11) NOT NULL, `person` int(11) NOT NULL, `born` datetime NOT NULL, `changed` datetime NOT NULL,
  `sender_name` varchar(100), `sender` varchar(100), `answer_to` varchar(100), `cc` text, `headline` varchar(200),
  `words` text, `kind` varchar(10), `footer` text, `rev` int(11) NOT NULL, `thread` text, `urgency` int(11),
  `ack` tinyint(1) NOT NULL default '0', `sent` tinyint(1) NOT NULL default '0'
) ENGINE=MyISAM DEFAULT CHARSET=latin1;
INSERT INTO `note` VALUES
(10,1,'2006-05-01 09:00:00','2006-05-02 10:11:12','Renée Kløver','renee@noteboard.example','office@noteboard.example','Tom <tom@x.example>; plain','Déjà vu','Zwölf Boxkämpfer\r\njagen Viktor','text','Renée\r\nNoteboard',1,'<first@noteboard.example> <older@noteboard.example>',1,1,0),
(10,1,'2006-05-01 09:00:00','2006-05-02 10:30:00','Renée Kløver','renee@noteboard.example','office@noteboard.example','Tom <tom@x.example>; plain','Déjà vu (2)','Zwölf Boxkämpfer\r\njagen Viktor quer','text','Renée\r\nNoteboard',2,'<first@noteboard.example> <older@noteboard.example>',1,1,0),
(11,1,'2006-06-01 09:00:00','0000-00-00 00:00:00',NULL,NULL,NULL,NULL,'Sunny','<p>Look: <img src="/file?nr=3"> <b>fine</b></p>','text/html',NULL,1,NULL,5,0,0),
(12,1,'2006-06-01 09:00:00','2006-04-02 02:30:00',NULL,NULL,NULL,NULL,'Already sent','no','text',NULL,1,NULL,3,0,1),
(13,2,'2006-06-01 09:00:00','2006-04-02 02:30:00',NULL,NULL,NULL,NULL,'The hour that was not','It did not exist.','text',NULL,1,NULL,3,0,0),
(14,2,'2006-06-01 09:00:00','2006-10-29 01:30:00',NULL,NULL,NULL,NULL,'','','text',NULL,1,NULL,3,0,0);
CREATE TABLE `person` (`nr` int(11) NOT NULL, `mail` varchar(100) NOT NULL, `called` varchar(100), PRIMARY KEY (`nr`)) ENGINE=MyISAM DEFAULT CHARSET=latin1;
INSERT INTO `person` VALUES (1,'renee@noteboard.example','Renée Kløver'),(2,'otto@noteboard.example','Otto');
CREATE TABLE `piece` (`file` int(11) NOT NULL, `pos` int(11) NOT NULL, `bytes` blob, PRIMARY KEY (`file`,`pos`)) ENGINE=MyISAM;
INSERT INTO `piece` VALUES (1,2,'two\r\n'),(1,1,'one\r\n'),(3,1,0x47494638396101000100800000FFFFFF00000021F90401000000002C00000000010001000002024401003B);
CREATE TABLE `stored` (`nr` int(11) NOT NULL, `mail` varchar(100) NOT NULL, `changed` datetime NOT NULL, `raw` mediumblob, PRIMARY KEY (`nr`)) ENGINE=MyISAM;
INSERT INTO `stored` VALUES (7,'otto@noteboard.example','2007-01-02 03:04:05','From: Otto <otto@noteboard.example>\nTo: =?iso-8859-1?Q?J=F6rg?= <joerg@x.example>\nSubject: =?iso-8859-1?Q?Gr=FC=DFe?=\nX-Mailer: old\nMIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nSch=F6ne Gr=FC=DFe\n');
CREATE TABLE `whom` (`note` int(11) NOT NULL, `pos` int(11) NOT NULL, `kind` varchar(10), `called` varchar(100), `mail` varchar(100)) ENGINE=MyISAM DEFAULT CHARSET=latin1;
INSERT INTO `whom` VALUES (10,1,'to','Jörg, der Große','joerg@x.example'),(10,2,'bcc','','secret@x.example'),(11,1,'to','Mom',NULL);
-- Dump completed on 2007-02-03  4:05:06
