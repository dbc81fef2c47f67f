/* SPDX-License-Identifier: MIT */
/* What a command makes of its files, from the output opened to the output committed. */
#include "cli/cli.h"

#include <string.h>

int cli_at_most(int64_t value)
{
    return value > INT32_MAX ? INT32_MAX : (int)value;
}

void cli_stem(const char *path, char *out, size_t room)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

    snprintf(out, room, "%.*s", (int)strcspn(name, "."), name);
}

struct page {
    const cli_document *document;
    pm_out *out;
    pm_json json;
};

static pm_status take(cli_call *call, cli_file *file, void *context, pm_error *err)
{
    struct page *page = context;
    const cli_document *d = page->document;

    if (call->shared->json) {
        pm_json_object(&page->json, NULL);
        if (cli_json_file(&page->json, file)) d->json(call, file->result, &page->json);
        pm_json_end(&page->json);
    }
    return file->result && d->add ? d->add(call, file, d->context, err) : PM_OK;
}

static pm_status finish(cli_call *call, struct page *page, pm_error *err)
{
    const cli_document *d = page->document;
    pm_status s = PM_OK;

    if (call->shared->json) {
        pm_json_end(&page->json);
        if (call->done && d->json_rest && (s = d->json_rest(call, d->context, &page->json, err))) return s;
        pm_json_end(&page->json);
    } else if (!call->done) {
        return PM_OK; /* nothing to print: no header, and no output file */
    } else if ((s = d->csv(call, d->context, page->out, err))) {
        return s;
    }
    return pm_out_commit(page->out, err);
}

pm_status cli_print_files(cli_call *call, const cli_document *document, pm_error *err)
{
    pm_scoped(pm_out) out = NULL;
    struct page page = {.document = document};
    cli_work work = {&page, document->each, take, document->free_result, false};
    pm_status s = cli_output(call, &out, err);

    if (s) return s;
    page.out = call->out = out;
    if (call->shared->json) {
        page.json = cli_json_open(call, out);
        pm_json_array(&page.json, "files");
    }
    if ((s = cli_each_file(call, &work, err))) return s;
    return finish(call, &page, err);
}
