/* SPDX-License-Identifier: MIT */
/* A file as batches: source, text, layout and engine put together. */
#include "native_rows.h"
#include "read.h"
#include "reader_findings.h"
#include "text.h"
#include "workbook.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES_MOST = 64 * PM_HEAD_BYTES };

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
    uint8_t *bytes; /* all of a file that is no text */
    pm_image image;
    pm_native *native;
    pm_native_rows *rows;
    pm_workbook *book;
    pm_source *lines; /* of the book's sheets */
    pm_table *empty;
    bool no_final_newline; /* of a file without rows; the engine knows it of the others */
    bool ended;
    pm_facts facts;
};

/* ---- files that are no text ---- */

/* A container is known by its members, so all of it is read at once; of other files the head tells. */
static pm_status load_container(pm_reader *r, pm_error *err)
{
    pm_status s;

    r->image.path = r->path;
    r->image.bytes.at = pm_source_head(r->source, &r->image.bytes.n);
    r->image.whole = r->image.bytes.n < PM_HEAD_BYTES;
    if (r->image.bytes.n < 4 || memcmp(r->image.bytes.at, "PK\3\4", 4) != 0) return PM_OK;
    if ((s = pm_source_read_all(r->source, &r->bytes, &r->image.bytes.n, err))) return s;
    r->image.bytes.at = r->bytes;
    r->image.whole = true;
    return pm_archive_open(r->image.bytes, &r->image.archive, err);
}

static const pm_format *format_by_name(const char *id)
{
    for (int i = 0; id && pm_formats_native[i]; i++)
        if (strcmp(pm_formats_native[i]->id, id) == 0) return pm_formats_native[i];
    return NULL;
}

static bool is_named(const pm_reader *r)
{
    return r->options.format || r->options.dialect || r->options.map;
}

static const pm_format *choose_format(pm_reader *r, pm_guess *guess)
{
    const pm_format *f = format_by_name(r->options.format);

    if (f)
        snprintf(guess->reason, sizeof guess->reason, "named by --format");
    else if (!is_named(r))
        f = pm_native_sniff(&r->image, &guess->score, guess->reason);
    return f;
}

static pm_status open_native(pm_reader *r, const pm_format *format, pm_error *err)
{
    pm_status s;

    if (!r->bytes && (s = pm_source_read_all(r->source, &r->bytes, &r->image.bytes.n, err))) return s;
    r->image.bytes.at = r->bytes;
    r->image.whole = true;
    r->facts.bytes = pm_source_raw_bytes(r->source);
    if ((s = pm_native_open(format, &r->image, &r->run, &r->native, err))) return s;
    if ((s = pm_native_rows_new(r->native, &r->options, &r->run, &r->rows, err))) return s;
    r->empty = pm_table_ref(pm_native_rows_empty(r->rows));
    r->facts.empty = r->empty;
    r->facts.path = r->path;
    r->facts.encoding = "";
    r->facts.packing = pm_source_packing(r->source);
    snprintf(r->facts.format.format, sizeof r->facts.format.format, "%s", format->id);
    snprintf(r->facts.format.title, sizeof r->facts.format.title, "%s", format->title);
    snprintf(r->facts.format.content, sizeof r->facts.format.content, "%s", r->native->content);
    return PM_OK;
}

static pm_status refuse_archive(const pm_archive *archive, pm_error *err)
{
    int n = pm_archive_count(archive);
    const char *first = n > 0 ? pm_archive_name(archive, 0) : NULL;

    return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "unpack it and name the files",
                      "the zip archive is no instrument's file: it holds %s (%s%s)",
                      n > 1 ? "several files" : "another", first ? first : "no name", n > 1 ? ", ..." : "");
}

/* ---- opening ---- */

/* Where text comes from: the file, or the sheets of a workbook. */
static pm_source *text_source(const pm_reader *r)
{
    return r->lines ? r->lines : r->source;
}

static pm_status read_head_of(pm_reader *r, int64_t bytes_most, pm_error *err)
{
    int64_t n;
    const uint8_t *bytes = pm_source_head(text_source(r), &n);
    pm_status s;

    r->decoder = pm_decoder_see(bytes, n);
    if (r->decoder.encoding == PM_BINARY) {
        /* A good head with zero bytes behind it is a damaged text: its rows are read up to there. */
        int64_t good = (const uint8_t *)memchr(bytes, 0, (size_t)n) - bytes;
        if (!pm_is_text(bytes, good)) return pm_refuse_binary(bytes, n, err);
        r->decoder = pm_decoder_see(bytes, good);
        n = good;
    }
    pm_decoder copy = r->decoder;
    pm_scoped_text text = malloc((size_t)pm_decoder_room(&copy, n) + 1);
    if (!text) return pm_fail(err, PM_ERR_MEMORY, "no memory for a file's head");
    int64_t length = pm_decode(&copy, bytes, n, text);
    s = pm_head_new(text, length, n < bytes_most, &r->head, err);
    if (!s && r->head.n_lines == 0)
        s = pm_fail_at(err, PM_ERR_FORMAT, pm_at_line(NULL, 1, NULL), "this is no table of records",
                       "its first line does not end within %d KiB", PM_HEAD_BYTES >> 10);
    return s;
}

/* Some files have their table behind a long one of another kind: the head is read on until it is there. */
static pm_status read_head(pm_reader *r, pm_error *err)
{
    bool more = true;
    pm_status s = read_head_of(r, PM_HEAD_BYTES, err);

    for (int64_t bytes = 4 * PM_HEAD_BYTES; !s && more && bytes <= HEAD_BYTES_MOST; bytes *= 4) {
        s = pm_layout_wants_more(&r->head, &r->dialects, &r->options, &more, err);
        if (s || !more) return s;
        if ((s = pm_source_head_grow(text_source(r), bytes, err))) return s;
        pm_head_free(&r->head);
        s = read_head_of(r, bytes, err);
    }
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
    f->packing = r->book ? "xlsx" : pm_source_packing(r->source);
    f->empty = r->empty;
    if (r->book) pm_workbook_guess(r->book, &f->format);
}

static pm_status open_workbook(pm_reader *r, pm_error *err)
{
    pm_status s;

    if (!pm_workbook_is(r->image.archive)) return refuse_archive(r->image.archive, err);
    if ((s = pm_workbook_open(r->image.archive, &r->book, err))) return s;
    return pm_workbook_choose(r->book, &r->dialects, r->quantities, &r->options, &r->lines, err);
}

static pm_status open_parts(pm_reader *r, const char *path, pm_error *err)
{
    pm_status s;

    if ((s = pm_source_open(path, r->options.sha256, &r->source, err))) return s;
    if ((s = load_container(r, err))) return s;
    const pm_format *format = choose_format(r, &r->facts.format);
    if (format) return open_native(r, format, err);
    if ((s = pm_dialects_load(&r->dialects, r->options.dialect, err))) return s;
    if ((s = pm_quantities_new(&r->quantities, err))) return s;
    if (r->image.archive && (s = open_workbook(r, err))) return s;
    if ((s = read_head(r, err))) return s;
    if ((s = pm_layout_find(&r->head, &r->dialects, r->quantities, &r->options, &r->layout, err))) return s;
    if (r->book && (s = pm_workbook_meta(r->book, &r->layout, err))) return s;
    if ((s = empty_table(r, err))) return s;
    fill_facts(r);
    if (r->layout.n_columns == 0 && strcmp(r->layout.guess.content, "records") != 0) return PM_OK;
    return pm_text_reader_new(text_source(r), r->decoder, &r->layout, &r->options, &r->run, &r->text, err);
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
    pm_native_rows_free(r->rows);
    pm_native_free(r->native);
    pm_source_free(r->lines);
    pm_workbook_free(r->book);
    pm_archive_free(r->image.archive);
    free(r->bytes);
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

static void report_progress(pm_reader *r, double part)
{
    pm_run_progress(&r->run, r->path, part);
}

/* The source itself is read ahead by another thread. */
static double part_read(const pm_reader *r)
{
    int64_t size = pm_source_raw_size(r->source);

    return size > 0 ? (double)r->facts.bytes / (double)size : NAN;
}

/* At the end: the hash covers every byte, also those behind the last row. */
static pm_status finish(pm_reader *r, pm_error *err)
{
    uint8_t rest[4096];
    int64_t n = 1;
    pm_status s;

    r->ended = true;
    while (n > 0) {
        if ((s = pm_source_read(r->source, rest, sizeof rest, &n, err))) return s;
        if (n > 0) r->no_final_newline = rest[n - 1] != '\n' && rest[n - 1] != 0 /* UTF-16 */;
    }
    r->facts.bytes = pm_source_raw_bytes(r->source);
    memcpy(r->facts.sha256, pm_source_sha256(r->source), sizeof r->facts.sha256);
    if (r->rows && r->facts.rows == 0)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "the test was not started, or the file was cut",
                          "the file holds no row of data");
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
    r->facts.bytes = r->book ? pm_source_raw_bytes(r->source) : block->file_bytes;
    int64_t all = r->book ? pm_workbook_rows(r->book) : -1;
    report_progress(r, all > 0 ? fmin(1, (double)r->facts.rows / (double)all) : r->book ? NAN : part_read(r));
    *batch = block->table;
    return PM_OK;
}

static pm_status next_rows(pm_reader *r, const pm_table **batch, pm_error *err)
{
    pm_status s;

    if ((s = pm_native_rows_next(r->rows, batch, err))) return s;
    if (!*batch) return finish(r, err);
    r->facts.rows += pm_table_rows(*batch);
    int64_t all = r->native->rows_declared;
    report_progress(r, all > 0 ? fmin(1, (double)r->facts.rows / (double)all) : NAN);
    return PM_OK;
}

pm_status pm_reader_next(pm_reader *r, const pm_table **batch, pm_error *err)
{
    pm_status s = r->rows ? next_rows(r, batch, err) : next_block(r, batch, err);

    if (s) pm_error_locate(err, r->path, NULL);
    return s;
}

const pm_facts *pm_reader_facts(const pm_reader *r)
{
    return &r->facts;
}

const pm_source_column *pm_reader_column(const pm_reader *r, int index)
{
    if (r->rows) return pm_native_rows_column(r->rows, index);
    return index < 0 || index >= r->layout.n_columns ? NULL : &r->layout.column[index].source;
}

int64_t pm_reader_line(const pm_reader *r, int64_t row)
{
    return r->text ? pm_text_reader_line(r->text, row) : -1;
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
    if (n > 0) best_first[(*found)++] = reader->facts.format;
    if (reader->native) return PM_OK;
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

/* ---- the reader's own findings ---- */

pm_status pm_reader_findings(const pm_reader *r, pm_builder *findings, pm_error *err)
{
    pm_telling t = {
        .layout = &r->layout,
        .faults = r->text ? pm_text_reader_faults(r->text) : NULL,
        .rows = r->facts.rows,
        .no_final_newline = r->no_final_newline,
        .ended = r->ended,
        .findings = findings,
    };

    (void)err; /* the builder keeps its failure for finish */
    if (r->native) {
        pm_native_tell(r->native, r->facts.rows, r->ended, findings);
        return PM_OK;
    }
    pm_tell_findings(&t);
    if (r->book) pm_workbook_tell(r->book, findings);
    return PM_OK;
}

/* ---- what is inside ---- */

/* Of a text the header is all there is to show. */
static void push_text_part(const pm_reader *r, pm_builder *parts)
{
    char detail[512];
    size_t used = 0;

    detail[0] = 0;
    for (int i = 0; i < r->layout.n_columns && used < sizeof detail; i++) {
        const pm_source_column *c = &r->layout.column[i].source;
        used += (size_t)snprintf(detail + used, sizeof detail - used, "%s%s", i ? ", " : "", c->source_name);
    }
    pm_part part = {.part = "",
                    .kind = "text",
                    .version = "",
                    .offset = 0,
                    .bytes = r->facts.bytes,
                    .rows = r->facts.rows,
                    .detail = detail};
    pm_builder_push(parts, &part);
}

pm_status pm_reader_parts(const pm_reader *r, pm_table **out, pm_error *err)
{
    pm_scoped(pm_builder) parts = NULL;
    pm_status s = pm_builder_new(PM_PART_FIELDS, pm_part_fields, &parts, err);

    if (s) return s;
    if (r->native && r->native->format->parts)
        r->native->format->parts(r->native, parts);
    else if (r->book)
        pm_workbook_parts(r->book, parts);
    else
        push_text_part(r, parts);
    return pm_builder_finish(parts, out, err);
}
