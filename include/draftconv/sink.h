/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DRAFTCONV_SINK_H
#define DRAFTCONV_SINK_H

#include <draftconv/error.h>

#endif
