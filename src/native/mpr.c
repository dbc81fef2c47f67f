/* SPDX-License-Identifier: MIT */
/* BioLogic .mpr: modules of settings, data, log and loops, one behind the other. */
#include "mpr.h"
#include "formats.h"

#include <math.h>
#include <stdlib.h>

static const char magic[] = "BIO-LOGIC MODULAR FILE\x1a";

static int sniff(const pm_image *image, char reason[200])
{
    pm_span head = pm_span_part(image->bytes, 0, sizeof magic - 1);

    if (!head.at || memcmp(head.at, magic, (size_t)head.n) != 0) return 0;
    snprintf(reason, 200, "begins with 'BIO-LOGIC MODULAR FILE'");
    return 95;
}

static void state_free(void *state)
{
    mpr_file *m = state;

    free(m->modules.item);
    free(m->stored);
    free(m->column);
    free(m);
}

static pm_status open_file(const pm_image *image, const pm_run *run, pm_native *n, pm_error *err)
{
    mpr_file *m = calloc(1, sizeof *m);
    pm_status s;

    (void)run;
    if (!m) return pm_fail(err, PM_ERR_MEMORY, "no memory to open a file");
    n->state = m;
    if ((s = mpr_modules_find(image->bytes, n, &m->modules, err))) return s;
    m->notes = mpr_modules_read(&m->modules, n);
    if ((s = mpr_rows_find(m, n, err))) return s;
    if ((s = mpr_declare(m, n, err))) return s;
    if (m->spectral_rows > 0 && m->spectral_rows == m->n_rows) n->content = "spectra";
    return PM_OK;
}

/* ---- what is inside ---- */

/* The columns with their units: "mode, ..., time/s, dq/mA.h". */
static void describe_columns(const mpr_file *m, char *text, size_t room)
{
    size_t used = 0;

    for (int i = 0; i < m->n_stored && used < room; i++) {
        const mpr_stored *c = &m->stored[i];
        const char *unit = c->id ? c->id->unit : "";
        used += (size_t)snprintf(text + used, room - used, "%s%s%s%s", i ? ", " : "", c->name, *unit ? "/" : "", unit);
    }
}

static void describe(const mpr_file *m, int64_t i, char *text, size_t room)
{
    const mpr_module *module = &m->modules.item[i];
    const char *technique = mpr_technique(m->notes.technique);

    if (i == m->modules.data)
        describe_columns(m, text, room);
    else if (mpr_module_is(module, "VMP Set") && *technique)
        snprintf(text, room, "%s, technique %s, of %s", module->title, technique, module->date);
    else
        snprintf(text, room, "%s, of %s", module->title, module->date);
}

static void parts(const pm_native *n, pm_builder *out)
{
    const mpr_file *m = n->state;
    char version[16], detail[2048];

    for (int64_t i = 0; i < m->modules.n; i++) {
        const mpr_module *module = &m->modules.item[i];
        bool loops = mpr_module_is(module, "VMP loop") && m->notes.loops.n > 0;
        snprintf(version, sizeof version, "%u", (unsigned)module->version);
        describe(m, i, detail, sizeof detail);
        pm_part part = {.part = module->name,
                        .kind = "module",
                        .version = version,
                        .offset = module->at,
                        .bytes = module->header + module->here.n,
                        .rows = i == m->modules.data ? m->n_rows
                                : loops              ? m->notes.loops.n / 4
                                                     : PM_NO_INT,
                        .detail = detail};
        pm_builder_push(out, &part);
    }
}

const pm_format pm_format_mpr = {.id = "mpr",
                                 .title = "BioLogic EC-Lab or BT-Lab binary",
                                 .content = "records",
                                 .sniff = sniff,
                                 .open = open_file,
                                 .next = mpr_next,
                                 .parts = parts,
                                 .free = state_free};
