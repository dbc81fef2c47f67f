/* SPDX-License-Identifier: MIT */
/* What `life` is told of a cell: which options go together, N/P, the cathode's capacity, its electrolyte. */
#include "cli/life.h"
#include "cli/reserve.h"

#include <math.h>
#include <string.h>

static pm_status of_option(pm_status s, const char *option, pm_error *err)
{
    if (s) pm_error_locate(err, option, NULL);
    return s;
}

/* ---- what goes together -------------------------------------------------------------------------------------- */

/* A deck holds all that is known of its cell. */
static pm_status check_forward(const cli_life_args *a, pm_error *err)
{
    const struct {
        bool told;
        const char *option, *key;
    } all[] = {
        {a->n_to_p, "--n-to-p", "n_to_p"},
        {a->convention, "--n-to-p-convention", "n_to_p_convention"},
        {a->foil, "--foil", "foil"},
        {a->cathode, "--cathode", "cathode"},
        {a->electrolyte, "--electrolyte-to-capacity", "electrolyte_to_capacity"},
        {a->density > 0, "--electrolyte-density", "electrolyte_density"},
        {a->capacity_Ah > 0, "--capacity", NULL},
        {a->shared.kind, "--kind", NULL},
        {a->shared.area_cm2 > 0, "--area", NULL},
        {a->shared.mass_g > 0, "--mass", NULL},
        {a->shared.dead_band_A > 0, "--dead-band", NULL},
        {a->shared.integrate, "--integrate", NULL},
        {a->shared.reconcile, "--reconcile", NULL},
        {a->shared.format, "--format", NULL},
        {a->shared.dialect, "--dialect", NULL},
        {a->shared.map, "--map", NULL},
    };
    char hint[80] = "";

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!all[i].told) continue;
        if (all[i].key) snprintf(hint, sizeof hint, "a deck has the key %s", all[i].key);
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), *hint ? hint : "a deck says what its cell is",
                          "%s is of measured cells: it has no effect with --forward", all[i].option);
    }
    return PM_OK;
}

pm_status cli_life_args_check(const cli_life_args *a, pm_error *err)
{
    if (a->forward) return check_forward(a, err);
    if (a->cycles || a->target)
        return pm_fail(err, PM_ERR_ARGUMENT, "%s goes with --forward", a->cycles ? "--cycles" : "--target-cycles");
    if (a->convention && !a->n_to_p) return pm_fail(err, PM_ERR_ARGUMENT, "--n-to-p-convention goes with --n-to-p");
    if (a->n_to_p && a->foil) return pm_fail(err, PM_ERR_ARGUMENT, "--n-to-p and --foil: one follows from the other");
    if (a->foil && !a->cathode)
        return pm_fail(err, PM_ERR_ARGUMENT, "--foil needs --cathode, the areal capacity that it stands against");
    if (a->cathode && !a->foil) return pm_fail(err, PM_ERR_ARGUMENT, "--cathode goes with --foil");
    if (a->density > 0 && !a->electrolyte)
        return pm_fail(err, PM_ERR_ARGUMENT, "--electrolyte-density goes with --electrolyte-to-capacity");
    return PM_OK;
}

/* ---- N/P ------------------------------------------------------------------------------------------------------ */

static pm_status foil_of(const cli_life_args *args, pm_uncertain *foil, pm_uncertain *cathode, pm_error *err)
{
    pm_status s = of_option(cli_uncertain_parse(args->foil, "um", foil, err), "--foil", err);

    return s ? s : of_option(cli_uncertain_parse(args->cathode, "mAh/cm2", cathode, err), "--cathode", err);
}

pm_status cli_life_ratio(const cli_life_args *args, pm_n_to_p *out, pm_error *err)
{
    pm_uncertain foil, cathode;
    pm_status s;

    *out = (pm_n_to_p){{NAN, 0}, PM_N_TO_P_FOIL};
    if (args->foil) return (s = foil_of(args, &foil, &cathode, err)) ? s : pm_n_to_p_of_foil(foil, cathode, out, err);
    return args->n_to_p ? cli_reserve_option(args->n_to_p, args->convention, out, err) : PM_OK;
}

/* ---- capacity ------------------------------------------------------------------------------------------------- */

typedef struct early {
    double cycle, capacity;
} early;

/* Median discharge of the six complete cycles from the third on; NaN where there are none. */
static double early_capacity(const pm_table *cycles)
{
    enum { FIRST = 3, MOST = 6 };
    const pm_column *complete = pm_table_find(cycles, "complete"), *count = pm_table_find(cycles, "cycle_count");
    const pm_column *discharged = pm_table_find(cycles, "discharging_capacity_ah");
    early found[MOST + 1];
    double values[MOST];
    int n = 0;

    for (int64_t i = 0; discharged && i < pm_table_rows(cycles); i++) {
        early e = {count ? pm_column_real(count, i) : (double)i + 1, pm_column_real(discharged, i)};
        if ((complete && !(pm_column_real(complete, i) > 0)) || !(e.capacity > 0) || !(e.cycle >= FIRST)) continue;
        int k = n < MOST ? n++ : MOST;
        for (; k > 0 && found[k - 1].cycle > e.cycle; k--) found[k] = found[k - 1];
        found[k] = e;
    }
    for (int i = 0; i < n; i++) values[i] = found[i].capacity;
    return n ? pm_median(values, n) : NAN;
}

/* Charge by which told and measured may differ: a cathode gives less than it should at a rate, or at part depth. */
static bool differs(double told, double measured)
{
    return told > 1.25 * measured || told < 0.8 * measured;
}

static pm_status check_capacity(const cli_life_args *args, double measured, cli_life *l, pm_error *err)
{
    double part = args->capacity_Ah / measured;

    if (!(args->capacity_Ah > 0) || isnan(measured) || !differs(args->capacity_Ah, measured)) return PM_OK;
    if (part > 10 || part < 0.1)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "is that the right unit?",
                          "--capacity %g Ah is %.3g times what cycles 3 to 8 discharge, %.4g Ah", args->capacity_Ah,
                          part, measured);
    cli_life_note(
        l,
        "--capacity %g Ah is %.3g times what cycles 3 to 8 discharge, %.4g Ah: N/P, and the lithium lost, are "
        "by --capacity",
        args->capacity_Ah, part, measured);
    return PM_OK;
}

/* What a foil holds is known by its area; against which capacity it stands, by the cycles. */
static pm_status weigh_foil(const cli_life_args *args, double measured, cli_life *l, pm_error *err)
{
    double capacity = args->capacity_Ah > 0 ? args->capacity_Ah : measured, area = l->area_cm2;
    pm_uncertain foil, cathode;
    pm_status s;

    if (!args->foil || !(area > 0) || !(capacity > 0)) return PM_OK;
    if ((s = foil_of(args, &foil, &cathode, err))) return s;
    double told = cathode.value * area / 1000;
    double held = foil.value / pm_lithium_um_per_mAh_per_cm2() * area / 1000, ratio = held / capacity;
    l->n_to_p = (pm_n_to_p){{ratio, ratio * foil.deviation / foil.value}, PM_N_TO_P_FOIL};
    if (differs(told, capacity))
        cli_life_note(
            l,
            "--cathode on %g cm2 holds %.4g mAh, but %s %.4g mAh: one of them is wrong, or the cathode is not "
            "used whole; the foil holds %.4g mAh, N/P %.3g by the latter",
            area, 1000 * told, args->capacity_Ah > 0 ? "--capacity is" : "cycles 3 to 8 discharge", 1000 * capacity,
            1000 * held, ratio);
    return PM_OK;
}

pm_status cli_life_capacity(const cli_life_args *args, const pm_table *cycles, cli_life *l, pm_stage_options *of,
                            pm_error *err)
{
    double measured = early_capacity(cycles);
    pm_status s;

    of->capacity_Ah = args->capacity_Ah;
    if ((s = check_capacity(args, measured, l, err)) || (s = weigh_foil(args, measured, l, err))) return s;
    if (!isnan(l->n_to_p.ratio.value)) of->n_to_p = l->n_to_p;
    return PM_OK;
}

/* ---- electrolyte ---------------------------------------------------------------------------------------------- */

/* What is not told is taken as in a deck without its keys. */
static const double share = 0.5, gram_per_mol = 90, electrons = 1, least_g_per_Ah = 1.2;

static void note_electrolyte(const pm_uncertain *e, cli_life *l)
{
    const pm_estimate *end = &l->electrolyte_end;
    double run = (double)l->stages.last;

    cli_life_note(
        l,
        "cycle_life_electrolyte takes it that %g of the lithium lost became interphase, each molecule (%g g/mol) "
        "taking %g electron, and that the cell is dry at %g g/Ah",
        share, gram_per_mol, electrons, least_g_per_Ah);
    if (e->value <= least_g_per_Ah)
        cli_life_note(l, "dry from the start: E/C of %g g/Ah is not above the least, %g g/Ah", e->value,
                      least_g_per_Ah);
    if (isinf(end->value))
        cli_life_note(l, "cycle_life_electrolyte is empty: lithium is used up first, and then no more is lost");
    else if (isinf(end->high))
        cli_life_note(l, "cycle_life_electrolyte_high is empty: within the interval lithium is used up first");
    if (end->value < run)
        cli_life_note(
            l,
            "by cycle_life_electrolyte, %.0f (%.0f to %.0f), it was dry%s the %.0f cycles that it has run: what "
            "is taken of the electrolyte may not hold for this cell",
            end->value, end->low, end->high, end->high < run ? " before" : ", as likely as not, within", run);
}

pm_status cli_life_electrolyte(const cli_life_args *args, cli_life *l, pm_error *err)
{
    pm_budget_design design = {.n_to_p = l->n_to_p,
                               .electrolyte_least_g_per_Ah = least_g_per_Ah,
                               .electrolyte_g_per_mol = gram_per_mol,
                               .electrons = electrons};
    pm_budget_rates rates = {.interphase_share = share};
    const pm_estimate *efficiency = &l->stages.coulombic_efficiency_lithium_mean;
    pm_uncertain *e = &design.electrolyte_g_per_Ah;
    double density = args->density > 0 ? args->density : NAN;
    pm_status s;

    l->electrolyte_end = (pm_estimate){NAN, NAN, NAN};
    if (!args->electrolyte) return PM_OK;
    s = cli_electrolyte_parse(args->electrolyte, density, "--electrolyte-density", e, err);
    if (!s && !(e->value > 0)) s = pm_fail(err, PM_ERR_ARGUMENT, "E/C of %g g/Ah: it must be above 0", e->value);
    if ((s = of_option(s, "--electrolyte-to-capacity", err))) return s;
    if (!(efficiency->value > 0 && efficiency->value < 1)) {
        cli_life_note(l, "when the electrolyte is used up cannot be told: that needs %s",
                      isnan(l->n_to_p.ratio.value) ? "N/P (--n-to-p)"
                                                   : "a cell in stage 4, whose lithium lost is known");
        return PM_OK;
    }
    if ((s = pm_budget_dry(&design, &rates, efficiency, &l->electrolyte_end, err))) return s;
    note_electrolyte(e, l);
    return PM_OK;
}
