/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON objects as lines that may go to a terminal: what steers one stands as \u escapes. */
#ifndef DC_REPORT_JSON_LINE_H
#define DC_REPORT_JSON_LINE_H

#include <draftconv/finding.h>

#include <json-glib/json-glib.h>

/* [transfer full] */
char *dc_json_object_line(JsonObject *object);

/* {"NAME": OBJECT}. @param object [transfer full] @return [transfer full] */
char *dc_json_line(const char *name, JsonObject *object);

/* [transfer full] */
JsonArray *dc_json_findings(const draftconv_finding *const *findings, size_t count);

#endif
