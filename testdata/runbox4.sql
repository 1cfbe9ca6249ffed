-- MySQL dump 10.9
--
-- Host: localhost    Database: webmail
-- ------------------------------------------------------
-- Server version	4.1.22-log

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES latin1 */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;

--
-- Table structure for table `draft_attachments`
--

DROP TABLE IF EXISTS `draft_attachments`;
CREATE TABLE `draft_attachments` (
  `aid` int(10) unsigned NOT NULL auto_increment,
  `mid` int(10) unsigned NOT NULL default '0',
  `filename` varchar(255) NOT NULL default '',
  `mime_type` varchar(64) NOT NULL default '',
  `content_id` varchar(255) default NULL,
  `content` mediumblob,
  PRIMARY KEY  (`aid`),
  KEY `mid` (`mid`)
) ENGINE=MyISAM DEFAULT CHARSET=latin1;

--
-- Dumping data for table `draft_attachments`
--

LOCK TABLES `draft_attachments` WRITE;
/*!40000 ALTER TABLE `draft_attachments` DISABLE KEYS */;
INSERT INTO `draft_attachments` VALUES (1080,108,'packing-list.txt','text/plain',NULL,0x74656E740D0A736C656570696E6720626167730D0A6C616D700D0A6D6174636865730D0A),(1081,108,'map.gif','image/gif',NULL,0x47494638396101000100800000FFFFFF00000021F90401000000002C00000000010001000002024401003B),(1190,119,'S√∏knad p√• stilling.pdf','application/pdf',NULL,0x255044462D312E330A312030206F626A0A3C3C202F54797065202F436174616C6F67203E3E0A656E646F626A0A747261696C65720A3C3C202F526F6F74203120302052203E3E0A2525454F460A),(990001,99999,'lost.txt','text/plain',NULL,0x546865206472616674206F6620746869732066696C65207761732064656C65746564206C6F6E672061676F2E0A),(990002,0,'','',NULL,'');
/*!40000 ALTER TABLE `draft_attachments` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `drafts`
--

DROP TABLE IF EXISTS `drafts`;
CREATE TABLE `drafts` (
  `mid` int(10) unsigned NOT NULL auto_increment,
  `username` varchar(64) NOT NULL default '',
  `msg_from` varchar(255) default NULL,
  `msg_to` text,
  `msg_cc` text,
  `msg_bcc` text,
  `reply_to` varchar(255) default NULL,
  `subject` varchar(255) default NULL,
  `msg_body` mediumtext,
  `ctype` varchar(16) NOT NULL default 'text',
  `charset` varchar(32) NOT NULL default '',
  `in_reply_to` varchar(255) default NULL,
  `reply_to_id` int(10) unsigned default NULL,
  `action` enum('new','reply','replyall','forward') NOT NULL default 'new',
  `priority` tinyint(4) NOT NULL default '3',
  `read_receipt` tinyint(1) NOT NULL default '0',
  `tags` varchar(255) NOT NULL default '',
  `created` datetime NOT NULL default '0000-00-00 00:00:00',
  `modified` timestamp NOT NULL default '0000-00-00 00:00:00',
  PRIMARY KEY  (`mid`),
  KEY `username` (`username`)
) ENGINE=MyISAM DEFAULT CHARSET=latin1;

--
-- Dumping data for table `drafts`
--

LOCK TABLES `drafts` WRITE;
/*!40000 ALTER TABLE `drafts` DISABLE KEYS */;
INSERT INTO `drafts` VALUES (101,'alice','Alice Solberg <alice@runbox.com>','Bjorn Dahl <bjorn.dahl@example.org>',NULL,NULL,NULL,'Saturday','Hi Bjorn,\n\nshall we take the early train on Saturday? It leaves at 8:05 from platform 3.\n\nAlice','text','iso-8859-1',NULL,NULL,'new',3,0,'','2005-03-10 21:02:11','2005-03-10 21:06:40'),(102,'alice','Alice Solberg <alice@runbox.com>','anna@example.org, Peter Berg <peter@example.org>','board@choir.example','Mother <mother@family.example>',NULL,'Minutes of the meeting','Dear all,\r\n\r\nhere are the minutes of last week\'s meeting.\r\n\r\n1. Budget: accepted.\r\n2. Concert: moved to June.\r\n3. Any other business: none.\r\n\r\nRegards\r\nAlice\r\n','text','iso-8859-1',NULL,NULL,'new',3,0,'','2005-03-12 10:00:00','2005-03-12 10:31:59'),(103,'alice','Alice Solberg <alice@runbox.com>','ÿyvind SÊther <oyvind@example.org>',NULL,NULL,NULL,'BlÂbÊr pÂ hytta','Hei ÿyvind!\r\n\r\nVi plukket fem liter blÂbÊr pÂ s¯ndag. Vil du ha noen glass syltet¯y?\r\n\r\nHilsen Alice\r\n','text','iso-8859-1',NULL,NULL,'new',3,0,'','2004-08-22 19:45:00','2004-08-22 19:45:00'),(104,'alice','Alice Solberg <alice@runbox.com>','Sales <sales@mail.example.org>',NULL,NULL,NULL,'Re: Your order 20050311','Dear Sir or Madam,\n\nthe lamp arrived without its shade. Could you send it?\n\nAlice Solberg\n\n> Your order was shipped on March 11.\n> Thank you for shopping with us.\n','text','iso-8859-1',NULL,9001,'reply',3,0,'','2005-03-14 08:15:30','2005-03-14 08:15:30'),(105,'alice','Alice Solberg <alice@runbox.com>','conductor@choir.example','altos@choir.example, sopranos@choir.example',NULL,NULL,'Re: Re: Rehearsal on Tuesday','Tuesday is fine with me, but I shall be ten minutes late.\r\n\r\n-- \r\nAlice Solberg\r\nsecond alto\r\n','text','utf-8','<reply-3@choir.example>',9002,'replyall',3,0,'','2005-05-02 17:20:05','2005-05-02 17:20:05'),(106,'alice','Alice Solberg <alice@runbox.com>','',NULL,NULL,NULL,'Letter to the landlord','Dear Mr Hansen,\r\n\r\nthe heating in the\r\n','text','iso-8859-1',NULL,NULL,'new',3,0,'','2004-11-30 22:59:59','2004-11-30 22:59:59'),(107,'alice','Alice Solberg <alice@runbox.com>','anna@example.org',NULL,NULL,NULL,NULL,'Did you find my umbrella?\r\n','text','iso-8859-1',NULL,NULL,'new',3,0,'','2004-12-01 12:00:00','2004-12-01 12:00:00'),(108,'alice','Alice Solberg <alice@runbox.com>','Peter Berg <peter@example.org>',NULL,NULL,NULL,'The map and the list','Peter,\r\n\r\nhere is the map to the cabin and the packing list.\r\n\r\nAlice\r\n','text','iso-8859-1',NULL,NULL,'new',3,0,'','2005-06-20 07:30:15','2005-06-20 07:30:15'),(109,'alice','Alice Solberg <alice@runbox.com>','alice@runbox.com',NULL,NULL,NULL,'Shopping','milk\nbread\ncoffee (the dark one)\n2 kg flour\ncat food\n','text','iso-8859-1',NULL,NULL,'new',3,0,'','2005-01-07 16:44:21','2005-01-07 16:44:21'),(110,'alice','Alice Solberg <alice@runbox.com>','Hotel L√∂wen <info@loewen.example>',NULL,NULL,NULL,'Anfrage: Doppelzimmer f√ºr 80 ‚Ç¨','Guten Tag,\r\n\r\nist das Doppelzimmer f√ºr 80 ‚Ç¨ im Juli noch frei? Wir k√§men gegen 18 Uhr und br√§uchten ein Kinderbett.\r\n\r\nMit freundlichen Gr√º√üen\r\nAlice Solberg\r\n','text','utf-8',NULL,NULL,'new',3,0,'','2007-04-18 20:10:00','2007-04-18 20:10:00'),(111,'alice','Alice Solberg <alice@runbox.com>','office@school.example',NULL,NULL,NULL,'Ill today','Emma is ill and stays at home today.\r\n\r\nAlice Solberg\r\n','text','iso-8859-1',NULL,NULL,'new',1,1,'','2006-02-13 07:05:00','2006-02-13 07:05:00'),(112,'alice','Alice Solberg <alice@runbox.com>','Mother <mother@family.example>',NULL,NULL,NULL,'Fwd: Photos of the garden','Look at these roses!\n\n---------- Forwarded message ----------\nFrom: Gardening Club <club@garden.example>\nSubject: Photos of the garden\n\nThe roses are in bloom.\n','text','iso-8859-1',NULL,9001,'forward',3,0,'','2006-07-01 09:00:00','2006-07-01 09:00:00'),(113,'alice','Alice Solberg <alice@runbox.com>','all@choir.example',NULL,NULL,'Choir Office <office@choir.example>','Who comes to the summer party?','Please answer to the office by June 1.\r\n','text','iso-8859-1',NULL,NULL,'new',3,0,'','2006-05-20 18:30:00','2006-05-20 18:30:00'),(114,'alice','Alice Solberg <alice@runbox.com>',NULL,NULL,'anna@example.org, bjorn.dahl@example.org, peter@example.org',NULL,'Surprise for Eva','Not a word to Eva! We meet at seven.\r\n','text','utf-8',NULL,NULL,'new',3,0,'','2008-09-09 09:09:09','2008-09-09 09:09:09'),(115,'alice','Alice Solberg <alice@runbox.com>','editor@paper.example',NULL,NULL,NULL,'Letter to the editor','Your article about the new tram line left out those who will use it most: the children of the three schools along the road, who today stand in the rain for a bus that comes when it likes, and their parents, who for want of anything better bring them by car.\r\n\r\nI should like to read about them, too.\r\n','text','iso-8859-1',NULL,NULL,'new',3,0,'','2006-10-03 21:15:00','2006-10-03 21:15:00'),(116,'alice','Alice Solberg <alice@runbox.com>','anna@example.org',NULL,NULL,NULL,'Recipe','<b>Waffles</b><br>\r\n5 eggs<br>\r\n1 cup of sugar<br>\r\n<i>Fry them while they are fresh.</i>\r\n','html','iso-8859-1',NULL,NULL,'new',3,0,'','2007-11-11 11:11:11','2007-11-11 11:11:11'),(117,'alice','Alice Solberg <alice@runbox.com>','Ma≈Çgorzata W√≥jcik <wojcik@example.org>',NULL,NULL,NULL,'Spotkanie w ≈Åodzi','Cze≈õƒá Gosiu,\r\n\r\nprzyjadƒô w ≈õrodƒô o piƒÖtej. Spotkajmy siƒô na dworcu w ≈Åodzi!\r\n\r\nAlice\r\n','text','utf-8',NULL,NULL,'new',3,0,'','2008-02-29 13:37:00','2008-02-29 13:37:00'),(118,'alice','Alice at the Choir <choir@runbox.com>','altos@choir.example',NULL,NULL,NULL,'New scores','The new scores are in the cupboard.\r\n','text','iso-8859-1',NULL,NULL,'new',3,0,'','2005-09-05 19:00:00','2005-09-05 19:00:00'),(119,'alice','Alice Solberg <alice@runbox.com>','Kari √Ös <kari@runbox.no>',NULL,NULL,NULL,'S√∏knad','Hei Kari,\r\n\r\nkan du lese gjennom s√∏knaden f√∏r fredag?\r\n\r\nAlice\r\n','text','utf-8',NULL,NULL,'new',3,0,'','2009-03-03 15:00:01','2009-03-03 15:00:01'),(120,'alice','Alice Solberg <alice@runbox.com>','peter@example.org',NULL,NULL,NULL,'A story','From the hill one saw the sea.\r\n.\r\n..\r\nFrom: there it was far.\r\n  indented, with blanks at the end  \r\n	tabbed\r\n','text','iso-8859-1',NULL,NULL,'new',3,0,'','2005-12-24 17:00:00','2005-12-24 17:00:00'),(121,'alice','Alice Solberg <alice@runbox.com>',NULL,NULL,NULL,NULL,'','','text','iso-8859-1',NULL,NULL,'new',3,0,'','2005-12-24 17:00:30','2005-12-24 17:00:30'),(122,'alice','Alice Solberg <alice@runbox.com>','bjorn.dahl@example.org',NULL,NULL,NULL,'Happy new year','A happy new year to all of you, and see you in January!\r\n','text','utf-8',NULL,NULL,'new',3,0,'personal,later','2012-12-31 23:59:58','2012-12-31 23:59:58');
/*!40000 ALTER TABLE `drafts` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `forum_posts`
--

DROP TABLE IF EXISTS `forum_posts`;
CREATE TABLE `forum_posts` (
  `id` int(11) NOT NULL auto_increment,
  `mid` int(11) NOT NULL default '0',
  `poster` varchar(40) NOT NULL default '',
  `post` text NOT NULL,
  `score` decimal(6,2) NOT NULL default '0.00',
  PRIMARY KEY  (`id`)
) ENGINE=MyISAM DEFAULT CHARSET=latin1;

--
-- Dumping data for table `forum_posts`
--

LOCK TABLES `forum_posts` WRITE;
/*!40000 ALTER TABLE `forum_posts` DISABLE KEYS */;
INSERT INTO `forum_posts` VALUES (1,101,'alice','It\'s a trap: INSERT INTO `drafts` VALUES (999,\'alice\',\'a\',\'b\',\'c\'); -- said O\'Neil','1.50'),(2,102,'someone','/* not a comment */ a backslash at the end \\','-0.25'),(3,103,'someone else','two lines\nUNLOCK TABLES;\n\'); DROP TABLE drafts;\n\"double\" \'single\' `back`','9999.99');
/*!40000 ALTER TABLE `forum_posts` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `messages`
--

DROP TABLE IF EXISTS `messages`;
CREATE TABLE `messages` (
  `mid` int(10) unsigned NOT NULL auto_increment,
  `username` varchar(64) NOT NULL default '',
  `message_id` varchar(255) default NULL,
  `refs` text,
  PRIMARY KEY  (`mid`)
) ENGINE=MyISAM DEFAULT CHARSET=latin1;

--
-- Dumping data for table `messages`
--

LOCK TABLES `messages` WRITE;
/*!40000 ALTER TABLE `messages` DISABLE KEYS */;
INSERT INTO `messages` VALUES (9001,'alice','<20050311081500.GA1234@mail.example.org>',NULL),(9002,'alice','<reply-3@choir.example>','<call-1@choir.example> <reply-2@choir.example>'),(9003,'tom','<final@thread.example>','<r001@thread.example> <r002@thread.example>'),(9004,'tom','this was never an id',NULL),(9005,'alice','<private-of-alice@mail.example.org>',NULL);
/*!40000 ALTER TABLE `messages` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `users`
--

DROP TABLE IF EXISTS `users`;
CREATE TABLE `users` (
  `username` varchar(64) NOT NULL default '',
  `domain` varchar(64) NOT NULL default 'runbox.com',
  `fullname` varchar(255) NOT NULL default '',
  PRIMARY KEY  (`username`)
) ENGINE=MyISAM DEFAULT CHARSET=latin1;

--
-- Dumping data for table `users`
--

LOCK TABLES `users` WRITE;
/*!40000 ALTER TABLE `users` DISABLE KEYS */;
INSERT INTO `users` VALUES ('alice','runbox.com','Alice Solberg'),('bob','example.com','Bob O\'Brien'),('dora','runbox.com','Dora Lind'),('fatima','runbox.com','Fatima Haddad'),('henry','runbox.com','Henry Moss'),('ivan','runbox.com','È◊¡Œ ≈‘“œ◊'),('kari','runbox.no','Kari ≈s'),('mallory','runbox.com','Mallory'),('nobody-writes','runbox.com','An Account Without Drafts'),('olga','runbox.com','Olga Smirnova'),('tom','runbox.com','Tom Becker'),('wei','runbox.com','Wei Li'),('yuki','runbox.com','Â±±Áî∞„ÇÜ„Åç');
/*!40000 ALTER TABLE `users` ENABLE KEYS */;
UNLOCK TABLES;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

