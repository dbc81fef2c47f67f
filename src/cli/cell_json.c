/* SPDX-License-Identifier: MIT */
/* What became of a cell, as JSON. */
#include "cli/cell.h"

#include <math.h>
#include <string.h>

/* ---- label -------------------------------------------------------------------------------------------------- */

void cli_label_json(pm_json *json, const pm_life_label_options *o)
{
    pm_json_object(json, "thresholds");
    pm_json_real(json, "polarisation", o->polarisation);
    pm_json_real(json, "coulombic_efficiency", o->coulombic_efficiency);
    pm_json_real(json, "excess_efficiency", o->excess_efficiency);
    pm_json_real(json, "stopped_capacity", o->stopped_capacity);
    pm_json_whole(json, "window", o->window);
    pm_json_whole(json, "reference", o->reference);
    pm_json_whole(json, "horizon", o->horizon ? o->horizon : PM_NO_INT);
    pm_json_end(json);
    pm_json_bool(json, "reconstruction", true);
}

static void place_json(pm_json *json, const char *key, const pm_bend *b)
{
    pm_json_flat_object(json, key);
    pm_json_real(json, "cycle_count", b->x);
    pm_json_real(json, "low", b->low);
    pm_json_real(json, "high", b->high);
    pm_json_real(json, "slope_before", b->slope_before);
    pm_json_real(json, "slope_after", b->slope_after);
    pm_json_real(json, "f_statistic", b->f_statistic);
    pm_json_end(json);
}

static void bend_json(pm_json *json, const char *key, const pm_life_bend *b)
{
    pm_json_object(json, key);
    place_json(json, "single", &b->single);
    place_json(json, "onset", &b->onset);
    place_json(json, "point", &b->point);
    pm_json_real(json, "kneedle_cycle_count", b->kneedle);
    pm_json_end(json);
}

void cli_life_times_json(pm_json *json, const cli_cell *cell)
{
    pm_life_time times[PM_LIFE_TIMES];

    cli_life_times(cell, times);
    for (int i = 0; i < PM_LIFE_TIMES; i++) {
        pm_json_real(json, times[i].name, times[i].cycle_count);
        if (isfinite(times[i].cycle_count))
            pm_json_bool(json, times[i].censored_name, times[i].censored);
        else
            pm_json_null(json, times[i].censored_name);
    }
}

int64_t cli_cell_short(const cli_cell *cell)
{
    return cli_cell_label(cell) ? cell->label.crossed_short : cell->short_cycle;
}

void cli_life_json(pm_json *json, const cli_cell *cell)
{
    const pm_life_label *l = &cell->label;
    bool told = cli_cell_label(cell) != NULL;

    pm_json_text(json, "label", cli_cell_label(cell));
    cli_life_times_json(json, cell);
    pm_json_whole(json, "cycles", told ? l->cycles : cell->analysis->summary.cycles);
    pm_json_text(json, "criterion", told ? l->criterion : NULL);
    pm_json_real(json, "polarisation_change", told ? l->polarisation_change : (double)NAN);
    pm_json_real(json, "coulombic_efficiency_change", told ? l->coulombic_efficiency_change : (double)NAN);
    pm_json_bool(json, "excluded_codegradation", told && l->excluded_codegradation);
    pm_json_whole(json, "short_cycle_count", cli_cell_short(cell) ? cli_cell_short(cell) : PM_NO_INT);
    bend_json(json, "elbow", &cell->elbow);
    bend_json(json, "knee", &cell->knee);
    const char *no_class = cli_no_class(&cell->analysis->summary);
    pm_json_text(json, "cannot_show",
                 no_class ? no_class : pm_life_cannot(cell->analysis->summary.kind, told && l->has_efficiency));
    cli_label_json(json, &cell->rule);
}

/* ---- shorts ------------------------------------------------------------------------------------------------- */

/* Parts of the evidence, divided by "; ", as texts of their own. */
static void evidence_json(pm_json *json, const char *evidence)
{
    pm_json_array(json, "evidence");
    for (const char *end; *evidence; evidence = *end ? end + 2 : end) {
        char part[1024];
        if (!(end = strstr(evidence, "; "))) end = evidence + strlen(evidence);
        snprintf(part, sizeof part, "%.*s", (int)(end - evidence), evidence);
        pm_json_text(json, NULL, part);
    }
    pm_json_end(json);
}

static void alarm_json(pm_json *json, const pm_table *alarms, int64_t row)
{
    static const char *const words[] = {"kind", "direction"};
    static const char *const numbers[] = {"test_time_second", "probability", "level_volt",
                                          "reference_volt",   "ratio",       "recovered_time_second"};

    pm_json_object(json, NULL);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        pm_json_real(json, numbers[k], pm_table_real(alarms, numbers[k], row));
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        pm_json_text(json, words[k], pm_column_word(pm_table_find(alarms, words[k]), row));
    evidence_json(json, pm_column_word(pm_table_find(alarms, "evidence"), row));
    pm_json_end(json);
}

void cli_alarms_json(pm_json *json, const pm_table *alarms)
{
    pm_json_bool(json, "alarm", pm_table_rows(alarms) > 0);
    pm_json_array(json, "alarms");
    for (int64_t i = 0; i < pm_table_rows(alarms); i++) alarm_json(json, alarms, i);
    pm_json_end(json);
}
