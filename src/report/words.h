/* SPDX-License-Identifier: MIT */
/** @file
 * Numbers and units as the page says them. Independent of locale.
 */
#ifndef PM_REPORT_WORDS_H
#define PM_REPORT_WORDS_H

#include "base/base.h"

/** What a value is multiplied by to be shown, and the unit it then has. */
typedef struct scale {
    double factor;
    const char *unit;
} scale;

enum { WORDS_TEXT = 48 };
typedef char words_text[WORDS_TEXT];

/** With a fixed number of decimals; "−" for minus; "–" where not finite. */
const char *words_fixed(double value, int decimals, words_text text);
/** The same with an ASCII minus, for coordinates; 0 where not finite. */
const char *words_coordinate(double value, words_text text);
/** With so many significant digits, never in powers of ten between 1e-6 and 1e9. */
const char *words_digits(double value, int digits, words_text text);
/** The same without zeros at the end of its decimals. */
const char *words_short(double value, int digits, words_text text);
/** Groups of three apart by a narrow space; "–" for PM_NO_INT. */
const char *words_whole(int64_t value, words_text text);

/** Units in which the largest value reads well: s min h d; A mA µA; Ah mAh µAh, per cm2 where an area is given. */
scale words_time(double span_s);
scale words_current(double largest_A, double area_cm2);
scale words_capacity(double largest_Ah, double area_cm2);

#endif
