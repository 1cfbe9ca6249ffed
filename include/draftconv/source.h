/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DRAFTCONV_SOURCE_H
#define DRAFTCONV_SOURCE_H

#include <draftconv/error.h>

#endif
