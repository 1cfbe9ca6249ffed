/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The style sheet of a page: the only one that the page's Content-Security-Policy lets through. */
#ifndef DC_REPORT_STYLE_H
#define DC_REPORT_STYLE_H

/* Its rules, ended by NULL. */
extern const char *const dc_report_style[];

#endif
