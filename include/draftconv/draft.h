/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DRAFTCONV_DRAFT_H
#define DRAFTCONV_DRAFT_H

#include <draftconv/error.h>

#endif
