/* SPDX-License-Identifier: MIT */
/* A deck worked out, and what should be known before its numbers are trusted. */
#include "cli/design_args.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static void note(cli_design *d, const char *format, ...) PM_PRINTF(2, 3);
static void note(cli_design *d, const char *format, ...)
{
    va_list values;

    if (d->notes == CLI_DESIGN_NOTES) return;
    va_start(values, format);
    vsnprintf(d->note[d->notes++], sizeof d->note[0], format, values);
    va_end(values);
}

static void note_idle(cli_design *d)
{
    int n;
    const pm_design_input *all = pm_design_inputs(&n);

    for (int i = 0; i < n; i++)
        if (pm_design_is_idle(&d->told, &all[i]))
            note(d, "%s has no effect here: it is for %s: %s", all[i].key,
                 strcmp(all[i].only, "graphite") ? "form" : "anode", all[i].only);
}

static void note_dead(cli_design *d)
{
    char least[CLI_SHOWN], has[CLI_SHOWN];

    if (!(d->result.cycle_life_total < 1)) return;
    cli_shown(d->filled.electrolyte_least_g_per_Ah, "g/Ah", "g/Ah", least);
    cli_shown(d->filled.electrolyte_g_per_Ah, "g/Ah", "g/Ah", has);
    if (d->result.limit_total == PM_LIMIT_ELECTROLYTE)
        note(d, "%sdry from the start: E/C is %s, and at %s (electrolyte_least) a cell is dry: cycle life 0",
             d->solved ? "what was solved for is a cell " : "", has, least);
    else
        note(d, "%sat its end before the first cycle, by %s", d->solved ? "what was solved for is a cell " : "",
             pm_limit_name(d->result.limit_total));
}

/* What was solved for is counted: the next number falls short of the target, or passes it. */
static void note_whole(cli_design *d)
{
    double value, here, there;
    char target[CLI_SHOWN], first[CLI_SHOWN], second[CLI_SHOWN];

    if (!d->solved || !pm_design_is_whole(d->solved)) return;
    value = pm_design_get(&d->told, d->solved);
    here = pm_design_read(&d->result, d->reached);
    for (int by = -1; by <= 1; by += 2) {
        pm_design next = d->told;
        pm_design_result r;
        pm_design_set(&next, d->solved, value + by);
        if (pm_design_compute(&next, &r, NULL)) continue;
        there = pm_design_read(&r, d->reached);
        if ((there >= d->target) == (here >= d->target) || fabs(here - d->target) <= 1e-9 * fabs(here)) continue;
        cli_shown(d->target, d->reached->unit, d->reached->shown, target);
        cli_shown(here, d->reached->unit, d->reached->shown, first);
        cli_shown(there, d->reached->unit, d->reached->shown, second);
        note(d, "%s is a whole number: none gives %s %s; %.0f gives %s, %.0f gives %s", d->solved->key, d->reached->key,
             target, value, first, value + by, second);
    }
}

/* Volumes are those of the sheets. */
static void note_room(cli_design *d)
{
    const pm_design_result *r = &d->result;
    char told[CLI_SHOWN], room[CLI_SHOWN], density[CLI_SHOWN];
    double more = r->electrolyte_cm3 - r->electrolyte_room_cm3;

    if (!(more > 0)) return;
    cli_shown(r->electrolyte_cm3, "cm3", "cm3", told);
    cli_shown(r->electrolyte_room_cm3, "cm3", "cm3", room);
    cli_shown(r->energy_Wh / (r->volume_cm3 + more) * 1e3, "Wh/L", "Wh/L", density);
    note(d, "%s of electrolyte, but pores and gaps leave %s for it: with all of it energy_density would be %s", told,
         room, density);
}

pm_status cli_design_work(cli_design *d, pm_error *err)
{
    pm_status s;

    d->filled = d->told;
    if ((s = pm_design_fill(&d->filled, &d->assumed, err))) return s;
    if ((s = pm_design_compute(&d->told, &d->result, err))) return s;
    d->checks = pm_design_checks(&d->filled, &d->result, d->check);
    if ((s = cli_stress_find(&d->filled, &d->result, &d->stress, err))) return s;
    d->is_uncertain = pm_design_is_uncertain(&d->told);
    if (d->is_uncertain && (s = pm_design_spread_of(&d->told, &d->spread, err))) return s;
    note_idle(d);
    note_dead(d);
    note_room(d);
    note_whole(d);
    return PM_OK;
}

static void note_edge(cli_design *d, const pm_design_axis *axis, double end, int64_t at, const char *which)
{
    char value[CLI_SHOWN];

    cli_shown(end, axis->input->unit, axis->input->shown, value);
    if (at)
        note(d, "%lld of the %lld designs of the front have the %s %s of the range, %s: beyond it may be better ones",
             (long long)at, (long long)d->front.front, which, axis->input->key, value);
}

void cli_design_note_front(cli_design *d, int n, const pm_design_axis axes[])
{
    const pm_design_front_about *f = &d->front;

    note(d, "one efficiency of lithium for all designs, but it falls with areal capacity: test high loadings");
    if (f->dead)
        note(d,
             "%lld of %lld designs left out: at their end before the first cycle (E/C at or below electrolyte_least)",
             (long long)f->dead, (long long)f->designs);
    for (int k = 0; k < n; k++) {
        if (2 * f->at_low[k] >= f->front) note_edge(d, &axes[k], axes[k].low, f->at_low[k], "least");
        if (2 * f->at_high[k] >= f->front) note_edge(d, &axes[k], axes[k].high, f->at_high[k], "most");
    }
}

void cli_design_clear(cli_design *d)
{
    pm_table_free(d->rows);
    cli_stress_clear(&d->stress);
}
