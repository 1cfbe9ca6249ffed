/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dialect table of SOURCES.md 5: each construct a case, read with windows of many sizes. */
#include "events.h"

#include <string.h>

static const struct sql_case {
	const char *name;
	const char *dump;
	const char *want;
} sql_cases[] = {
#define T "CREATE TABLE t (a int, b text);\n"
	{"a row is told with its values", T "INSERT INTO t VALUES (1,'x');", "t: 1|'x'\n"},
	{"INSERT … SET is a row", T "INSERT INTO t SET b='x', a = 1;\nINSERT INTO t SET a=2;",
		"t: 1|'x'\nt: 2|-\n"},
	{"REPLACE … SET is one, too, with := and qualified names",
		T "REPLACE t SET t.a := 1, d.t.`b`=0x41 ;\nINSERT IGNORE INTO t SET a=DEFAULT;",
		"t replace: 1|x'41'\nt ignore: -|-\n"},
	{"INSERT … SET names columns that nobody declared",
		"INSERT INTO t SET x=1,y='a';\nINSERT INTO t SET y='b',z=NULL;",
		"t: 1|'a'\nt: -|'b'|~\n"},
	{"what stands behind INSERT … SET is skipped",
		T "INSERT INTO t SET a=1 ON DUPLICATE KEY UPDATE a=VALUES(a), b='x;';\n"
		  "INSERT INTO t VALUES (2,'y');",
		"t: 1|-\nt: 2|'y'\n"},
	{"a partition stands before the rows", T "INSERT INTO t PARTITION (p0, p1) (a) VALUES (1);",
		"t: 1|-\n"},
	{"several rows of one INSERT", T "INSERT INTO t VALUES (1,'x'),(2,NULL),(3,'');",
		"t: 1|'x'\nt: 2|~\nt: 3|''\n"},
	{"3.23 writes # comments with apostrophes",
		"# MySQL dump 8.14\n#\n# Host: localhost    Database: rb's\n" T
		"#\n# Dumping data for table 't'\n#\n\nINSERT INTO t VALUES (1,'x');\n",
		"t: 1|'x'\n"},
	{"4.0 writes -- comments",
		"-- MySQL dump 9.11\n--\n-- Don't\n" T "INSERT INTO t VALUES (1,'x');\n",
		"t: 1|'x'\n"},
	{"two dashes without a space are no comment", T "INSERT INTO t VALUES (1,'a--b');",
		"t: 1|'a--b'\n"},
	{"comment lines may end in CR",
		"# phpMyAdmin SQL Dump\r# it's\rCREATE TABLE t (a int, b "
		"text);\rINSERT INTO t VALUES (1,'x');\r",
		"t: 1|'x'\n"},
	{"executable comments are read",
		"/*!40101 SET NAMES utf8 */;\n/*!50001 CREATE TABLE t (a "
		"int, b text) */;\nINSERT INTO t VALUES (1,'x');",
		"t: 1|utf8'x'\n"},
	{"MariaDB's sandbox line is a comment",
		"/*M!999999\\- enable the sandbox mode */ \n" T "INSERT INTO t VALUES (1,'x');",
		"t: 1|'x'\n"},
	{"MariaDB's executable comments are read",
		"/*M!100616 SET NAMES utf8mb4 */;\n" T "INSERT INTO t VALUES (1,'x');",
		"t: 1|utf8mb4'x'\n"},
	{"a closing mark inside a string ends no comment",
		T "/*!40000 INSERT INTO t VALUES (1,'*/') */;", "t: 1|'*/'\n"},
	{"an ordinary comment hides quotes", T "/* it's */ INSERT INTO t /* x */ VALUES (1,'x');",
		"t: 1|'x'\n"},
	{"a byte order mark is dropped", "\xef\xbb\xbf" T "INSERT INTO t VALUES (1,'x');",
		"t: 1|'x'\n"},
	{"a warning of mysqldump in its own dump is no damage",
		"mysqldump: [Warning] Using a password on the command line interface can be "
		"insecure.\n" T
		"mysqldump: Deprecated program name. It will be removed\nINSERT INTO "
		"t VALUES (1,'x');",
		"t: 1|'x'\n"},
	{"a name in the client's set is the one that CREATE TABLE has in UTF-8",
		"SET NAMES latin1;\nSET character_set_client=utf8;\nCREATE TABLE `t\xc3\xa5` (a "
		"int);\n"
		"SET character_set_client=latin1;\nINSERT INTO `t\xe5` VALUES (1);\n"
		"INSERT INTO t\xe5 (a) VALUES (2);",
		"t\xc3\xa5: 1\nt\xc3\xa5: 2\n"},
	{"SET NAMES is in force from there on",
		T "SET NAMES latin1;\nINSERT INTO t VALUES (1,'x');\nSET NAMES 'utf8';\nINSERT "
		  "INTO t VALUES (2,'y');",
		"t: 1|latin1'x'\nt: 2|utf8'y'\n"},
	{"a saved character set comes back",
		"/*!40101 SET NAMES latin1 */;\n"
		"/*!40101 SET @saved_cs_client     = @@character_set_client */;\n"
		"/*!40101 SET character_set_client = utf8 */;\n" T
		"/*!40101 SET character_set_client = @saved_cs_client */;\n"
		"INSERT INTO t VALUES (1,'x');",
		"t: 1|latin1'x'\n"},
	{"SET CHARACTER SET is SET NAMES",
		T "SET CHARACTER SET koi8r;INSERT INTO t VALUES (1,'x');", "t: 1|koi8r'x'\n"},
	{"several settings of one SET",
		"/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;\n"
		"/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO', "
		"character_set_client='cp1251' */;\n" T "INSERT INTO t VALUES (1,'x');",
		"t: 1|cp1251'x'\n"},
	{"a setting by a function changes nothing",
		"SET NAMES utf8;SET @@character_set_client = IFNULL(@a, 'latin1');" T
		"INSERT INTO t VALUES (1,'x');",
		"t: 1|utf8'x'\n"},
	{"the time zone travels with the row",
		T "/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;/*!40103 SET TIME_ZONE='+00:00' "
		  "*/;\nINSERT INTO t VALUES (1,'x');SET TIME_ZONE=@OLD_TIME_ZONE;INSERT INTO t "
		  "VALUES (2,'y');",
		"t zone +00:00: 1|'x'\nt: 2|'y'\n"},
	{"NO_BACKSLASH_ESCAPES in the file counts",
		T "SET sql_mode='NO_BACKSLASH_ESCAPES';INSERT INTO t VALUES (1,'a\\'),(2,'b''');",
		"t: 1|'a\\'\nt: 2|'b''\n"},
	{"under ANSI_QUOTES \"x\" is a name",
		"SET sql_mode='ANSI_QUOTES';CREATE TABLE \"t\" (\"a\" int, \"b\" text);INSERT INTO "
		"\"t\" (\"b\",\"a\") VALUES ('x',1);",
		"t: 1|'x'\n"},
	{"else \"x\" is a string", T "INSERT INTO t VALUES (1,\"it's \"\"x\"\"\");",
		"t: 1|'it's \"x\"'\n"},
	{"names may be quoted, doubled, qualified, 8-bit",
		"CREATE TABLE `a``b` (`x y` int);INSERT INTO `a``b` VALUES (1);CREATE TABLE d.u (x "
		"int);INSERT INTO `d`.`u` VALUES (2);CREATE TABLE \xc3\xa5s (x int);INSERT INTO "
		"\xc3\x85s VALUES (3);INSERT INTO \xc3\xa5s VALUES (4);",
		"a`b: 1\nu: 2\n\xc3\x85s: 3\n\xc3\xa5s: 4\n"},
	{"names are compared without case",
		"CREATE TABLE T (A int, B text);INSERT INTO t (b,a) VALUES ('x',1);", "T: 1|'x'\n"},
	{"all spellings of INSERT",
		T "INSERT  DELAYED INTO t VALUES (1,'a');\ninsert low_priority ignore t value "
		  "(2,'b');\nINSERT HIGH_PRIORITY INTO t(b)VALUES('c');\nREPLACE INTO t VALUES "
		  "(4,'d');replace t values(5,'e');",
		"t: 1|'a'\nt ignore: 2|'b'\nt: -|'c'\nt replace: 4|'d'\nt replace: 5|'e'\n"},
	{"rows may stand on lines of their own",
		T "INSERT INTO `t` VALUES\n(1,'a'),\n(2,'b') ,\r\n ( 3 , 'c' ) ;\n",
		"t: 1|'a'\nt: 2|'b'\nt: 3|'c'\n"},
	{"ON DUPLICATE KEY UPDATE is passed over",
		T "INSERT INTO t VALUES (1,'a') ON DUPLICATE KEY UPDATE b='x;y';INSERT INTO t "
		  "VALUES (2,'b');",
		"t: 1|'a'\nt: 2|'b'\n"},
	{"without CREATE TABLE columns are c1, c2", "INSERT INTO t VALUES (1,'x'),(2,'y');",
		"t: 1|'x'\nt: 2|'y'\n"},
	{"CREATE TABLE may come after the rows",
		"INSERT INTO t VALUES (1,'x');\nCREATE TABLE t (a int, b text);\nINSERT INTO t (b) "
		"VALUES ('y');",
		"t: 1|'x'\nt: -|'y'\n"},
	{"an added column counts",
		T
		"ALTER TABLE `t` ADD COLUMN c int(11) NOT NULL, ADD PRIMARY KEY (a);INSERT INTO t "
		"VALUES (1,'x',2);",
		"t: 1|'x'|2\n"},
	{"a row with a wrong number of values is left out",
		T "INSERT INTO t VALUES (1,'x'),(2),(3,'y',4),(5,'z');", "t: 1|'x'\nt: 5|'z'\n"},
	{"every escape of strings",
		T "INSERT INTO t VALUES (1,'\\0\\n\\r\\t\\b\\Z\\\\\\'\\\"\\%\\_\\q''');",
		"t: 1|'\\00\\0a\\0d\\09\\08\\1a\\'\"\\%\\_q''\n"},
	{"raw control characters are legal in strings",
		T "INSERT INTO t VALUES (1,'a\n\r\x1a;-- "
		  "b\n# c');",
		"t: 1|'a\\0a\\0d\\1a;-- b\\0a# c'\n"},
	{"adjacent strings are one", T "INSERT INTO t VALUES (1,'a' 'b'\n'c');", "t: 1|'abc'\n"},
	{"introducers say the character set",
		T "SET NAMES utf8;INSERT INTO t VALUES (1,_latin1'x'),(2,_binary "
		  "'\xff'),(3,N'y'),(4,_utf8mb4 x'c3a5');",
		"t: 1|latin1'x'\nt: 2|x'ff'\nt: 3|utf8'y'\nt: 4|utf8mb4'\\c3\\a5'\n"},
	{"hexadecimal and bits are bytes",
		T "INSERT INTO t VALUES (0x41,x'4142'),(0x,X''),(b'101',0b100000001);",
		"t: x'41'|x'4142'\nt: x''|x''\nt: x'05'|x'0101'\n"},
	{"odd hexadecimal digits are damage",
		T "INSERT INTO t VALUES (1,0xABC);\nINSERT INTO t VALUES (2,'x');", "t: 2|'x'\n"},
	{"sjis: a backslash may be half a letter",
		T "SET NAMES sjis;INSERT INTO t VALUES (1,'\x95\x5c'),(2,'\\\x95'),(3,'\x95\\''');",
		"t: 1|sjis'\\95\\'\nt: 2|sjis'\\95'\nt: 3|sjis'\\95\\''\n"},
	{"under latin1 it is an escape", T "SET NAMES latin1;INSERT INTO t VALUES (1,'\x95\\'x');",
		"t: 1|latin1'\\95'x'\n"},
	{"numbers stand as they are",
		T "INSERT INTO t VALUES (-1,1.50),(+2,1e-7),(20041231230405,.5);",
		"t: -1|1.50\nt: +2|1e-7\nt: 20041231230405|.5\n"},
	{"NULL in any case, and as \\N", T "INSERT INTO t VALUES (null,'NULL'),(Null,\\N);",
		"t: ~|'NULL'\nt: ~|~\n"},
	{"true, false and default", T "INSERT INTO t VALUES (TRUE,false),(DEFAULT,1);",
		"t: 1|0\nt: -|1\n"},
	{"bodies under DELIMITER hold no rows",
		T
		"DELIMITER ;;\nCREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN INSERT INTO "
		"t VALUES (9,'no'); END ;;\nDELIMITER ;\nINSERT INTO t VALUES (1,'x');",
		"t: 1|'x'\n"},
	{"nor do bodies without it",
		T "CREATE TRIGGER x AFTER INSERT ON t BEGIN INSERT INTO t VALUES (9,'no'); DELETE "
		  "FROM t; END;\nINSERT INTO t VALUES (1,'x');",
		"t: 1|'x'\n"},
	{"a view's stand-in table has no rows",
		"/*!50001 CREATE TABLE `v` (`a` int) ENGINE=MyISAM */;\n/*!50001 DROP TABLE "
		"`v`*/;\n/*!50001 CREATE ALGORITHM=UNDEFINED VIEW `v` AS select 'x;y' AS "
		"`a`*/;\n" T "INSERT INTO t VALUES (1,'x');",
		"t: 1|'x'\n"},
	{"everything around the rows is passed over",
		T "LOCK TABLES `t` WRITE;\n/*!40000 ALTER TABLE `t` DISABLE KEYS */;\nset "
		  "autocommit=0;\nINSERT INTO t VALUES (1,'x');\ncommit;\nUNLOCK TABLES;\nGRANT "
		  "ALL ON *.* TO 'x'@'%';FLUSH PRIVILEGES;",
		"t: 1|'x'\n"},
	{"DROP TABLE empties a table that has rows",
		T "INSERT INTO t VALUES (1,'x');DROP TABLE IF EXISTS `t`;CREATE TABLE t (b text, a "
		  "int);INSERT INTO t VALUES ('y',2);",
		"t: 1|'x'\ndrop t\nt: 2|'y'\n"},
	{"TRUNCATE does too", T "INSERT INTO t VALUES (1,'x');TRUNCATE TABLE t;DELETE FROM `t`;",
		"t: 1|'x'\ntruncate t\ntruncate t\n"},
	{"a second CREATE TABLE keeps rows and binds by name",
		T "INSERT INTO t VALUES (1,'x');CREATE TABLE IF NOT EXISTS t (b text, c int, a "
		  "int);INSERT INTO t VALUES ('y',3,2);",
		"t: 1|'x'\nt: 2|'y'|3\n"},
	{"error text in the file is passed over",
		T "INSERT INTO t VALUES (1,'x');\nmysqldump: Error 2013: Lost connection; it's "
		  "gone\nINSERT INTO t VALUES (2,'y');",
		"t: 1|'x'\nt: 2|'y'\n"},
	{"after damage in a row sense begins at the next statement",
		T "INSERT INTO t VALUES (1,'x'),(2,'y' oops ('\nabc\nINSERT INTO t VALUES (3,'z');",
		"t: 1|'x'\nt: 3|'z'\n"},
	{"a new header resets what is in force",
		"-- MySQL dump 10.13\nSET NAMES utf8;" T "INSERT INTO t VALUES (1,'x');\n-- MySQL "
		"dump 10.13\nINSERT INTO t VALUES (2,'y');",
		"t: 1|utf8'x'\nt: 2|'y'\n"},
	{"SQLite's dump has no backslashes",
		"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE IF NOT EXISTS "
		"\"t\"(a, b);\nINSERT INTO \"t\" VALUES(1,'a\\');\nINSERT INTO t "
		"VALUES(2,X'00ff');\nCOMMIT;\n",
		"t: 1|'a\\'\nt: 2|x'00ff'\n"},
	{"SQLite writes line breaks by replace()",
		"PRAGMA foreign_keys=OFF;\nCREATE TABLE t(a, b);\nINSERT INTO t "
		"VALUES(1,replace(replace('a\\012b\\r','\\r',char(13)),'\\012',char(10)));\n"
		"INSERT INTO t VALUES(replace('x\\n','\\n',char(10)),2);\nCOMMIT;\n",
		"t: 1|'a\\0ab\\0d'\nt: 'x\\0a'|2\n"},
	{"newer SQLite writes unistr()",
		"PRAGMA foreign_keys=OFF;\nCREATE TABLE t(a, b);\nINSERT INTO t "
		"VALUES(1,unistr('a\\u000ab\\\\\\00e5\\+01f600'));\nCOMMIT;\n",
		"t: 1|'a\\0ab\\\\c3\\a5\\f0\\9f\\98\\80'\n"},
#undef T
};

static void
test_sql(gconstpointer data)
{
	static const gsize windows[] = {1, 2, 3, 7, 64, 0};
	const struct sql_case *c = data;

	for (gsize i = 0; i < G_N_ELEMENTS(windows); i++) {
		g_autofree char *got = events_of(c->dump, strlen(c->dump), windows[i], false);

		g_assert_cmpstr(got, ==, c->want);
	}
}

static const struct table_case {
	const char *name;
	const char *dump;
	const char *want;
} table_cases[] = {
	{"the reconstruction of 3.23",
		"CREATE TABLE drafts (\n  mid int(10) unsigned NOT NULL auto_increment,\n  "
		"username "
		"varchar(64) NOT NULL default '',\n  action enum('new','re,ply','it''s') NOT NULL "
		"default 'new',\n  modified timestamp(14) NOT NULL,\n  pin varchar(8) binary "
		"default "
		"NULL,\n  PRIMARY KEY  (mid),\n  KEY username (username(10), pin)\n) TYPE=MyISAM;",
		"table drafts/(mid:int(10) unsigned::!, username:varchar(64)::!, "
		"action:enum('new','re,ply','it''s')::!, modified:timestamp(14)::!, "
		"pin:varchar(8)::_bin; primary 0; key username 1 4)\n"},
	{"character sets of column, collation and table",
		"CREATE TABLE `t` (`a` text CHARACTER SET latin2, `b` text COLLATE utf8mb4_bin "
		"NOT NULL, `c` varchar(9) DEFAULT 'x' COMMENT 'y, z)', `d` blob) ENGINE=InnoDB "
		"AUTO_INCREMENT=4 DEFAULT CHARSET=latin1 COLLATE=latin1_danish_ci;",
		"table t/latin1(a:text:latin2:, b:text:utf8mb4:utf8mb4_bin!, "
		"c:varchar(9):latin1:latin1_danish_ci, d:blob::)\n"},
	{"generated columns, zerofill, checks, references",
		"CREATE TABLE `t` (`a` int(3) unsigned zerofill, `b` varchar(10) GENERATED ALWAYS "
		"AS "
		"(concat(`a`,'(')) STORED, `c` json CHECK (json_valid(`c`)), `e` int /*!80023 "
		"INVISIBLE */, CONSTRAINT `x` FOREIGN KEY (`a`) REFERENCES `u` (`id`) ON DELETE "
		"CASCADE, UNIQUE KEY `u` (`b` DESC) USING BTREE, CHECK (a > 1));",
		"table t/(a:int(3) unsigned zerofill::, b:varchar(10)::=, c:json::, e:int::; "
		"unique u 1)\n"},
	{"SQLite's words",
		"PRAGMA foreign_keys=OFF;CREATE TABLE \"a b\" ([x] INTEGER PRIMARY KEY "
		"AUTOINCREMENT, y, 'z' VARCHAR(3) NOT NULL UNIQUE);",
		"table a b/(x:integer::, y:::, z:varchar(3)::!; primary 0; unique  2)\n"},
	{"keys that phpMyAdmin adds at the end",
		"CREATE TABLE `t` (`a` int, `b` int);ALTER TABLE `t`\n  ADD PRIMARY KEY (`a`),\n  "
		"ADD KEY `k` (`b`);\nALTER TABLE `t` MODIFY `a` int(11) NOT NULL AUTO_INCREMENT, "
		"AUTO_INCREMENT=5;",
		"table t/(a:int::, b:int::; primary 0; key k 1)\n"},
	{"USE names the database", "USE `mail`;CREATE TABLE t (a int);",
		"table mail.t/(a:int::)\n"},
	{"columns that nobody declares", "INSERT INTO t VALUES (1,'x');",
		"table t/(c1:::, c2:::)\nt: 1|'x'\n"},
	{"columns that only an INSERT names", "INSERT INTO t (`id`,`Who`) VALUES (1,'x');",
		"table t/(id:::, Who:::)\nt: 1|'x'\n"},
};

static void
test_tables(gconstpointer data)
{
	const struct table_case *c = data;
	g_autofree char *got = events_of(c->dump, strlen(c->dump), 0, true);
	g_autofree char *slow = events_of(c->dump, strlen(c->dump), 1, true);

	g_assert_cmpstr(got, ==, c->want);
	g_assert_cmpstr(slow, ==, c->want);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(sql_cases); i++) {
		g_autofree char *path = g_strdup_printf("/source/sql/%s", sql_cases[i].name);

		g_test_add_data_func(path, &sql_cases[i], test_sql);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(table_cases); i++) {
		g_autofree char *path = g_strdup_printf("/source/table/%s", table_cases[i].name);

		g_test_add_data_func(path, &table_cases[i], test_tables);
	}
	return g_test_run();
}
