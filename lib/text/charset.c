/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/charset.h"
#include "lib/text/internal.h"

#include <stdlib.h>
#include <string.h>

/* Longer names are none of ours. */
#define NAME_MAX_BYTES 64

enum set {
	ASCII,
	UTF8,
	CP1252,
	CP1250,
	CP1251,
	CP1253,
	CP1254,
	CP1255,
	CP1256,
	CP1257,
	CP1258,
	CP874,
	LATIN2,
	LATIN3,
	LATIN4,
	CYRILLIC,
	ARABIC,
	GREEK,
	HEBREW,
	LATIN6,
	LATIN7,
	LATIN8,
	LATIN9,
	LATIN10,
	KOI8R,
	KOI8U,
	CP437,
	CP850,
	CP852,
	CP855,
	CP865,
	CP866,
	MACROMAN,
	MACCE,
	MACCYRILLIC,
	DEC8,
	HP8,
	SWE7,
	ARMSCII8,
	CP932,
	EUCJP,
	CP949,
	EUCTW,
	JOHAB,
	GB18030,
	BIG5,
	UTF16,
	UTF16LE,
	UTF32,
	UTF32LE,
	ISO2022
};

static const struct dc_charset sets[] = {
	[ASCII] = {"us-ascii", DC_CHARSET_ASCII, {"ASCII", NULL}, false},
	[UTF8] = {"utf-8", DC_CHARSET_UTF8, {"UTF-8", NULL}, false},
	[CP1252] = {"windows-1252", DC_CHARSET_CP1252, {NULL, NULL}, false},
	[CP1250] = {"windows-1250", DC_CHARSET_SINGLE, {"CP1250", NULL}, false},
	[CP1251] = {"windows-1251", DC_CHARSET_SINGLE, {"CP1251", NULL}, false},
	[CP1253] = {"windows-1253", DC_CHARSET_SINGLE, {"CP1253", NULL}, false},
	[CP1254] = {"windows-1254", DC_CHARSET_SINGLE, {"CP1254", NULL}, false},
	[CP1255] = {"windows-1255", DC_CHARSET_SINGLE, {"CP1255", NULL}, false},
	[CP1256] = {"windows-1256", DC_CHARSET_SINGLE, {"CP1256", NULL}, false},
	[CP1257] = {"windows-1257", DC_CHARSET_SINGLE, {"CP1257", NULL}, false},
	[CP1258] = {"windows-1258", DC_CHARSET_SINGLE, {"CP1258", NULL}, false},
	[CP874] = {"windows-874", DC_CHARSET_SINGLE, {"CP874", NULL}, false},
	[LATIN2] = {"iso-8859-2", DC_CHARSET_SINGLE, {"ISO-8859-2", NULL}, false},
	[LATIN3] = {"iso-8859-3", DC_CHARSET_SINGLE, {"ISO-8859-3", NULL}, false},
	[LATIN4] = {"iso-8859-4", DC_CHARSET_SINGLE, {"ISO-8859-4", NULL}, false},
	[CYRILLIC] = {"iso-8859-5", DC_CHARSET_SINGLE, {"ISO-8859-5", NULL}, false},
	[ARABIC] = {"iso-8859-6", DC_CHARSET_SINGLE, {"ISO-8859-6", NULL}, false},
	[GREEK] = {"iso-8859-7", DC_CHARSET_SINGLE, {"ISO-8859-7", NULL}, false},
	[HEBREW] = {"iso-8859-8", DC_CHARSET_SINGLE, {"ISO-8859-8", NULL}, false},
	[LATIN6] = {"iso-8859-10", DC_CHARSET_SINGLE, {"ISO-8859-10", NULL}, false},
	[LATIN7] = {"iso-8859-13", DC_CHARSET_SINGLE, {"ISO-8859-13", NULL}, false},
	[LATIN8] = {"iso-8859-14", DC_CHARSET_SINGLE, {"ISO-8859-14", NULL}, false},
	[LATIN9] = {"iso-8859-15", DC_CHARSET_SINGLE, {"ISO-8859-15", NULL}, false},
	[LATIN10] = {"iso-8859-16", DC_CHARSET_SINGLE, {"ISO-8859-16", NULL}, false},
	[KOI8R] = {"koi8-r", DC_CHARSET_SINGLE, {"KOI8-R", NULL}, false},
	[KOI8U] = {"koi8-u", DC_CHARSET_SINGLE, {"KOI8-U", NULL}, false},
	[CP437] = {"cp437", DC_CHARSET_SINGLE, {"CP437", NULL}, false},
	[CP850] = {"cp850", DC_CHARSET_SINGLE, {"CP850", NULL}, false},
	[CP852] = {"cp852", DC_CHARSET_SINGLE, {"CP852", NULL}, false},
	[CP855] = {"cp855", DC_CHARSET_SINGLE, {"CP855", NULL}, false},
	[CP865] = {"cp865", DC_CHARSET_SINGLE, {"CP865", NULL}, false},
	[CP866] = {"cp866", DC_CHARSET_SINGLE, {"CP866", NULL}, false},
	[MACROMAN] = {"macintosh", DC_CHARSET_SINGLE, {"MACINTOSH", NULL}, false},
	[MACCE] = {"x-mac-ce", DC_CHARSET_SINGLE, {"MAC-CENTRALEUROPE", NULL}, false},
	[MACCYRILLIC] = {"x-mac-cyrillic", DC_CHARSET_SINGLE, {"MAC-CYRILLIC", NULL}, false},
	[DEC8] = {"dec-mcs", DC_CHARSET_SINGLE, {"DEC-MCS", NULL}, false},
	[HP8] = {"hp-roman8", DC_CHARSET_SINGLE, {"HP-ROMAN8", NULL}, false},
	[SWE7] = {"sen_850200_b", DC_CHARSET_SINGLE, {"SEN_850200_B", NULL}, false},
	[ARMSCII8] = {"armscii-8", DC_CHARSET_SINGLE, {"ARMSCII-8", NULL}, false},
	[CP932] = {"cp932", DC_CHARSET_EAST, {"CP932", NULL}, false},
	[EUCJP] = {"euc-jp", DC_CHARSET_EAST, {"EUC-JP-MS", NULL}, false},
	[CP949] = {"cp949", DC_CHARSET_EAST, {"CP949", NULL}, false},
	[EUCTW] = {"euc-tw", DC_CHARSET_EAST, {"EUC-TW", NULL}, false},
	[JOHAB] = {"johab", DC_CHARSET_EAST, {"JOHAB", NULL}, false},
	[GB18030] = {"gb18030", DC_CHARSET_EAST, {"GB18030", NULL}, true},
	[BIG5] = {"big5", DC_CHARSET_EAST, {"CP950", "BIG5-HKSCS"}, false},
	[UTF16] = {"utf-16be", DC_CHARSET_WIDE, {"UTF-16BE", NULL}, false},
	[UTF16LE] = {"utf-16le", DC_CHARSET_WIDE, {"UTF-16LE", NULL}, false},
	[UTF32] = {"utf-32be", DC_CHARSET_WIDE, {"UTF-32BE", NULL}, false},
	[UTF32LE] = {"utf-32le", DC_CHARSET_WIDE, {"UTF-32LE", NULL}, false},
	[ISO2022] = {"iso-2022", DC_CHARSET_ISO2022, {NULL, NULL}, false},
};

/*
 * Names in small letters and digits only: what MySQL 3.23 to 8.4 and MariaDB call their sets, what MIME
 * and browsers do; sorted. EXACT: the name's own set where people mean more by it.
 */
static const struct alias {
	const char *name;
	enum set set;
	const char *exact;
} aliases[] = {
	{"874", CP874, NULL},
	{"ansix341968", ASCII, NULL},
	{"armscii8", ARMSCII8, NULL},
	{"ascii", ASCII, NULL},
	{"big5", BIG5, "BIG5"},
	{"big5hkscs", BIG5, NULL},
	{"cp1250", CP1250, NULL},
	{"cp1251", CP1251, NULL},
	{"cp1252", CP1252, NULL},
	{"cp1253", CP1253, NULL},
	{"cp1254", CP1254, NULL},
	{"cp1255", CP1255, NULL},
	{"cp1256", CP1256, NULL},
	{"cp1257", CP1257, NULL},
	{"cp1258", CP1258, NULL},
	{"cp437", CP437, NULL},
	{"cp50220", ISO2022, NULL},
	{"cp50221", ISO2022, NULL},
	{"cp50222", ISO2022, NULL},
	{"cp819", CP1252, "ISO-8859-1"},
	{"cp850", CP850, NULL},
	{"cp852", CP852, NULL},
	{"cp855", CP855, NULL},
	{"cp865", CP865, NULL},
	{"cp866", CP866, NULL},
	{"cp874", CP874, NULL},
	{"cp932", CP932, NULL},
	{"cp936", GB18030, NULL},
	{"cp949", CP949, NULL},
	{"cp950", BIG5, NULL},
	{"croat", LATIN2, NULL},
	{"csbig5", BIG5, "BIG5"},
	{"cseuckr", CP949, "EUC-KR"},
	{"cseucpkdfmtjapanese", EUCJP, "EUC-JP"},
	{"csgb2312", GB18030, "GB2312"},
	{"csiso2022jp", ISO2022, NULL},
	{"csiso2022kr", ISO2022, NULL},
	{"csisolatin1", CP1252, "ISO-8859-1"},
	{"csisolatin2", LATIN2, NULL},
	{"csisolatin5", CP1254, "ISO-8859-9"},
	{"cskoi8r", KOI8R, NULL},
	{"csshiftjis", CP932, "SHIFT_JIS"},
	{"cswindows31j", CP932, NULL},
	{"czech", LATIN2, NULL},
	{"danish", CP1252, NULL},
	{"dec8", DEC8, NULL},
	{"decmcs", DEC8, NULL},
	{"dos", CP437, NULL},
	{"estonia", LATIN7, NULL},
	{"euccn", GB18030, "GB2312"},
	{"eucjp", EUCJP, "EUC-JP"},
	{"eucjpms", EUCJP, NULL},
	{"euckr", CP949, "EUC-KR"},
	{"euctw", EUCTW, NULL},
	{"gb18030", GB18030, NULL},
	{"gb2312", GB18030, "GB2312"},
	{"gb231280", GB18030, "GB2312"},
	{"gbk", GB18030, "GBK"},
	{"german1", CP1252, NULL},
	{"greek", GREEK, NULL},
	{"hebrew", HEBREW, NULL},
	{"hkscs", BIG5, NULL},
	{"hp8", HP8, NULL},
	{"hproman8", HP8, NULL},
	{"hungarian", LATIN2, NULL},
	{"ibm437", CP437, NULL},
	{"ibm819", CP1252, "ISO-8859-1"},
	{"ibm850", CP850, NULL},
	{"ibm852", CP852, NULL},
	{"ibm855", CP855, NULL},
	{"ibm865", CP865, NULL},
	{"ibm866", CP866, NULL},
	{"iso2022", ISO2022, NULL},
	{"iso2022cn", ISO2022, NULL},
	{"iso2022jp", ISO2022, NULL},
	{"iso2022jp2", ISO2022, NULL},
	{"iso2022jpms", ISO2022, NULL},
	{"iso2022kr", ISO2022, NULL},
	{"iso646us", ASCII, NULL},
	{"iso88591", CP1252, "ISO-8859-1"},
	{"iso885910", LATIN6, NULL},
	{"iso885911", CP874, "ISO-8859-11"},
	{"iso885911987", CP1252, "ISO-8859-1"},
	{"iso885913", LATIN7, NULL},
	{"iso885914", LATIN8, NULL},
	{"iso885915", LATIN9, NULL},
	{"iso885916", LATIN10, NULL},
	{"iso88592", LATIN2, NULL},
	{"iso88593", LATIN3, NULL},
	{"iso88594", LATIN4, NULL},
	{"iso88595", CYRILLIC, NULL},
	{"iso88596", ARABIC, NULL},
	{"iso88597", GREEK, NULL},
	{"iso88598", HEBREW, NULL},
	{"iso88598i", HEBREW, NULL},
	{"iso88599", CP1254, "ISO-8859-9"},
	{"isoir100", CP1252, "ISO-8859-1"},
	{"johab", JOHAB, NULL},
	{"koi8r", KOI8R, NULL},
	{"koi8ru", KOI8R, NULL},
	{"koi8u", KOI8U, NULL},
	{"korean", CP949, "EUC-KR"},
	{"ksc5601", CP949, "EUC-KR"},
	{"ksc56011987", CP949, "EUC-KR"},
	{"l1", CP1252, "ISO-8859-1"},
	{"latin1", CP1252, NULL},
	{"latin10", LATIN10, NULL},
	{"latin1de", CP1252, NULL},
	{"latin2", LATIN2, NULL},
	{"latin3", LATIN3, NULL},
	{"latin4", LATIN4, NULL},
	{"latin5", CP1254, "ISO-8859-9"},
	{"latin6", LATIN6, NULL},
	{"latin7", LATIN7, NULL},
	{"latin8", LATIN8, NULL},
	{"latin9", LATIN9, NULL},
	{"mac", MACROMAN, NULL},
	{"macce", MACCE, NULL},
	{"maccentraleurope", MACCE, NULL},
	{"maccyrillic", MACCYRILLIC, NULL},
	{"macintosh", MACROMAN, NULL},
	{"macroman", MACROMAN, NULL},
	{"ms932", CP932, NULL},
	{"ms936", GB18030, NULL},
	{"sen850200b", SWE7, NULL},
	{"shiftjis", CP932, "SHIFT_JIS"},
	{"sjis", CP932, "SHIFT_JIS"},
	{"swe7", SWE7, NULL},
	{"tis620", CP874, "TIS-620"},
	{"ucs2", UTF16, NULL},
	{"ucs4", UTF32, NULL},
	{"uhc", CP949, NULL},
	{"ujis", EUCJP, "EUC-JP"},
	{"unicode11utf8", UTF8, NULL},
	{"usa7", ASCII, NULL},
	{"usascii", ASCII, NULL},
	{"utf16", UTF16, NULL},
	{"utf16be", UTF16, NULL},
	{"utf16le", UTF16LE, NULL},
	{"utf32", UTF32, NULL},
	{"utf32be", UTF32, NULL},
	{"utf32le", UTF32LE, NULL},
	{"utf8", UTF8, NULL},
	{"utf8mb3", UTF8, NULL},
	{"utf8mb4", UTF8, NULL},
	{"win1250", CP1250, NULL},
	{"win1250ch", CP1250, NULL},
	{"win1251", CP1251, NULL},
	{"win1251ukr", CP1251, NULL},
	{"windows1250", CP1250, NULL},
	{"windows1251", CP1251, NULL},
	{"windows1252", CP1252, NULL},
	{"windows1253", CP1253, NULL},
	{"windows1254", CP1254, NULL},
	{"windows1255", CP1255, NULL},
	{"windows1256", CP1256, NULL},
	{"windows1257", CP1257, NULL},
	{"windows1258", CP1258, NULL},
	{"windows31j", CP932, NULL},
	{"windows874", CP874, NULL},
	{"windows936", GB18030, NULL},
	{"windows949", CP949, NULL},
	{"xeucjp", EUCJP, "EUC-JP"},
	{"xgbk", GB18030, "GBK"},
	{"xmacce", MACCE, NULL},
	{"xmaccyrillic", MACCYRILLIC, NULL},
	{"xmacroman", MACROMAN, NULL},
	{"xsjis", CP932, "SHIFT_JIS"},
	{"xxbig5", BIG5, "BIG5"},
};

/* Small letters and digits of the first LENGTH bytes; false when the name is too long to be one. */
static bool
normalize(const char *name, gsize length, char *buffer)
{
	gsize used = 0;

	for (gsize i = 0; i < length; i++) {
		if (!g_ascii_isalnum(name[i]))
			continue;
		if (used + 1 >= NAME_MAX_BYTES)
			return false;
		buffer[used++] = g_ascii_tolower(name[i]);
	}
	buffer[used] = '\0';
	return used > 0;
}

static int
compare_alias(const void *name, const void *alias)
{
	return strcmp(name, ((const struct alias *)alias)->name);
}

/* Every text field asks, so the table is searched by halves. */
static const struct alias *
find_name(const char *name, gsize length)
{
	char wanted[NAME_MAX_BYTES];

	if (!normalize(name, length, wanted))
		return NULL;
	return bsearch(wanted, aliases, G_N_ELEMENTS(aliases), sizeof aliases[0], compare_alias);
}

/* A name, or one with MySQL's collation behind it (latin1_swedish_ci). */
static const struct alias *
find(const char *name)
{
	if (name == NULL)
		return NULL;

	const struct alias *alias = find_name(name, strnlen(name, 4 * NAME_MAX_BYTES));
	const char *underscore = strchr(name, '_');
	if (alias == NULL && underscore != NULL)
		alias = find_name(name, MIN((gsize)(underscore - name), (gsize)NAME_MAX_BYTES));
	return alias;
}

const dc_charset *
dc_charset_lookup(const char *name)
{
	const struct alias *alias = find(name);

	return alias == NULL ? NULL : &sets[alias->set];
}

const char *
dc_charset_exact(const char *name)
{
	const struct alias *alias = find(name);

	return alias == NULL ? NULL : alias->exact;
}

const char *
dc_charset_name(const dc_charset *charset)
{
	return charset->name;
}

bool
dc_charset_is_utf8(const dc_charset *charset)
{
	return charset != NULL && charset->kind == DC_CHARSET_UTF8;
}

bool
dc_charset_is_east_asian(const dc_charset *charset)
{
	return charset != NULL && charset->kind == DC_CHARSET_EAST;
}

bool
dc_charset_is_wide(const dc_charset *charset)
{
	return charset != NULL && charset->kind == DC_CHARSET_WIDE;
}
