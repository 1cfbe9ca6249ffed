/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DRAFTCONV_MESSAGE_H
#define DRAFTCONV_MESSAGE_H

#include <draftconv/error.h>

#endif
