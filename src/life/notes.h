/* SPDX-License-Identifier: MIT */
/* Private to the room: what is odd about measured cycles. */
#ifndef PM_LIFE_NOTES_H
#define PM_LIFE_NOTES_H

#include "life/measured.h"

void note_add(pm_stages *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Missing cycles, cycles that stand twice, rows that were not in order, efficiencies that contradict the charges. */
void note_rows(const measured *t, pm_stages *s);
/* Efficiencies that are above 1 for long, by more than their noise. */
PM_CHECK pm_status note_above_one(const measured *t, pm_stages *s, bool *found, pm_error *err);

#endif
