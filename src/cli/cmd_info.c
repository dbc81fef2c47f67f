/* SPDX-License-Identifier: MIT */
#include "cli/analysis.h"
#include "cli/commands.h"
#include "cli/info.h"

struct args {
    cli_shared shared;
    bool brief, deep;
};
static const cli_option options[] = {
    {"--brief", NULL, CLI_FLAG, offsetof(struct args, brief), NULL, NULL, "one line for each file", 0, 0},
    {"--deep", NULL, CLI_FLAG, offsetof(struct args, deep), NULL, NULL,
     "what is inside the file too: members, tables, modules, versions", 0, 0},
    {0},
};

struct page {
    pm_out *out;
    pm_json json;
    int cards;
};

static pm_status each(const cli_call *call, cli_file *file, pm_error *err)
{
    cli_want want = {.cycles = true, .card = true, .all_columns = true, .sha256 = call->shared->json};
    cli_analysis *a = NULL;
    pm_status s = cli_analyse(call->shared, &want, file->path, &file->run, &a, err);
    if (s) return s;
    file->result = a;
    file->findings = a->findings;
    return PM_OK;
}

static pm_status take(cli_call *call, cli_file *file, void *context, pm_error *err)
{
    const struct args *args = call->args;
    struct page *page = context;
    const cli_analysis *a = file->result;
    pm_status s = PM_OK;
    if (call->shared->json) {
        pm_json_object(&page->json, NULL);
        if (cli_json_file(&page->json, file)) {
            cli_info_json(&page->json, a);
            if (args->deep) s = cli_parts_json(&page->json, a->reader, err);
        }
        pm_json_end(&page->json);
    } else if (a && args->brief) {
        cli_info_line(page->out, file->path, a);
    } else if (a) {
        if (page->cards++) pm_out_text(page->out, "\n");
        cli_info_card(page->out, file->path, a, args->deep);
        if (args->deep) s = cli_info_parts(page->out, a->reader, err);
    }
    return s;
}

static pm_status run(cli_call *call, pm_error *err)
{
    pm_scoped(pm_out) out = NULL;
    pm_status s = cli_output(call, &out, err);
    if (s) return s;
    struct page page = {.out = out};
    if (call->shared->json) {
        page.json = cli_json_open(call, out);
        pm_json_array(&page.json, "files");
    }
    cli_work work = {&page, each, take, cli_analysis_free, true};
    if ((s = cli_each_file(call, &work, err))) return s;
    if (call->shared->json) {
        pm_json_end(&page.json);
        pm_json_end(&page.json);
    }
    return pm_out_commit(out, err);
}

const cli_command cmd_info = {
    .name = "info",
    .group = "Files",
    .summary = "what a file is, what is in it, and what is wrong with it",
    .operands = "FILE...",
    .details = "The format is found from the content and named with the reason. - is standard input.\n"
               "The kind of cell comes from --kind, else from NAME.cell.yaml or cells.yaml beside the file.\n",
    .example = "  premortem info cell.csv\n  premortem info --brief *.csv\n  premortem info --deep cell.ndax\n",
    .takes = CLI_FILES | CLI_READING | CLI_CELL,
    .least = 1,
    .most = -1,
    .options = options,
    .args_size = sizeof(struct args),
    .run = run,
};
