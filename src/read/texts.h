/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: the texts built into the library: the dialects in their order; the last has no name.
 */
#ifndef PM_READ_TEXTS_H
#define PM_READ_TEXTS_H

#include "base/base.h"

extern const pm_embedded pm_read_texts[];

#endif
