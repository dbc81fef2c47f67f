/* SPDX-License-Identifier: MIT */
#include "cycle/cycle.h"
#include "cycler.h"

#include <math.h>

static const struct {
    pm_kind kind;
    const char *name, *formula;
    int first; /* sign of the current that a cycle begins with; 0 = whichever comes */
} kinds[] = {
    {PM_KIND_UNKNOWN, "unknown", "none", 0},
    {PM_LI_CU, "li-cu", "stripped/plated", -1},
    {PM_LI_LI, "li-li", "none", 0},
    {PM_ANODE_FREE, "anode-free", "discharged/charged", 1},
    {PM_LI_CATHODE, "li-cathode", "discharged/charged", 1},
    {PM_HALF_CELL, "half-cell", "charged/discharged", -1},
    {PM_LI_ION, "li-ion", "discharged/charged", 1},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static int index_of(pm_kind kind)
{
    for (int i = 0; i < KINDS; i++)
        if (kinds[i].kind == kind) return i;
    return 0;
}

const char *pm_kind_name(pm_kind kind)
{
    return kinds[index_of(kind)].name;
}

const char *kind_formula(pm_kind kind)
{
    return kinds[index_of(kind)].formula;
}

int kind_first_sign(pm_kind kind)
{
    return kinds[index_of(kind)].first;
}

pm_status pm_kind_parse(const char *text, pm_kind *kind, pm_error *err)
{
    for (int i = 1; i < KINDS; i++) {
        if (!pm_text_same(text, kinds[i].name)) continue;
        *kind = kinds[i].kind;
        return PM_OK;
    }
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(),
                      "one of li-cu, li-li, anode-free, li-cathode, half-cell, li-ion", "unknown kind of cell '%.60s'",
                      text);
}

/** Mean voltage by charge of the half-cycles of one sign; NaN where there is none. */
static double mean_of_sign(const half_list *halves, int sign)
{
    pm_sum charge = {0, 0}, energy = {0, 0};
    for (int64_t i = 0; i < halves->n; i++) {
        const half *h = &halves->item[i];
        if (h->sign != sign) continue;
        pm_sum_add(&charge, pm_sum_value(h->charge_As));
        pm_sum_add(&energy, pm_sum_value(h->energy_Ws));
    }
    return pm_sum_value(energy) / pm_sum_value(charge);
}

static double highest_of_positive(const half_list *halves)
{
    double highest_V = (double)-INFINITY;
    for (int64_t i = 0; i < halves->n; i++)
        if (halves->item[i].sign > 0) highest_V = fmax(highest_V, halves->item[i].voltage_maximum_V);
    return highest_V;
}

static double active_s(const half_list *halves)
{
    double sum = 0;
    for (int64_t i = 0; i < halves->n; i++) sum += halves->item[i].active_s;
    return sum;
}

pm_kind kind_infer(const half_list *halves, bool by_voltage)
{
    double positive_V = mean_of_sign(halves, 1), negative_V = mean_of_sign(halves, -1);
    double mean_V = isnan(positive_V) ? negative_V : isnan(negative_V) ? positive_V : 0.5 * (positive_V + negative_V);
    if (halves->n == 0 || active_s(halves) < 60) return PM_KIND_UNKNOWN; /* too short to look like anything */
    if (positive_V > 0 && negative_V < 0) {
        double highest_V = highest_of_positive(halves);
        bool to_cutoff = highest_V >= 0.2 && highest_V >= -3 * negative_V;
        return to_cutoff && halves->item[0].sign < 0 ? PM_LI_CU : PM_LI_LI;
    }
    if (by_voltage) return PM_KIND_UNKNOWN;
    if (mean_V >= 1.2) return PM_LI_ION;
    return negative_V > 0 ? PM_HALF_CELL : PM_KIND_UNKNOWN;
}
