/* SPDX-License-Identifier: MIT */
/* Where results go, and the envelope of every JSON document. */
#include "cli/cli.h"

#include <string.h>

pm_status cli_output(const cli_call *call, pm_out **out, pm_error *err)
{
    const char *path = call->shared->output ? call->shared->output : "-";
    return pm_out_open(path, call->shared->force, out, err);
}

pm_json cli_json_open(const cli_call *call, pm_out *to)
{
    char schema[64];
    pm_json json = pm_json_start(to);
    snprintf(schema, sizeof schema, "premortem.%s/1", call->command->name);
    pm_json_object(&json, NULL);
    pm_json_text(&json, "schema", schema);
    pm_json_text(&json, "version", pm_version());
    return json;
}

static void place(pm_json *json, const char *key, int64_t value)
{
    pm_json_whole(json, key, value < 0 ? PM_NO_INT : value);
}

static void json_error(pm_json *json, const pm_error *error)
{
    pm_json_object(json, "error");
    pm_json_text(json, "code", pm_status_name(error->code));
    pm_json_text(json, "message", error->message);
    place(json, "line", error->line);
    place(json, "row", error->row);
    place(json, "byte", error->byte);
    pm_json_text(json, "column", *error->column ? error->column : NULL);
    pm_json_text(json, "hint", *error->hint ? error->hint : NULL);
    pm_json_end(json);
}

bool cli_json_file(pm_json *json, const cli_file *file)
{
    pm_json_text(json, "path", file->path);
    pm_json_text(json, "status", file->error.code ? "failed" : "ok");
    if (file->error.code) json_error(json, &file->error);
    return !file->error.code;
}

/* One value of a table in the type of its column; `reconcilable` is kept as 0 or 1 and printed as true or false. */
static void json_value(pm_json *json, const pm_column *column, int64_t row)
{
    if (column->number)
        pm_json_real(json, column->name, column->number[row]);
    else if (pm_column_missing(column, row))
        pm_json_null(json, column->name);
    else if (!column->integer)
        pm_json_text(json, column->name, pm_column_word(column, row));
    else if (!strcmp(column->name, "reconcilable"))
        pm_json_bool(json, column->name, column->integer[row] != 0);
    else
        pm_json_whole(json, column->name, column->integer[row]);
}

void cli_json_findings(pm_json *json, const char *key, const pm_table *findings)
{
    pm_json_array(json, key);
    for (int64_t i = 0; findings && i < pm_table_rows(findings); i++) {
        pm_json_flat_object(json, NULL);
        for (int c = 0; c < pm_table_columns(findings); c++) json_value(json, pm_table_column(findings, c), i);
        pm_json_end(json);
    }
    pm_json_end(json);
}
