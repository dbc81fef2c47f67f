/* SPDX-License-Identifier: MIT */
/* Neware .nda files: the header, what it says about the test, and the sections behind it. */
#include "nda.h"
#include "formats.h"

#include <math.h>
#include <stdlib.h>

enum {
    VERSION = 14,
    SHORT_HEAD = 160,
    SECTIONS_AT = 16,
    SECTIONS = 9,
    DATA_AT = 64,
    AUX_AT = 72,
    WIDE_AT = 18,
    WIDE = 15,
    OLDER_WIDE = 14,
    WIDE_DATA_AT = 82
};

static int sniff(const pm_image *image, char reason[200])
{
    if (image->bytes.n < 15 || memcmp(image->bytes.at, "NEWARE", 6) != 0) return 0;
    snprintf(reason, 200, "begins with NEWARE, version %d", image->bytes.at[VERSION]);
    return 100;
}

static pm_status refuse(pm_error *err, int64_t byte, const char *hint, const char *message)
{
    pm_place at = pm_nowhere();

    at.byte = byte;
    return pm_fail_at(err, PM_ERR_FORMAT, at, hint, "%s", message);
}

static const char was_cut[] = "the file is damaged or was cut: copy it again";

/* ---- sections ---- */

typedef struct section {
    const char *name;
    int64_t begin, bytes;
} section;

/* The header's pointers: of 4 bytes up to version 29, of 8 bytes in version 130. Without a meaning: no name. */
static int sections_of(const nda_file *f, section s[WIDE])
{
    static const char *const names[SECTIONS] = {"channel", "test", "", "", "steps", "", "data", "auxiliary", ""};
    int n = f->version != 130 ? SECTIONS : f->record_version == 3 ? OLDER_WIDE : WIDE;

    for (int i = 0; i < n; i++) {
        if (n != SECTIONS) {
            const uint8_t *p = f->all.at + WIDE_AT + 16 * i;
            s[i] = (section){i == 0   ? "channel"
                             : i == 1 ? "test"
                             : i == 2 ? "steps"
                             : i == 4 ? "data"
                                      : "",
                             pm_i64(p), pm_i64(p + 8)};
        } else {
            const uint8_t *p = f->all.at + SECTIONS_AT + 8 * i;
            s[i] = (section){names[i], pm_u32(p), pm_u32(p + 4)};
        }
    }
    return n;
}

static pm_status check_head(nda_file *f, pm_error *err)
{
    char message[128];

    if (f->all.n < 15 || memcmp(f->all.at, "NEWARE", 6) != 0)
        return refuse(err, 0, NULL, "does not begin with NEWARE: no .nda file");
    f->version = f->all.at[VERSION];
    bool wide = f->version == 130;
    if (f->all.n < (wide ? WIDE_AT + 16 * WIDE : SHORT_HEAD))
        return refuse(err, f->all.n, was_cut, "the file ends within its header");
    f->record_version = wide ? pm_u16(f->all.at + 16) : 0;
    if (wide && f->record_version != 3 && f->record_version != 19) {
        snprintf(message, sizeof message, "Neware .nda version 130 with the unknown record version %d",
                 f->record_version);
        return refuse(err, 16, "export it as text with BTSDA", message);
    }
    if (wide || nda_layout_find(f->version, 0, 0)) return PM_OK;
    snprintf(message, sizeof message, "Neware .nda version %d is not known (8, 22, 23, 26, 29 and 130 are)",
             f->version);
    return refuse(err, VERSION, "export it as text with BTSDA", message);
}

static void say_missing(pm_native *n, int64_t count, const char *message)
{
    pm_native_fault *x = pm_native_found(n, "declared-rows-missing", "warning", "%s", message);

    if (!x) return;
    x->count = count;
    snprintf(x->hint, sizeof x->hint, "%s", was_cut);
}

/* Without a length they go on to the next section, or to the file's end where none begins behind a whole record. */
static int64_t open_end(const nda_file *f, pm_native *n, int64_t next)
{
    if (next == f->all.n || (next - f->begin) % f->layout->length == 0) return next;
    pm_native_fault *x = pm_native_found(n, "value-missing", "warning",
                                         "a section of the header begins at byte %lld, inside a record: it is not "
                                         "believed, records are read to the file's end",
                                         (long long)next);
    if (x) x->count = 1;
    return f->all.n;
}

/* Where the records end: as the header says, if a section begins or the file ends there; else where the next begins. */
static void find_end(nda_file *f, pm_native *n, int64_t bytes)
{
    section s[WIDE];
    int64_t end = f->begin + bytes, next = INT64_MAX;
    bool meets = end == f->all.n;
    char message[240];

    for (int i = 0, count = sections_of(f, s); i < count; i++) {
        meets |= s[i].begin == end;
        if (s[i].begin > f->begin && s[i].begin < next) next = s[i].begin;
    }
    if (next > f->all.n) next = f->all.n;
    f->end = bytes == 0 ? open_end(f, n, next) : end;
    if (bytes == 0 || meets) return;
    f->end = end < next ? end : next;
    snprintf(message, sizeof message,
             "the header's length of the records, %lld bytes, does not reach to the next section, byte %lld: up to "
             "%lld records are missing",
             (long long)bytes, (long long)next, llabs((long long)(end - next)) / f->layout->length + 1);
    say_missing(n, llabs((long long)(end - next)) / f->layout->length + 1, message);
}

/* A file that was cut ends before its records do. */
static void cut_end(nda_file *f, pm_native *n)
{
    int length = f->layout->length;
    char message[240];

    if (f->end > f->all.n) {
        int64_t there = (f->all.n - f->begin) / length, missing = (f->end - f->begin) / length - there;
        f->end = f->begin + there * length;
        snprintf(message, sizeof message,
                 "the file ends at byte %lld, before its records do: %lld of %lld records are missing",
                 (long long)f->all.n, (long long)missing, (long long)(there + missing));
        say_missing(n, missing, message);
        return;
    }
    int64_t left = (f->end - f->begin) % length;
    if (left == 0) return;
    pm_native_fault *x =
        pm_native_found(n, "row-incomplete", "warning", "the last record has %lld of its %d bytes and is left out",
                        (long long)left, length);
    if (x) x->count = 1;
    f->end -= left;
}

/* BTS 9.1 writes records of 52, 56 or 60 bytes and does not say which: the second record is the one after the first. */
static int length_91(const nda_file *f, int64_t bytes)
{
    static const int lengths[] = {52, 56, 60};

    for (int i = 0; i < 3; i++) {
        pm_span two = pm_span_part(f->all, f->begin, 2 * lengths[i]);
        if (two.at && memcmp(two.at, two.at + lengths[i], 2) == 0 &&
            pm_u32(two.at + lengths[i] + 8) == pm_u32(two.at + 8) + 1)
            return lengths[i];
    }
    for (int i = 0; i < 3; i++)
        if (bytes % lengths[i] == 0) return lengths[i];
    return 0;
}

static pm_status find_records(nda_file *f, pm_native *n, pm_error *err)
{
    bool wide = f->version == 130;
    int64_t bytes = wide ? pm_i64(f->all.at + WIDE_DATA_AT + 8) : pm_u32(f->all.at + DATA_AT + 4);

    f->begin = wide ? pm_i64(f->all.at + WIDE_DATA_AT) : pm_u32(f->all.at + DATA_AT);
    if (f->begin < SECTIONS_AT || bytes < 0 || bytes > INT64_MAX / 2 || f->begin > INT64_MAX / 2)
        return refuse(err, wide ? WIDE_DATA_AT : DATA_AT, was_cut, "the header's place of the records makes no sense");
    if (f->begin >= f->all.n) return refuse(err, f->all.n, was_cut, "the file ends before its records begin");
    f->layout = nda_layout_find(f->version, f->record_version, f->record_version == 19 ? length_91(f, bytes) : 0);
    if (!f->layout)
        return refuse(err, f->begin, "export it as text with BTSDA",
                      "records of an unknown length: 52, 56 and 60 bytes are known");
    find_end(f, n, bytes);
    cut_end(f, n);
    if (wide || f->layout->length != 86) return PM_OK;
    f->aux_begin = pm_u32(f->all.at + AUX_AT);
    f->aux_end = f->aux_begin + pm_u32(f->all.at + AUX_AT + 4);
    if (f->aux_begin < f->end || f->aux_begin > f->all.n) f->aux_begin = f->aux_end = f->all.n;
    if (f->aux_end > f->all.n) f->aux_end = f->all.n;
    return PM_OK;
}

/* ---- findings ---- */

static void say_unknown(const nda_file *f, pm_native *n)
{
    pm_native_fault *x;

    if (f->unknown > 0) {
        x = pm_native_found(n, "row-incomplete", "warning",
                            "%lld records are of an unknown kind and left out; the first, of kind %d, at byte %lld",
                            (long long)f->unknown, f->unknown_id, (long long)f->first_unknown);
        if (x) x->count = f->unknown;
    }
    if (f->opaque > 0) {
        x = pm_native_found(n, "row-incomplete", "note",
                            "%lld records of auxiliary channels are left out: their layout is not known",
                            (long long)f->opaque);
        if (x) x->count = f->opaque;
    }
}

/* Records are numbered from 1, and entries of the log name the record they follow. */
static void say_gaps(const nda_file *f, pm_native *n)
{
    int64_t last = f->last_index, logged = f->logs ? (int64_t)f->log_last - f->layout->log_ahead : 0;
    pm_native_fault *x = NULL;

    if (logged > last) last = logged;
    if (last > f->rows) {
        x = pm_native_found(n, "rows-missing", "warning",
                            "the records are numbered up to %lld, and %lld are there: %lld are missing",
                            (long long)last, (long long)f->rows, (long long)(last - f->rows));
        if (x) x->count = last - f->rows;
    } else if (last < f->rows) {
        x = pm_native_found(n, "rows-duplicated", "warning", "the records are numbered up to %lld, but %lld are there",
                            (long long)last, (long long)f->rows);
        if (x) x->count = f->rows - last;
    }
    if (x) x->expected = (double)last;
    if (x) x->observed = (double)f->rows;
    if (f->layout->end_mark && !f->closed)
        say_missing(n, 0,
                    "no entry of the log says that the test ended: it was still running, or the file was cut and rows "
                    "are missing");
}

/* ---- what it says about the test ---- */

static void say_text(pm_native *n, const nda_file *f, const char *key, int64_t at, int64_t bytes)
{
    pm_span text = pm_span_part(f->all, at, bytes);
    char value[256];

    if (!text.at) return;
    pm_native_text(text.at, text.n, value, sizeof value);
    pm_native_meta(n, key, "%s", value);
}

/* In micrograms. One milligram is what BTSDA writes unless told. */
static void say_mass(const nda_file *f, pm_native *n)
{
    uint32_t mass = pm_u32(f->all.at + 152);

    if (mass > 0) pm_native_meta(n, "mass_gram", "%.15g", mass / 1e6);
    if (mass == 1000)
        pm_native_found(n, "placeholder-metadata", "note",
                        "the active mass is 1 mg, which BTSDA writes where nobody has given one");
}

/* Up to version 29. Times are local, as words. */
static void say_old(const nda_file *f, pm_native *n)
{
    int64_t test = pm_u32(f->all.at + 24), bytes = pm_u32(f->all.at + 28);
    int shift = f->version == 8 ? 36 : 37;
    pm_span server = pm_span_part(f->all, test + bytes, 9);

    say_text(n, f, "start_time", test + shift, 20);
    if (f->version != 8) say_text(n, f, "end_time", test + shift + 20, 19);
    say_text(n, f, "creator", test + shift + 40, 20);
    if (f->version == 8) say_text(n, f, "software", 112, 30);
    if (f->version == 29) say_text(n, f, "remarks", test + 227, 100);
    if (server.at && memcmp(server.at, "BTSServer", 9) == 0) {
        say_text(n, f, "server_software", test + bytes, 50);
        say_text(n, f, "software", test + bytes + 100, 50);
    }
    if (f->version != 8) say_mass(f, n);
    pm_native_meta(n, "current_range", "%d", (int)f->range);
}

static void say_wide(const nda_file *f, pm_native *n)
{
    bool older = f->record_version == 3;
    int64_t test = pm_i64(f->all.at + WIDE_AT + 16);

    say_text(n, f, "software", older ? 242 : 258, 32);
    if (test > 0 && test < f->all.n) say_text(n, f, "creator", test + (older ? 12 : 8), 32);
}

static void say_meta(const nda_file *f, pm_native *n)
{
    pm_native_meta(n, "nda_version", "%d", f->version);
    if (f->version == 130) pm_native_meta(n, "nda_record_version", "%d", f->record_version);
    say_text(n, f, "file_date", 6, 8);
    pm_native_meta(n, "time_zone", "%s", f->layout->civil ? "unknown" : "UTC");
    if (f->version == 130)
        say_wide(f, n);
    else
        say_old(f, n);
}

/* ---- the table of functions ---- */

static pm_status open_nda(const pm_image *image, const pm_run *run, pm_native *n, pm_error *err)
{
    nda_file *f = calloc(1, sizeof *f);
    pm_status s;

    (void)run;
    if (!f) return pm_fail(err, PM_ERR_MEMORY, "no memory to open a file");
    n->state = f;
    f->all = image->bytes;
    if ((s = check_head(f, err))) return s;
    if ((s = find_records(f, n, err))) return s;
    if (f->version < 130) {
        pm_span channel = pm_span_part(f->all, (int64_t)pm_u32(f->all.at + SECTIONS_AT) + 26, 4);
        f->range = channel.at ? pm_i32(channel.at) : 0;
    }
    if ((s = nda_scan(f, err))) return s;
    say_unknown(f, n);
    say_gaps(f, n);
    say_meta(f, n);
    nda_declare(f, n);
    n->rows_declared = f->rows;
    f->at = f->begin;
    return PM_OK;
}

static pm_status next(pm_native *n, const pm_rows *rows, int64_t *count, pm_error *err)
{
    (void)err;
    *count = nda_read(n->state, rows);
    return PM_OK;
}

static void describe_data(const pm_native *n, const nda_file *f, char *text, size_t room)
{
    int used = snprintf(text, room, "%s; %lld entries of the log, %lld auxiliary;", f->layout->title,
                        (long long)f->logs, (long long)f->n_aux);

    for (int64_t i = 0; i < n->n_columns && used > 0 && (size_t)used < room; i++)
        used += snprintf(text + used, room - (size_t)used, "%s %s%s%s%s", i ? "," : "", n->column[i].name,
                         n->column[i].unit[0] ? " (" : "", n->column[i].unit, n->column[i].unit[0] ? ")" : "");
}

static void parts(const pm_native *n, pm_builder *to)
{
    const nda_file *f = n->state;
    section s[WIDE];
    char version[16], detail[1024];

    snprintf(version, sizeof version, f->version == 130 ? "%d.%d" : "%d", f->version, f->record_version);
    describe_data(n, f, detail, sizeof detail);
    for (int i = 0, count = sections_of(f, s); i < count; i++) {
        bool data = strcmp(s[i].name, "data") == 0;
        pm_part part = {.part = s[i].name,
                        .kind = "section",
                        .version = "",
                        .offset = s[i].begin,
                        .bytes = s[i].bytes,
                        .rows = PM_NO_INT};
        if (data) part = (pm_part){"data", "section", version, f->begin, f->end - f->begin, f->rows, detail};
        if (part.bytes > 0 && part.offset > 0 && part.offset < f->all.n) pm_builder_push(to, &part);
    }
}

static void free_nda(void *state)
{
    nda_file *f = state;

    free(f->aux);
    free(f);
}

const pm_format pm_format_nda = {
    .id = "nda",
    .title = "Neware .nda",
    .content = "records",
    .sniff = sniff,
    .open = open_nda,
    .next = next,
    .parts = parts,
    .free = free_nda,
};
