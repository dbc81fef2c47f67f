/* SPDX-License-Identifier: MIT */
/* A file as batches: source, text, layout and engine put together. */
#include "reader.h"
#include "repair.h"
#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct pm_reader {
    char *path;
    pm_read_options options;
    pm_run run;
    pm_source *source;
    pm_decoder decoder;
    pm_dialects dialects;
    pm_quantities *quantities;
    pm_head head;
    pm_layout layout;
    pm_text_reader *text;
    pm_repair *repair;
    pm_table *empty, *repaired;
    pm_facts facts;
};

/* ---- what is no text ---- */

static pm_status refuse_binary(const uint8_t *head, int64_t n, pm_error *err)
{
    static const struct known {
        int at;
        const char *bytes, *name;
    } known[] = {
        {0, "NEWARE", "a Neware .nda file"},
        {0, "BIO-LOGIC MODULAR FILE", "a BioLogic .mpr file"},
        {4, "Standard Jet DB", "an Arbin .res file (Access database)"},
        {0, "\x89HDF", "an HDF5 file"},
        {0, "PAR1", "a Parquet file"},
        {0, "MATLAB 5.0", "a MATLAB file"},
        {0, "%PDF", "a PDF document"},
        {0, "\xD0\xCF\x11\xE0", "an old Excel or Office file"},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t length = (int64_t)strlen(known[i].bytes);
        if (n < known[i].at + length || memcmp(head + known[i].at, known[i].bytes, (size_t)length) != 0) continue;
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "export it as text (csv) with the instrument's software",
                          "is %s; this version reads text only", known[i].name);
    }
    pm_place at = pm_nowhere();
    const uint8_t *nul = memchr(head, 0, (size_t)n);
    at.byte = nul ? nul - head : -1;
    return pm_fail_at(err, PM_ERR_FORMAT, at, "give an export of the cycler as text",
                      "is binary, and of no known format");
}

/* A header and a row of text at the least, without control characters. */
static bool is_text(const uint8_t *bytes, int64_t n)
{
    int lines = 0;

    for (int64_t i = 0; i < n; i++) {
        lines += bytes[i] == '\n';
        if (bytes[i] < 32 && bytes[i] != '\t' && bytes[i] != '\r' && bytes[i] != '\n') return false;
    }
    return lines >= 2;
}

/* ---- opening ---- */

static pm_status read_head(pm_reader *r, pm_error *err)
{
    int64_t n;
    const uint8_t *bytes = pm_source_head(r->source, &n);
    pm_status s;

    r->decoder = pm_decoder_see(bytes, n);
    if (r->decoder.encoding == PM_BINARY) {
        /* A good head with zero bytes behind it is a damaged text: its rows are read up to there. */
        int64_t good = (const uint8_t *)memchr(bytes, 0, (size_t)n) - bytes;
        if (!is_text(bytes, good)) return refuse_binary(bytes, n, err);
        r->decoder = pm_decoder_see(bytes, good);
        n = good;
    }
    pm_decoder copy = r->decoder;
    pm_scoped_text text = malloc((size_t)pm_decoder_room(&copy, n) + 1);
    if (!text) return pm_fail(err, PM_ERR_MEMORY, "no memory for a file's head");
    int64_t length = pm_decode(&copy, bytes, n, text);
    s = pm_head_new(text, length, n < PM_HEAD_BYTES, &r->head, err);
    if (!s && r->head.n_lines == 0)
        s = pm_fail_at(err, PM_ERR_FORMAT, pm_at_line(NULL, 1, NULL), "this is no table of records",
                       "there is no line in it");
    return s;
}

static pm_status empty_table(pm_reader *r, pm_error *err)
{
    pm_scoped(pm_builder) b = NULL;
    pm_status s = pm_builder_new(0, NULL, &b, err);

    if (s) return s;
    for (int i = 0; i < r->layout.n_columns; i++)
        pm_builder_add(b, r->layout.column[i].name, r->layout.column[i].type, r->layout.column[i].unit);
    for (int64_t at = 0; at < r->layout.meta_n;) {
        const char *key = r->layout.meta + at, *value = key + strlen(key) + 1;
        pm_builder_meta(b, key, value);
        at += (int64_t)(strlen(key) + strlen(value)) + 2;
    }
    return pm_builder_finish(b, &r->empty, err);
}

static void fill_facts(pm_reader *r)
{
    static const struct {
        char c;
        const char *name;
    } names[] = {{'\t', "tab"}, {' ', "space"}};
    pm_facts *f = &r->facts;

    f->path = r->path;
    f->format = r->layout.guess;
    f->encoding = pm_encoding_name(r->decoder.encoding);
    snprintf(f->delimiter, sizeof f->delimiter, "%c", r->layout.delimiter);
    for (size_t i = 0; i < 2; i++)
        if (r->layout.delimiter == names[i].c) snprintf(f->delimiter, sizeof f->delimiter, "%s", names[i].name);
    f->decimal = r->layout.decimal;
    f->packing = pm_source_packing(r->source);
    f->empty = r->empty;
}

static pm_status open_parts(pm_reader *r, const char *path, pm_error *err)
{
    pm_status s;

    if ((s = pm_source_open(path, r->options.sha256, &r->source, err))) return s;
    if ((s = read_head(r, err))) return s;
    if ((s = pm_dialects_load(&r->dialects, r->options.dialect, err))) return s;
    if ((s = pm_quantities_new(&r->quantities, err))) return s;
    if ((s = pm_layout_find(&r->head, &r->dialects, r->quantities, &r->options, &r->layout, err))) return s;
    if ((s = empty_table(r, err))) return s;
    fill_facts(r);
    if (r->options.repairs && (s = pm_repair_new(r->options.repairs, &r->repair, err))) return s;
    if (r->layout.n_columns == 0 && strcmp(r->layout.guess.content, "records") != 0) return PM_OK;
    return pm_text_reader_new(r->source, r->decoder, &r->layout, &r->options, &r->run, &r->text, err);
}

pm_status pm_reader_open(const char *path, const pm_read_options *options, const pm_run *run, pm_reader **out,
                         pm_error *err)
{
    pm_scoped(pm_reader) r = calloc(1, sizeof *r);
    pm_status s;

    if (!r) return pm_fail(err, PM_ERR_MEMORY, "no memory to open a file");
    if (options) r->options = *options;
    if (run) r->run = *run;
    r->path = pm_text_copy(path, -1);
    if (!r->path) return pm_fail(err, PM_ERR_MEMORY, "no memory to open a file");
    if ((s = open_parts(r, path, err))) {
        pm_error_locate(err, path, NULL);
        return s;
    }
    *out = r;
    r = NULL;
    return PM_OK;
}

void pm_reader_free(pm_reader *r)
{
    if (!r) return;
    pm_text_reader_free(r->text);
    pm_repair_free(r->repair);
    pm_table_free(r->repaired);
    pm_table_free(r->empty);
    pm_layout_free(&r->layout);
    pm_head_free(&r->head);
    pm_dialects_free(&r->dialects);
    pm_quantities_free(r->quantities);
    pm_source_free(r->source);
    free(r->path);
    free(r);
}

/* ---- reading ---- */

static void report_progress(pm_reader *r)
{
    int64_t size = pm_source_raw_size(r->source);

    r->facts.bytes = pm_source_raw_bytes(r->source);
    pm_run_progress(&r->run, r->path, size > 0 ? (double)r->facts.bytes / (double)size : NAN);
}

/* At the end: the hash covers every byte, also those behind the last row. */
static pm_status finish(pm_reader *r, pm_error *err)
{
    uint8_t rest[4096];
    int64_t n = 1;
    pm_status s;

    while (n > 0)
        if ((s = pm_source_read(r->source, rest, sizeof rest, &n, err))) return s;
    r->facts.bytes = pm_source_raw_bytes(r->source);
    memcpy(r->facts.sha256, pm_source_sha256(r->source), sizeof r->facts.sha256);
    if (r->text && r->facts.rows == 0)
        return pm_fail_at(err, PM_ERR_DATA, pm_at_line(NULL, r->layout.header_line, NULL),
                          "the test was not started, or the export was cut", "no row of data follows the header");
    return PM_OK;
}

static pm_status next_block(pm_reader *r, const pm_table **batch, pm_error *err)
{
    const pm_block *block = NULL;
    pm_status s;

    *batch = NULL;
    if (r->text && (s = pm_text_reader_next(r->text, &block, err))) return s;
    if (!block) return finish(r, err);
    r->facts.rows += block->n_rows;
    report_progress(r);
    *batch = block->table;
    return PM_OK;
}

pm_status pm_reader_next(pm_reader *r, const pm_table **batch, pm_error *err)
{
    pm_status s = next_block(r, batch, err);

    if (!s && r->repair) {
        pm_table_free(r->repaired);
        r->repaired = NULL;
        s = pm_repair_batch(r->repair, *batch, &r->repaired, err);
        *batch = r->repaired;
    }
    if (s) pm_error_locate(err, r->path, NULL);
    return s;
}

const pm_facts *pm_reader_facts(const pm_reader *r)
{
    return &r->facts;
}

const pm_source_column *pm_reader_column(const pm_reader *r, int index)
{
    return index < 0 || index >= r->layout.n_columns ? NULL : &r->layout.column[index].source;
}

int64_t pm_reader_line(const pm_reader *r, int64_t row)
{
    return r->text ? pm_text_reader_line(r->text, row) : -1;
}

bool pm_reader_repaired(const pm_reader *r, const char *code)
{
    return r->repair && pm_repair_applied(r->repair, code);
}

/* ---- all of a file ---- */

static pm_status with_meta(const pm_table *rows, const pm_table *empty, pm_table **out, pm_error *err)
{
    const pm_table *both[] = {empty, rows};

    return pm_table_concat(2, both, out, err);
}

pm_status pm_read_table(const char *path, const pm_read_options *options, const pm_run *run, pm_table **out,
                        pm_error *err)
{
    pm_scoped(pm_reader) reader = NULL;
    pm_table **batches = NULL;
    const pm_table *batch = NULL;
    int64_t n = 0, capacity = 0;
    pm_table *rows = NULL;
    pm_status s = pm_reader_open(path, options, run, &reader, err);

    while (!s && !(s = pm_reader_next(reader, &batch, err)) && batch) {
        s = pm_grow(&batches, &capacity, n + 1, sizeof *batches, err);
        if (!s) batches[n++] = pm_table_ref(batch);
    }
    if (!s && n > 0) s = pm_table_concat((int)n, (const pm_table *const *)batches, &rows, err);
    if (!s) s = rows ? with_meta(rows, reader->empty, out, err) : PM_OK;
    if (!s && !rows) *out = pm_table_ref(reader->empty);
    for (int64_t i = 0; i < n; i++) pm_table_free(batches[i]);
    free(batches);
    pm_table_free(rows);
    return s;
}

/* ---- sniffing ---- */

pm_status pm_sniff(const char *path, int n, pm_guess best_first[], int *found, pm_error *err)
{
    pm_scoped(pm_reader) reader = NULL;
    pm_match match[16];
    pm_status s;

    *found = 0;
    if ((s = pm_reader_open(path, NULL, NULL, &reader, err))) return s;
    if (n > 0) best_first[(*found)++] = reader->layout.guess;
    int matches;
    if ((s = pm_layout_match(&reader->head, &reader->dialects, 16, match, &matches, err))) return s;
    for (int i = 0; i < matches && *found < n; i++) {
        if (match[i].dialect == reader->layout.dialect) continue;
        pm_guess *g = &best_first[(*found)++];
        *g = (pm_guess){.score = match[i].score};
        snprintf(g->format, sizeof g->format, "%s", match[i].dialect->id);
        snprintf(g->title, sizeof g->title, "%s", match[i].dialect->title);
        snprintf(g->content, sizeof g->content, "%s",
                 match[i].dialect->content[0] ? match[i].dialect->content : "records");
        memcpy(g->reason, match[i].reason, sizeof g->reason);
    }
    return PM_OK;
}

typedef struct format_row {
    const char *format, *title, *content;
} format_row;

pm_status pm_formats(pm_table **out, pm_error *err)
{
    static const pm_field fields[] = {
        {"format", PM_STRING, "", offsetof(format_row, format), "name for --format"},
        {"title", PM_STRING, "", offsetof(format_row, title), "what it is"},
        {"content", PM_STRING, "", offsetof(format_row, content), "what is in it"},
    };
    pm_scoped(pm_builder) b = NULL;
    pm_dialects dialects = {0};
    pm_status s = pm_dialects_load(&dialects, NULL, err);

    if (!s) s = pm_builder_new(3, fields, &b, err);
    for (int i = 0; !s && i < dialects.n; i++) {
        const pm_dialect *d = &dialects.dialect[i];
        pm_builder_push(b, &(format_row){d->id, d->title, d->content[0] ? d->content : "records"});
    }
    if (!s) s = pm_builder_finish(b, out, err);
    pm_dialects_free(&dialects);
    return s;
}

/* ---- the reader's own findings ---- */

typedef struct telling {
    const pm_reader *reader;
    pm_builder *findings;
} telling;

static pm_finding blank(const char *code, const char *severity, int64_t count)
{
    return (pm_finding){.code = code,
                        .severity = severity,
                        .count = count,
                        .row_first = PM_NO_INT,
                        .row_last = PM_NO_INT,
                        .line_first = PM_NO_INT,
                        .expected = NAN,
                        .observed = NAN,
                        .factor = NAN,
                        .action = "none"};
}

static void tell_incomplete(telling t, const pm_text_faults *f)
{
    char message[256];
    pm_finding x = blank("row-incomplete", "warning", f->incomplete);

    if (f->incomplete) {
        x.row_first = f->incomplete_first;
        x.row_last = f->incomplete_last;
        x.line_first = f->incomplete_line;
        x.expected = t.reader->layout.expected_fields;
        x.observed = (double)f->incomplete_fields;
        x.reconcilable = f->incomplete == 1 && f->last_incomplete;
        x.action = pm_reader_repaired(t.reader, x.code) ? "reconciled" : "none";
        snprintf(message, sizeof message,
                 "%lld row%s with fewer fields than the others (%lld of %d); what is there is kept",
                 (long long)f->incomplete, f->incomplete == 1 ? "" : "s", (long long)f->incomplete_fields,
                 t.reader->layout.expected_fields);
        x.message = message;
        x.hint = f->last_incomplete ? "the file was cut while it was written: export it again" : "look at these lines";
        pm_builder_push(t.findings, &x);
    }
    if (f->strays) {
        x = blank("row-incomplete", "warning", f->strays);
        x.line_first = f->stray_line;
        snprintf(message, sizeof message,
                 "%lld line%s among the data that hold no number where a value should be: '%s'", (long long)f->strays,
                 f->strays == 1 ? "" : "s", f->stray_text);
        x.message = message;
        x.hint = "they were left out";
        pm_builder_push(t.findings, &x);
    }
}

static void tell_bad_cells(telling t, const pm_text_faults *f)
{
    for (int i = 0; i < t.reader->layout.n_columns; i++) {
        char message[256];
        const pm_bad_cells *bad = &f->bad[i];
        const pm_text_column *c = &t.reader->layout.column[i];
        pm_finding x = blank("value-missing", c->known ? "warning" : "note", bad->count);
        if (!bad->count) continue;
        x.column = c->name;
        x.row_first = bad->row_first;
        x.row_last = bad->row_last;
        x.line_first = f->bad_line[i];
        snprintf(message, sizeof message, "%lld cell%s of '%s' hold%s no number, such as '%s': taken as missing",
                 (long long)bad->count, bad->count == 1 ? "" : "s", c->source_name, bad->count == 1 ? "s" : "",
                 bad->text);
        x.message = message;
        pm_builder_push(t.findings, &x);
    }
}

static void tell_end(telling t, const pm_text_faults *f)
{
    char message[256];
    int64_t declared = t.reader->layout.rows_declared, rows = t.reader->facts.rows;

    if (f->no_final_newline && !f->last_incomplete) {
        pm_finding x = blank("no-final-newline", "note", 1);
        x.row_first = x.row_last = rows;
        x.message = "the last line has no line end: if the file was cut there, its last value is shorter than it was";
        pm_builder_push(t.findings, &x);
    }
    if (declared >= 0 && declared > rows) {
        pm_finding x = blank("declared-rows-missing", "warning", declared - rows);
        x.expected = (double)declared;
        x.observed = (double)rows;
        snprintf(message, sizeof message, "the file says it has %lld rows; %lld are there", (long long)declared,
                 (long long)rows);
        x.message = message;
        x.hint = "the file was cut: copy or export it again";
        pm_builder_push(t.findings, &x);
    }
}

/* "voltage_volt (V), current_ampere (A)": whose unit (or sign) the file does not say; "..." stands for what has no room. */
static int list_columns(const pm_reader *r, bool signs, char *text, size_t room)
{
    static const char more[] = ", ...";
    size_t used = 0;
    int n = 0;

    text[0] = 0;
    for (int i = 0; i < r->layout.n_columns; i++) {
        const pm_text_column *c = &r->layout.column[i];
        if (!(signs ? c->source.sign_assumed : c->source.unit_assumed)) continue;
        bool seconds = c->source.unit_assumed && c->den == 1 && strcmp(c->unit, "s") == 0;
        const char *unit = seconds && c->num == 60 ? "min" : seconds && c->num == 3600 ? "h" : c->unit;
        const char *before = n++ ? ", " : "";
        size_t length = strlen(before) + strlen(c->source_name) + strlen(" ()") + strlen(unit);
        if (used + length + sizeof more <= room)
            used += (size_t)snprintf(text + used, room - used, "%s%s (%s)", before, c->source_name, unit);
        else if (used < room)
            used += (size_t)snprintf(text + used, sizeof more, "%s", more + (n == 1) * 2) + room;
    }
    return n;
}

static void tell_assumed(telling t)
{
    char columns[160], message[256];
    int n = list_columns(t.reader, false, columns, sizeof columns);

    if (n > 0) {
        pm_finding x = blank("unit-assumed", "note", n);
        snprintf(message, sizeof message, "the file names no unit for %s: taken as the instrument's habit", columns);
        x.message = message;
        x.hint = "confirm them, or give others with --map";
        pm_builder_push(t.findings, &x);
    }
    n = list_columns(t.reader, true, columns, sizeof columns);
    if (n > 0) {
        pm_finding x = blank("sign-assumed", "note", n);
        snprintf(message, sizeof message,
                 "nothing in the file says which sign of %s charges: positive is taken as charge", columns);
        x.column = "current_ampere";
        x.message = message;
        pm_builder_push(t.findings, &x);
    }
}

static void tell_placeholders(telling t)
{
    char message[320];
    pm_finding x = blank("placeholder-metadata", "note", 1);

    if (!t.reader->layout.placeholders[0]) return;
    snprintf(message, sizeof message, "%s is what the instrument writes when nobody fills it in: not used",
             t.reader->layout.placeholders);
    x.message = message;
    x.hint = "say mass and area in a sidecar file, or with --mass and --area";
    pm_builder_push(t.findings, &x);
}

pm_status pm_reader_findings(const pm_reader *r, pm_builder *findings, pm_error *err)
{
    telling t = {r, findings};

    (void)err; /* the builder keeps its failure for finish */
    if (!r->text || strcmp(r->facts.format.content, "records") != 0) return PM_OK;
    const pm_text_faults *faults = pm_text_reader_faults(r->text);
    tell_incomplete(t, faults);
    tell_bad_cells(t, faults);
    tell_end(t, faults);
    tell_assumed(t);
    tell_placeholders(t);
    if (r->repair) pm_repair_findings(r->repair, findings);
    return PM_OK;
}
