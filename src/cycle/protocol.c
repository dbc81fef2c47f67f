/* SPDX-License-Identifier: MIT */
#include "cycler.h"

/** Titration: one direction in at least ten pulses with rests between them that last as long as the pulses. */
static bool is_titration(const half *h)
{
    return h->rests >= 10 && h->time_end_s - h->time_start_s - h->active_s >= h->active_s;
}

const char *protocol_name(const half_list *halves, const pm_reservoir *reservoir)
{
    if (halves->n == 0) return "rest";
    if (reservoir->found) return "reservoir";
    for (int64_t i = 0; i < halves->n; i++)
        if (is_titration(&halves->item[i])) return "gitt";
    return halves->n == 1 ? "one-way" : "cycling";
}
