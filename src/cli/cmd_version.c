/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "config.h"
#include "src/cli/libraries.h"

static const struct feature {
    const char *name, *meaning;
    bool present;
} features[] = {
    {"libzip", "reads .zip files through", PM_HAVE_LIBZIP},      {"expat", "reads .xlsx workbooks", PM_HAVE_EXPAT},
    {"zstd", "reads Parquet packed with zstd", PM_HAVE_ZSTD},    {"xgboost", "trains boosted trees", PM_HAVE_XGBOOST},
    {"dygraphs", "zoomable plots in reports", PM_HAVE_DYGRAPHS},
};
static const struct library {
    const char *name, *version;
} libraries[] = {PM_LIBRARIES};
enum { FEATURES = sizeof features / sizeof *features, LIBRARIES = sizeof libraries / sizeof *libraries };

static void print_text(pm_out *out)
{
    pm_out_text(out, "premortem %s\ncompiler   %s\n", pm_version(), PM_COMPILER);
    for (int i = 0; i < FEATURES; i++)
        pm_out_text(out, "%s %-8s %-3s %s\n", i ? "        " : "features", features[i].name,
                    features[i].present ? "yes" : "no", features[i].meaning);
    for (int i = 0; i < LIBRARIES; i++)
        pm_out_text(out, "%s %s %s\n", i ? "         " : "libraries", libraries[i].name, libraries[i].version);
}

static void print_json(const cli_call *call, pm_out *out)
{
    pm_json json = cli_json_open(call, out);
    pm_json_text(&json, "compiler", PM_COMPILER);
    pm_json_flat_object(&json, "features");
    for (int i = 0; i < FEATURES; i++) pm_json_bool(&json, features[i].name, features[i].present);
    pm_json_end(&json);
    pm_json_flat_object(&json, "libraries");
    for (int i = 0; i < LIBRARIES; i++) pm_json_text(&json, libraries[i].name, libraries[i].version);
    pm_json_end(&json);
    pm_json_end(&json);
}

static pm_status run(cli_call *call, pm_error *err)
{
    pm_scoped(pm_out) out = NULL;
    pm_status s = cli_output(call, &out, err);
    if (s) return s;
    if (call->shared->json)
        print_json(call, out);
    else
        print_text(out);
    return pm_out_commit(out, err);
}

const cli_command cmd_version = {
    .name = "version",
    .group = "About",
    .summary = "version, compiler, optional parts and libraries",
    .operands = "",
    .example = "  premortem version --json\n",
    .args_size = sizeof(cli_shared),
    .run = run,
};
