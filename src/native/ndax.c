/* SPDX-License-Identifier: MIT */
/* Neware .ndax: a zip archive of .ndc files and of XML files about the test. */
#include "formats.h"
#include "ndc.h"

#include <stdlib.h>
#include <strings.h>

typedef struct ndax {
    ndc_test test;
    ndax_about about;
    const pm_archive *archive;
} ndax;

static int sniff(const pm_image *image, char reason[200])
{
    if (!image->archive || pm_archive_find(image->archive, "data.ndc") < 0) return 0;
    snprintf(reason, 200, "is a zip archive with the member data.ndc");
    return 95;
}

static bool find_source(const pm_archive *archive, const char *name, ndc_source *source)
{
    int index = pm_archive_find(archive, name);

    *source = (ndc_source){.archive = archive, .member = index};
    snprintf(source->name, sizeof source->name, "%s", name);
    return index >= 0;
}

/* ---- auxiliary channels ---- */

typedef struct aux_name {
    const char *name;
    int member, channel, quantity, kind; /* quantity -1: the name has one number only */
} aux_name;

/* data_AUX_144_3_1.ndc: channel, quantity, kind. Older versions: data_1.ndc. */
static bool parse_name(const char *name, aux_name *to)
{
    int end = 0;
    const char *last = strrchr(name, '_');

    if (sscanf(name, "data_AUX_%7d_%7d_%7d.ndc%n", &to->channel, &to->quantity, &to->kind, &end) == 3 && end > 0)
        return name[end] == 0;
    to->quantity = to->kind = -1;
    return last && sscanf(last, "_%7d.ndc%n", &to->channel, &end) == 1 && end > 0 && last[end] == 0;
}

static int by_numbers(const void *a, const void *b)
{
    const aux_name *x = a, *y = b;

    if (x->channel != y->channel) return x->channel < y->channel ? -1 : 1;
    if (x->quantity != y->quantity) return x->quantity < y->quantity ? -1 : 1;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    int order = strcasecmp(x->name, y->name);
    return order ? order : x->member < y->member ? -1 : x->member > y->member;
}

/* In order, the first of several members with one name. */
static int keep_first(aux_name *found, int n)
{
    int kept = 0;

    qsort(found, (size_t)n, sizeof *found, by_numbers);
    for (int i = 0; i < n; i++)
        if (kept == 0 || strcasecmp(found[i].name, found[kept - 1].name) != 0) found[kept++] = found[i];
    return kept;
}

/* The channel that a name tells; where names tell nothing, the channels come in the order of the files. */
static ndax_aux_entry *entry_of(ndax_about *about, const aux_name *name, int rank, int files)
{
    for (int i = 0; i < about->n_aux; i++) {
        ndax_aux_entry *e = &about->aux[i];
        if (!e->taken && e->channel == name->channel && e->quantity == name->quantity + 100 && e->kind == name->kind)
            return e;
    }
    return name->quantity < 0 && files == about->n_aux && !about->aux[rank].taken ? &about->aux[rank] : NULL;
}

static pm_status add_aux(ndax *x, const aux_name *name, int rank, int files, pm_error *err)
{
    ndc_test *t = &x->test;
    pm_status s = pm_grow(&t->aux, &t->aux_room, t->n_aux + 1, sizeof *t->aux, err);

    if (s) return s;
    ndc_aux *a = &t->aux[t->n_aux++];
    *a = (ndc_aux){.number = rank + 1, .quantity = name->quantity < 0 ? 0 : name->quantity + 100};
    a->source = (ndc_source){.archive = x->archive, .member = name->member};
    snprintf(a->source.name, sizeof a->source.name, "%s", pm_archive_name(x->archive, name->member));
    ndax_aux_entry *e = entry_of(&x->about, name, rank, files);
    if (!e) return PM_OK;
    e->taken = true;
    a->number = e->number;
    a->quantity = e->quantity;
    return PM_OK;
}

static pm_status find_aux(ndax *x, pm_error *err)
{
    aux_name found[NDAX_AUX_MAX];
    int n = 0;
    pm_status s = PM_OK;

    for (int i = 0; i < pm_archive_count(x->archive) && n < NDAX_AUX_MAX; i++) {
        const char *name = pm_archive_name(x->archive, i);
        found[n].member = i;
        found[n].name = name;
        if (name && parse_name(name, &found[n])) n++;
    }
    n = keep_first(found, n);
    for (int i = 0; i < n && !s; i++) s = add_aux(x, &found[i], i, n, err);
    return s;
}

/* "auxiliary_1 (channel 225, quantity 103), ...": those that no member was found for. */
static void list_missing(const ndax_about *about, char *text, size_t room)
{
    size_t used = 0;

    text[0] = 0;
    for (int i = 0; i < about->n_aux && used + 60 < room; i++) {
        const ndax_aux_entry *e = &about->aux[i];
        if (e->taken) continue;
        used += (size_t)snprintf(text + used, room - used, "%sauxiliary_%d (channel %d, quantity %d)",
                                 used ? ", " : ": ", e->number, e->channel, e->quantity);
    }
}

/* Channels that the test's information announces, but the archive does not have. */
static void tell_missing(const ndax *x, pm_native *n)
{
    const ndax_about *about = &x->about;
    int announced = about->announced > about->n_aux ? about->announced : about->n_aux, taken = 0;
    int64_t missing = announced - x->test.n_aux;
    char names[150] = "";

    for (int i = 0; i < about->n_aux; i++) taken += about->aux[i].taken;
    if (taken == x->test.n_aux) list_missing(about, names, sizeof names);
    if (missing <= 0) return;
    pm_native_fault *f = pm_native_found(n, "value-missing", "warning",
                                         "TestInfo.xml names auxiliary channels: %lld of %d are not in the archive%s",
                                         (long long)missing, announced, names);
    if (f) f->count = missing;
}

/* ---- members that are not read ---- */

static int by_name(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* Of several members with one name the first is read, and nobody can say which is right. */
static pm_status tell_doubled(const ndax *x, pm_native *n, pm_error *err)
{
    int count = pm_archive_count(x->archive), doubled = 0;
    const char **name = calloc((size_t)count + 1, sizeof *name), *first = NULL;
    char clean[80];

    if (!name) return pm_fail(err, PM_ERR_MEMORY, "no memory for the names of an archive's members");
    for (int i = 0; i < count; i++) name[i] = pm_archive_name(x->archive, i) ? pm_archive_name(x->archive, i) : "";
    qsort(name, (size_t)count, sizeof *name, by_name);
    for (int i = 1; i < count; i++) {
        if (strcasecmp(name[i - 1], name[i]) != 0) continue;
        if (doubled++ == 0) first = name[i];
    }
    if (first) {
        pm_native_text((const uint8_t *)first, (int64_t)strlen(first), clean, sizeof clean);
        pm_native_fault *f = pm_native_found(n, "table-left-out", "warning",
                                             "%d members have the name of another ('%s'): the first in the archive's "
                                             "directory is read",
                                             doubled, clean);
        if (f) f->count = doubled;
    }
    free(name);
    return PM_OK;
}

static bool is_known(const char *name)
{
    static const char *const known[] = {"data.ndc",     "data_runInfo.ndc", "data_step.ndc",
                                        "data_log.ndc", "data_es.ndc",      "data_Aux.ndc"};
    const char *suffix = strrchr(name, '.');
    aux_name ignored;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i]) == 0) return true;
    return (suffix && strcmp(suffix, ".xml") == 0) || parse_name(name, &ignored);
}

/* A damaged name hides a member, and what it holds would be missing in silence. */
static void tell_unknown(const ndax *x, pm_native *n)
{
    char clean[80];

    for (int i = 0; i < pm_archive_count(x->archive); i++) {
        const char *name = pm_archive_name(x->archive, i);
        if (name && is_known(name)) continue;
        pm_native_text((const uint8_t *)(name ? name : ""), name ? (int64_t)strlen(name) : 0, clean, sizeof clean);
        pm_native_found(n, "value-missing", "warning", "the member '%s' is of no known kind and not read", clean);
        return;
    }
}

/* ---- the table of functions ---- */

static pm_status open_ndax(const pm_image *image, const pm_run *run, pm_native *n, pm_error *err)
{
    ndax *x = calloc(1, sizeof *x);
    pm_status s;

    if (!x) return pm_fail(err, PM_ERR_MEMORY, "no memory to open a file");
    n->state = x;
    x->archive = image->archive;
    if (!image->archive || !find_source(image->archive, "data.ndc", &x->test.main))
        return pm_fail(err, PM_ERR_FORMAT, "is no Neware .ndax: it is no archive with a member data.ndc");
    x->test.has_run = find_source(image->archive, "data_runInfo.ndc", &x->test.run_source);
    x->test.has_step = find_source(image->archive, "data_step.ndc", &x->test.step_source);
    if ((s = ndax_read_about(image->archive, n, &x->about, err))) return s;
    if ((s = find_aux(x, err))) return s;
    tell_missing(x, n);
    tell_unknown(x, n);
    if ((s = tell_doubled(x, n, err))) return s;
    return ndc_test_open(&x->test, run, n, err);
}

static pm_status next(pm_native *n, const pm_rows *rows, int64_t *count, pm_error *err)
{
    ndax *x = n->state;

    return ndc_test_next(&x->test, n, rows, count, err);
}

static void parts(const pm_native *n, pm_builder *to)
{
    const ndax *x = n->state;

    for (int i = 0; i < pm_archive_count(x->archive); i++) {
        const char *name = pm_archive_name(x->archive, i);
        ndc_source source = {.archive = x->archive, .member = i};
        if (!name) continue;
        snprintf(source.name, sizeof source.name, "%s", name);
        ndc_push_part(&source, pm_archive_size(x->archive, i), to);
    }
}

static void release(void *state)
{
    ndax *x = state;

    ndc_test_clear(&x->test);
    free(x);
}

const pm_format pm_format_ndax = {
    .id = "ndax",
    .title = "Neware .ndax",
    .content = "records",
    .sniff = sniff,
    .open = open_ndax,
    .next = next,
    .parts = parts,
    .free = release,
};
