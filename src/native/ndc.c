/* SPDX-License-Identifier: MIT */
/* Loose .ndc files, as Neware's servers keep them: NAME.ndc has the voltages and currents, NAME_runInfo.ndc and
 * NAME_step.ndc lie beside it. */
#include "ndc.h"
#include "formats.h"

#include <stdlib.h>
#include <strings.h>

typedef struct ndc {
    ndc_test test;
    uint8_t *run_bytes, *step_bytes;
} ndc;

/* ---- parts ---- */

/* Columns with the units that they have in the file. */
static const char *columns_of(int type, int version)
{
    bool coarse = version == 11 || version == 16;

    if (version <= 5) return type == NDC_MAIN ? ": all columns, counts of the range in each row" : "";
    switch (type) {
    case NDC_MAIN: return coarse ? ": voltage (0.1 mV), current (mA)" : ": voltage (V), current (A)";
    case NDC_AUX: return coarse ? ": voltage (0.1 mV), temperature (0.1 degC)" : ": one number";
    case NDC_STEP: return ": cycle, step, type";
    case NDC_RUN:
        return coarse ? ": step time (ms), capacities (mAs), energies (mWs), interval (ms), clock (s, ms), step, row"
                      : ": step time (ms), capacities (Ah), energies (Wh), interval (ms), clock (s, ms), step, row";
    default: return "";
    }
}

static void describe(int type, int version, char *detail, size_t room)
{
    const char *word = ndc_type_word(type);

    if (word)
        snprintf(detail, room, "%s%s", word, columns_of(type, version));
    else
        snprintf(detail, room, "type %d", type);
}

static int64_t count_rows(const ndc_source *source, int type)
{
    ndc_pages p;
    ndc_page page = {.places = 1};
    int64_t rows = 0;
    pm_error err;

    if (ndc_pages_open(source, type, &p, &err)) return PM_NO_INT;
    while (page.places > 0) {
        if (ndc_pages_next(&p, &page, &err)) rows = page.places = 0;
        for (int i = 0, n; i = ndc_page_run(&page, i, &n), n > 0; i += n) rows += n;
    }
    ndc_pages_close(&p);
    return rows;
}

static bool read_head(const ndc_source *source, uint8_t head[4])
{
    pm_scoped(pm_member) member = NULL;
    int64_t n = source->bytes.n;
    pm_error err;

    if (source->bytes.at && n >= 4) memcpy(head, source->bytes.at, 4);
    if (source->bytes.at) return n >= 4;
    return !pm_member_open(source->archive, source->member, &member, &err) &&
           !pm_member_read(member, head, 4, &n, &err) && n == 4;
}

void ndc_push_part(const ndc_source *source, int64_t bytes, pm_builder *parts)
{
    size_t n = strlen(source->name);
    pm_part part = {source->name, source->archive ? "member" : "file", "", PM_NO_INT, bytes, PM_NO_INT, NULL};
    char version[16], detail[160];
    uint8_t head[4];

    if (n > 4 && strcasecmp(source->name + n - 4, ".ndc") == 0 && read_head(source, head)) {
        snprintf(version, sizeof version, "%d", head[2]);
        describe(head[0], head[2], detail, sizeof detail);
        part.version = version;
        part.detail = detail;
        if (ndc_layout_find(head[2], head[0])) part.rows = count_rows(source, head[0]);
    }
    pm_builder_push(parts, &part);
}

/* ---- which file ---- */

static bool ends_with(const char *text, const char *end)
{
    size_t n = text ? strlen(text) : 0, m = strlen(end);

    return n >= m && strcasecmp(text + n - m, end) == 0;
}

/* Four bytes are little to go by: the first page's must fit, or the name. */
static int sniff(const pm_image *image, char reason[200])
{
    pm_span b = image->bytes;
    bool named = ends_with(image->path, ".ndc");

    if (b.n < 4 || !ndc_type_word(b.at[0]) || b.at[1] != 0 || b.at[3] != 0) return 0;
    const ndc_layout *l = ndc_layout_find(b.at[2], b.at[0]);
    bool page = l && b.n > l->page + 4 && b.at[l->page] == b.at[0] + 1 && b.at[l->page + 1] == 0;
    if (!named && !(page && pm_u16(b.at + 4) == 1)) return 0;
    snprintf(reason, 200, "begins as ndc version %d of type %d%s", b.at[2], b.at[0],
             named ? ", and its name says so" : "");
    return named ? 80 : 50;
}

/* ---- open ---- */

static pm_status read_beside(const char *path, const char *ending, ndc_source *source, uint8_t **bytes, bool *found,
                             pm_error *err)
{
    pm_scoped(pm_source) file = NULL;
    char name[4096];
    pm_error why;
    pm_status s;

    if (!ends_with(path, ".ndc") || strlen(path) + 16 > sizeof name) return PM_OK;
    snprintf(name, sizeof name, "%.*s%s", (int)strlen(path) - 4, path, ending);
    if (pm_source_open(name, false, &file, &why)) return PM_OK; /* not there */
    const char *slash = strrchr(name, '/');
    snprintf(source->name, sizeof source->name, "%.*s", (int)sizeof source->name - 1, slash ? slash + 1 : name);
    if ((s = pm_source_read_all(file, bytes, &source->bytes.n, err))) return s;
    source->bytes.at = *bytes;
    *found = true;
    return PM_OK;
}

static pm_status refuse_type(pm_span b, pm_error *err)
{
    pm_place at = pm_nowhere();

    at.byte = 0;
    if (b.n < 4) return pm_fail_at(err, PM_ERR_FORMAT, at, NULL, "the file ends within the header of a .ndc file");
    const char *word = ndc_type_word(b.at[0]);
    if (!word || b.at[1] != 0)
        return pm_fail_at(err, PM_ERR_FORMAT, at, "leave --format out, and the format is found from the content",
                          "is no Neware .ndc file: it begins with the bytes %02x %02x", b.at[0], b.at[1]);
    return pm_fail_at(err, PM_ERR_FORMAT, at,
                      "give the file without _runInfo, _step, ... in its name, this one beside it",
                      "holds the %s of a test in .ndc files (type %d), not its voltages and currents", word, b.at[0]);
}

static pm_status open_ndc(const pm_image *image, const pm_run *run, pm_native *n, pm_error *err)
{
    ndc *x = calloc(1, sizeof *x);
    const char *slash = image->path ? strrchr(image->path, '/') : NULL;
    pm_status s;

    if (!x) return pm_fail(err, PM_ERR_MEMORY, "no memory to open a file");
    n->state = x;
    if (image->bytes.n < 4 || image->bytes.at[0] != NDC_MAIN) return refuse_type(image->bytes, err);
    x->test.main.bytes = image->bytes;
    snprintf(x->test.main.name, sizeof x->test.main.name, "%.*s", (int)sizeof x->test.main.name - 1,
             slash         ? slash + 1
             : image->path ? image->path
                           : "");
    s = read_beside(image->path, "_runInfo.ndc", &x->test.run_source, &x->run_bytes, &x->test.has_run, err);
    if (!s) s = read_beside(image->path, "_step.ndc", &x->test.step_source, &x->step_bytes, &x->test.has_step, err);
    return s ? s : ndc_test_open(&x->test, run, n, err);
}

static pm_status next(pm_native *n, const pm_rows *rows, int64_t *count, pm_error *err)
{
    ndc *x = n->state;

    return ndc_test_next(&x->test, n, rows, count, err);
}

static void parts(const pm_native *n, pm_builder *to)
{
    const ndc *x = n->state;

    ndc_push_part(&x->test.main, x->test.main.bytes.n, to);
    if (x->test.has_run) ndc_push_part(&x->test.run_source, x->test.run_source.bytes.n, to);
    if (x->test.has_step) ndc_push_part(&x->test.step_source, x->test.step_source.bytes.n, to);
}

static void release(void *state)
{
    ndc *x = state;

    ndc_test_clear(&x->test);
    free(x->run_bytes);
    free(x->step_bytes);
    free(x);
}

const pm_format pm_format_ndc = {
    .id = "ndc",
    .title = "Neware .ndc",
    .content = "records",
    .sniff = sniff,
    .open = open_ndc,
    .next = next,
    .parts = parts,
    .free = release,
};
