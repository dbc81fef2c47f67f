/* SPDX-License-Identifier: MIT */
#include "cycler.h"

#include <math.h>
#include <stdlib.h>

void pairing_leave(pairing *p)
{
    free(p->halves.item);
}

/** Stripping from copper is over when the voltage has left its plateau for the cut-off, though the file ends there. */
static void end_at_cutoff(half_list *halves)
{
    half *last = halves->n ? &halves->item[halves->n - 1] : NULL;
    if (last && last->sign > 0 && last->voltage_end_V >= 5 * half_mean_V(last)) last->complete = true;
}

pm_status pairing_of(const pm_cycler *cycler, pairing *out, pm_error *err)
{
    pm_status s = fold_result(&cycler->fold, &out->halves, err);
    if (s) return s;
    const half_list *halves = &out->halves;
    out->kind = cycler->options.kind ? cycler->options.kind : kind_infer(halves, cycler->fold.by_voltage);
    out->by_counter = !cycler->fold.by_voltage && counters_agree(halves);
    if (out->by_counter) use_counters(&out->halves);
    if (out->kind == PM_LI_CU) end_at_cutoff(&out->halves);
    int first = kind_first_sign(out->kind);
    out->unpaired = halves->n > 0 && first && halves->item[0].sign != first;
    out->cycles = (halves->n - out->unpaired + 1) / 2;
    return PM_OK;
}

const half *pairing_first(const pairing *p, int64_t i)
{
    return &p->halves.item[p->unpaired + 2 * i];
}

const half *pairing_second(const pairing *p, int64_t i)
{
    int64_t second = p->unpaired + 2 * i + 1;
    return second < p->halves.n ? &p->halves.item[second] : NULL;
}

bool pairing_complete(const pairing *p, int64_t i)
{
    const half *second = pairing_second(p, i);
    return second && second->complete;
}

int64_t pairing_cycle_of(const pairing *p, int64_t i)
{
    return i < p->unpaired ? 0 : (i - p->unpaired) / 2 + 1;
}

double pairing_efficiency(const pairing *p, int64_t i)
{
    if (!kind_first_sign(p->kind) || !pairing_complete(p, i)) return (double)NAN;
    const half *first = pairing_first(p, i), *second = pairing_second(p, i);
    if (half_alternates(first) || half_alternates(second)) return (double)NAN;
    return half_charge_As(second) / half_charge_As(first);
}
