/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DRAFTCONV_JOURNAL_H
#define DRAFTCONV_JOURNAL_H

#include <draftconv/error.h>

#endif
