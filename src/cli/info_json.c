/* SPDX-License-Identifier: MIT */
#include "cli/info.h"

#include <math.h>

void cli_columns_json(pm_json *json, const pm_reader *reader, const int64_t *missing)
{
    const pm_table *table = pm_reader_facts(reader)->empty;
    pm_json_array(json, "columns");
    for (int i = 0; i < pm_table_columns(table); i++) {
        const pm_column *column = pm_table_column(table, i);
        const pm_source_column *source = pm_reader_column(reader, i);
        pm_json_flat_object(json, NULL);
        pm_json_text(json, "name", column->name);
        pm_json_text(json, "unit", column->unit);
        pm_json_text(json, "type", pm_type_name(column->type));
        pm_json_text(json, "source_name", source ? source->source_name : NULL);
        pm_json_text(json, "source_unit", source ? source->source_unit : NULL);
        if (missing) pm_json_whole(json, "missing", i < PROFILE_COLUMNS ? missing[i] : PM_NO_INT);
        pm_json_end(json);
    }
    pm_json_end(json);
}

void cli_metadata_json(pm_json *json, const pm_table *table)
{
    pm_json_object(json, "metadata");
    for (int i = 0; i < pm_table_meta_count(table); i++) {
        const char *key = NULL, *value = NULL;
        pm_table_meta_at(table, i, &key, &value);
        pm_json_text(json, key, value);
    }
    pm_json_end(json);
}

static void what_it_is(pm_json *json, const pm_facts *facts)
{
    char decimal[2] = {facts->decimal, 0};
    pm_json_text(json, "content", facts->format.content);
    pm_json_text(json, "format", facts->format.format);
    pm_json_text(json, "format_title", facts->format.title);
    pm_json_text(json, "format_reason", facts->format.reason);
    pm_json_text(json, "encoding", facts->encoding);
    pm_json_text(json, "delimiter", facts->delimiter);
    pm_json_text(json, "decimal", decimal);
    pm_json_text(json, "packing", facts->packing);
    pm_json_whole(json, "bytes", facts->bytes);
    pm_json_text(json, "sha256", facts->sha256);
    pm_json_whole(json, "rows", facts->rows);
}

static void spans(pm_json *json, const cli_analysis *a)
{
    const cli_profile *p = &a->profile;
    pm_json_real(json, "test_time_first_second", p->time_first_s);
    pm_json_real(json, "test_time_last_second", p->time_last_s);
    pm_json_real(json, "start_unix_time_second", p->unix_start_s);
    pm_json_text(json, "time_zone", pm_table_meta(a->facts->empty, "time_zone"));
    pm_json_real(json, "voltage_minimum_volt", p->voltage_min_V);
    pm_json_real(json, "voltage_maximum_volt", p->voltage_max_V);
    pm_json_real(json, "current_minimum_ampere", p->current_min_A);
    pm_json_real(json, "current_maximum_ampere", p->current_max_A);
}

static double told(double value)
{
    return value > 0 ? value : NAN;
}

static void cycling(pm_json *json, const cli_analysis *a)
{
    bool counts = pm_table_find(a->facts->empty, "cycle_count") != NULL;
    pm_json_whole(json, "cycle_count_vendor", counts ? a->profile.cycle_count_vendor : PM_NO_INT);
    pm_json_whole(json, "cycle_count", a->cycler ? a->summary.cycles : PM_NO_INT);
    pm_json_whole(json, "half_cycles", a->cycler ? a->summary.half_cycles : PM_NO_INT);
    pm_json_text(json, "capacity_counter", a->counter);
    pm_json_text(json, "kind", pm_kind_name(a->cycler ? a->summary.kind : a->cycle_options.kind));
    pm_json_text(json, "kind_source", cli_kind_source(a));
    pm_json_text(json, "sidecar", *a->cell.source ? a->cell.source : NULL);
    pm_json_real(json, "mass_gram", told(a->cycle_options.mass_g));
    pm_json_real(json, "area_cm2", told(a->cycle_options.area_cm2));
}

void cli_info_json(pm_json *json, const cli_analysis *a)
{
    what_it_is(json, a->facts);
    cli_columns_json(json, a->reader, a->profile.missing);
    spans(json, a);
    cycling(json, a);
    cli_metadata_json(json, a->facts->empty);
    cli_json_findings(json, "findings", a->findings);
}
