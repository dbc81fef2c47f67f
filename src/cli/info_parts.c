/* SPDX-License-Identifier: MIT */
/* What is inside a file: info --deep. */
#include "cli/info.h"

#include <string.h>

static const char *word(const pm_table *parts, const char *column, int64_t i)
{
    const char *text = pm_column_word(pm_table_find(parts, column), i);
    return text ? text : "";
}

/* "4,096 bytes at 52", what is not known left out. */
static void amount(pm_out *to, const pm_table *parts, int64_t i)
{
    static const char *const columns[] = {"rows", "bytes", "offset"}, *const before[] = {"", "", "at "},
                             *const behind[] = {" rows", " bytes", ""};
    char text[32];
    for (int k = 0; k < 3; k++) {
        const pm_column *c = pm_table_find(parts, columns[k]);
        if (pm_column_missing(c, i)) continue;
        if (k < 2)
            cli_grouped(c->integer[i], text);
        else
            snprintf(text, sizeof text, "%lld", (long long)c->integer[i]);
        pm_out_text(to, "  %s%s%s", before[k], text, behind[k]);
    }
}

pm_status cli_info_parts(pm_out *to, const pm_reader *reader, pm_error *err)
{
    pm_scoped(pm_table) parts = NULL;
    pm_status s = pm_reader_parts(reader, &parts, err);
    if (s) return s;
    pm_out_text(to, "  inside\n");
    for (int64_t i = 0; i < pm_table_rows(parts); i++) {
        const char *version = word(parts, "version", i);
        pm_out_text(to, "    %s%s", word(parts, "kind", i), *word(parts, "part", i) ? " " : "");
        cli_plain(to, word(parts, "part", i));
        if (*version) {
            pm_out_text(to, ", version ");
            cli_plain(to, version);
        }
        amount(to, parts, i);
        pm_out_text(to, "\n");
        if (!*word(parts, "detail", i)) continue;
        pm_out_text(to, "      ");
        cli_plain(to, word(parts, "detail", i));
        pm_out_text(to, "\n");
    }
    return PM_OK;
}

pm_status cli_parts_json(pm_json *json, const pm_reader *reader, pm_error *err)
{
    pm_scoped(pm_table) parts = NULL;
    pm_status s = pm_reader_parts(reader, &parts, err);
    if (s) return s;
    pm_json_array(json, "parts");
    pm_table_write_json(parts, json);
    pm_json_end(json);
    return PM_OK;
}
