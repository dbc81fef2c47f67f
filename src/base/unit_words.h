/* SPDX-License-Identifier: MIT */
/** @file Private to base: the words that units are made of. */
#ifndef PM_BASE_UNIT_WORDS_H
#define PM_BASE_UNIT_WORDS_H

#include "base/base.h"

/** One word of n letters, with or without a prefix ("mAh", "cm", "Amp"). False where unknown, or, with *hint set,
 *  ambiguous. */
bool pm_unit_word(const char *word, int64_t n, pm_unit *unit, const char **hint);
/** The regular spelling where the whole text is a known irregular one ("deg C" is "degC"), else the text itself. */
const char *pm_unit_spelling(const char *text);

#endif
