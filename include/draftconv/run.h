/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DRAFTCONV_RUN_H
#define DRAFTCONV_RUN_H

#include <draftconv/error.h>

#endif
