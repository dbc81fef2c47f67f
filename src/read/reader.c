/* SPDX-License-Identifier: MIT */
/* A file as batches: of a text, of the sheets of a workbook, or of what is no text. */
#include "native_rows.h"
#include "read.h"
#include "workbook/workbook.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct pm_reader {
    char *path;
    pm_read_options options;
    pm_run run;
    pm_source *source;
    pm_dialects *dialects;
    pm_text *text;
    uint8_t *bytes; /* all of a file that is no text */
    pm_image image;
    pm_native *native;
    pm_native_rows *rows;
    pm_workbook *book;
    pm_source *lines; /* of the book's sheets */
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
    r->facts.empty = pm_native_rows_empty(r->rows);
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

static pm_status open_workbook(pm_reader *r, const pm_text_options *options, pm_error *err)
{
    pm_status s;

    if (!pm_workbook_is(r->image.archive)) return refuse_archive(r->image.archive, err);
    if ((s = pm_workbook_open(r->image.archive, &r->book, err))) return s;
    return pm_workbook_choose(r->book, options, &r->lines, err);
}

static void fill_facts(pm_reader *r)
{
    const pm_text_facts *text = pm_text_facts_of(r->text);
    pm_facts *f = &r->facts;

    f->path = r->path;
    f->format = text->guess;
    f->encoding = text->encoding;
    memcpy(f->delimiter, text->delimiter, sizeof f->delimiter);
    f->decimal = text->decimal;
    f->packing = r->book ? "xlsx" : pm_source_packing(r->source);
    f->empty = text->empty;
    if (r->book) pm_workbook_guess(r->book, &f->format);
}

/* A text, or the sheets of a workbook as one. */
static pm_status open_text(pm_reader *r, pm_error *err)
{
    const pm_quantities *quantities;
    pm_status s;

    if ((s = pm_dialects_new(r->options.dialect, &r->dialects, err))) return s;
    if ((s = pm_quantities_known(&quantities, err))) return s;
    pm_text_options options = {r->dialects,    quantities,         r->options.format,
                               r->options.map, r->options.columns, r->options.block_bytes};
    if (r->image.archive && (s = open_workbook(r, &options, err))) return s;
    if ((s = pm_text_open(r->lines ? r->lines : r->source, &options, &r->text, err))) return s;
    if (r->book && (s = pm_workbook_meta(r->book, r->text, err))) return s;
    if ((s = pm_text_begin(r->text, &r->run, err))) return s;
    fill_facts(r);
    return PM_OK;
}

static pm_status open_parts(pm_reader *r, const char *path, pm_error *err)
{
    pm_status s;

    if ((s = pm_source_open(path, r->options.sha256, &r->source, err))) return s;
    if ((s = load_container(r, err))) return s;
    const pm_format *format = choose_format(r, &r->facts.format);
    return format ? open_native(r, format, err) : open_text(r, err);
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
    pm_text_free(r->text);
    pm_native_rows_free(r->rows);
    pm_native_free(r->native);
    pm_source_free(r->lines);
    pm_workbook_free(r->book);
    pm_archive_free(r->image.archive);
    free(r->bytes);
    pm_dialects_free(r->dialects);
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
    while (n > 0)
        if ((s = pm_source_read(r->source, rest, sizeof rest, &n, err))) return s;
    r->facts.bytes = pm_source_raw_bytes(r->source);
    memcpy(r->facts.sha256, pm_source_sha256(r->source), sizeof r->facts.sha256);
    if (r->rows && r->facts.rows == 0)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "the test was not started, or the file was cut",
                          "the file holds no row of data");
    if (r->text && pm_text_facts_of(r->text)->has_rows && r->facts.rows == 0)
        return pm_fail_at(err, PM_ERR_DATA, pm_at_line(NULL, pm_text_facts_of(r->text)->header_line, NULL),
                          "the test was not started, or the export was cut", "no row of data follows the header");
    return PM_OK;
}

static pm_status next_of_text(pm_reader *r, const pm_table **batch, pm_error *err)
{
    const pm_text_facts *text = pm_text_facts_of(r->text);
    pm_status s;

    if ((s = pm_text_next(r->text, batch, err))) return s;
    if (!*batch) return finish(r, err);
    r->facts.rows = text->rows;
    r->facts.bytes = r->book ? pm_source_raw_bytes(r->source) : text->bytes;
    int64_t all = r->book ? pm_workbook_rows(r->book) : -1;
    report_progress(r, all > 0 ? fmin(1, (double)r->facts.rows / (double)all) : r->book ? NAN : part_read(r));
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
    pm_status s = r->rows ? next_rows(r, batch, err) : next_of_text(r, batch, err);

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
    return pm_text_source_column(r->text, index);
}

int64_t pm_reader_line(const pm_reader *r, int64_t row)
{
    return r->text ? pm_text_line(r->text, row) : -1;
}

/* ---- all of a file ---- */

static pm_status with_meta(const pm_table *rows, const pm_table *empty, pm_table **out, pm_error *err)
{
    const pm_table *both[] = {empty, rows};

    return pm_table_concat(2, both, out, err);
}

pm_status pm_reader_rows(pm_reader *reader, pm_table **out, pm_error *err)
{
    pm_table **batches = NULL;
    const pm_table *batch = NULL;
    int64_t n = 0, capacity = 0;
    pm_table *rows = NULL;
    pm_status s = PM_OK;

    while (!s && !(s = pm_reader_next(reader, &batch, err)) && batch) {
        s = pm_grow(&batches, &capacity, n + 1, sizeof *batches, err);
        if (!s) batches[n++] = pm_table_ref(batch);
    }
    if (!s && n > 0) s = pm_table_concat((int)n, (const pm_table *const *)batches, &rows, err);
    if (!s) s = rows ? with_meta(rows, reader->facts.empty, out, err) : PM_OK;
    if (!s && !rows) *out = pm_table_ref(reader->facts.empty);
    for (int64_t i = 0; i < n; i++) pm_table_free(batches[i]);
    free(batches);
    pm_table_free(rows);
    return s;
}

pm_status pm_read_table(const char *path, const pm_read_options *options, const pm_run *run, pm_table **out,
                        pm_error *err)
{
    pm_scoped(pm_reader) reader = NULL;
    pm_status s = pm_reader_open(path, options, run, &reader, err);

    return s ? s : pm_reader_rows(reader, out, err);
}

/* ---- sniffing ---- */

pm_status pm_sniff(const char *path, int n, pm_guess best_first[], int *found, pm_error *err)
{
    pm_scoped(pm_reader) reader = NULL;
    int further;
    pm_status s;

    *found = 0;
    if ((s = pm_reader_open(path, NULL, NULL, &reader, err))) return s;
    if (n > 0) best_first[(*found)++] = reader->facts.format;
    if (reader->native) return PM_OK;
    s = pm_text_guesses(reader->text, n - *found, best_first + *found, &further, err);
    *found += further;
    return s;
}

/* ---- the reader's own findings ---- */

pm_status pm_reader_findings(const pm_reader *r, pm_builder *findings, pm_error *err)
{
    (void)err; /* the builder keeps its failure for finish */
    if (r->native) {
        pm_native_tell(r->native, r->facts.rows, r->ended, findings);
        return PM_OK;
    }
    pm_text_findings(r->text, findings);
    if (r->book) pm_workbook_findings(r->book, findings);
    return PM_OK;
}

/* ---- what is inside ---- */

/* Of a text the header is all there is to show. */
static void push_text_part(const pm_reader *r, pm_builder *parts)
{
    char detail[512];
    size_t used = 0;

    detail[0] = 0;
    const pm_source_column *c;
    for (int i = 0; (c = pm_text_source_column(r->text, i)) && used < sizeof detail; i++)
        used += (size_t)snprintf(detail + used, sizeof detail - used, "%s%s", i ? ", " : "", c->source_name);
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
