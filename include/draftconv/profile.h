/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DRAFTCONV_PROFILE_H
#define DRAFTCONV_PROFILE_H

#include <draftconv/error.h>

#endif
