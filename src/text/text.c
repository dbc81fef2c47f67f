/* SPDX-License-Identifier: MIT */
/* A text from its first bytes to its last row: decoder, head, layout and rows put together. */
#include "text.h"

#include "decode.h"
#include "findings.h"
#include "layout_find.h"
#include "match.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES_MOST = 64 * PM_HEAD_BYTES, MATCHES = 16 };

struct pm_text {
    pm_source *source;
    pm_text_options options;
    pm_decoder decoder;
    pm_head head;
    pm_layout layout;
    pm_text_rows *rows;
    pm_table *empty;
    bool no_final_newline; /* of a text without rows; the rows know it of the others */
    bool ended;
    pm_text_facts facts;
};

/* ---- opening ---- */

static pm_status read_head_of(pm_text *t, int64_t bytes_most, pm_error *err)
{
    int64_t n;
    const uint8_t *bytes = pm_source_head(t->source, &n);
    pm_status s;

    t->decoder = pm_decoder_see(bytes, n);
    if (t->decoder.encoding == PM_BINARY) {
        /* A good head with zero bytes behind it is a damaged text: its rows are read up to there. */
        int64_t good = (const uint8_t *)memchr(bytes, 0, (size_t)n) - bytes;
        if (!pm_is_text(bytes, good)) return pm_refuse_binary(bytes, n, err);
        t->decoder = pm_decoder_see(bytes, good);
        n = good;
    }
    pm_decoder copy = t->decoder;
    pm_scoped_text text = malloc((size_t)pm_decoder_room(&copy, n) + 1);
    if (!text) return pm_fail(err, PM_ERR_MEMORY, "no memory for a file's head");
    int64_t length = pm_decode(&copy, bytes, n, text);
    s = pm_head_new(text, length, n < bytes_most, &t->head, err);
    if (!s && t->head.n_lines == 0)
        s = pm_fail_at(err, PM_ERR_FORMAT, pm_at_line(NULL, 1, NULL), "this is no table of records",
                       "its first line does not end within %d KiB", PM_HEAD_BYTES >> 10);
    return s;
}

/* Some files have their table behind a long one of another kind, some have few rows in much text: the head is read on until
 * they are there. */
static pm_status read_head(pm_text *t, pm_error *err)
{
    bool more = true;
    pm_status s = read_head_of(t, PM_HEAD_BYTES, err);

    for (int64_t bytes = 4 * PM_HEAD_BYTES; !s && more && bytes <= HEAD_BYTES_MOST; bytes *= 4) {
        s = pm_layout_wants_more(&t->head, &t->options, &more, err);
        if (s || !more) return s;
        if ((s = pm_source_head_grow(t->source, bytes, err))) return s;
        pm_head_free(&t->head);
        s = read_head_of(t, bytes, err);
    }
    return s;
}

static void fill_facts(pm_text *t)
{
    static const struct {
        char c;
        const char *name;
    } names[] = {{'\t', "tab"}, {' ', "space"}};
    pm_text_facts *f = &t->facts;

    f->guess = t->layout.guess;
    f->encoding = pm_encoding_name(t->decoder.encoding);
    snprintf(f->delimiter, sizeof f->delimiter, "%c", t->layout.delimiter);
    for (size_t i = 0; i < 2; i++)
        if (t->layout.delimiter == names[i].c) snprintf(f->delimiter, sizeof f->delimiter, "%s", names[i].name);
    f->decimal = t->layout.decimal;
    f->has_rows = t->layout.n_columns > 0 || strcmp(t->layout.guess.content, "records") == 0;
    f->header_line = t->layout.header_line;
}

pm_status pm_text_open(pm_source *source, const pm_text_options *options, pm_text **out, pm_error *err)
{
    pm_scoped(pm_text) t = calloc(1, sizeof *t);
    pm_status s;

    if (!t) return pm_fail(err, PM_ERR_MEMORY, "no memory to read text");
    t->source = source;
    t->options = *options;
    if ((s = read_head(t, err))) return s;
    if ((s = pm_layout_find(&t->head, &t->options, &t->layout, err))) return s;
    fill_facts(t);
    *out = t;
    t = NULL;
    return PM_OK;
}

pm_status pm_text_meta(pm_text *t, const char *key, const char *value, pm_error *err)
{
    return pm_layout_meta(&t->layout, key, value, err);
}

/* ---- reading ---- */

static pm_status empty_table(pm_text *t, pm_error *err)
{
    pm_scoped(pm_builder) b = NULL;
    pm_status s = pm_builder_new(0, NULL, &b, err);

    if (s) return s;
    for (int i = 0; i < t->layout.n_columns; i++)
        pm_builder_add(b, t->layout.column[i].name, t->layout.column[i].type, t->layout.column[i].unit);
    for (int64_t at = 0; at < t->layout.meta_n;) {
        const char *key = t->layout.meta + at, *value = key + strlen(key) + 1;
        pm_builder_meta(b, key, value);
        at += (int64_t)(strlen(key) + strlen(value)) + 2;
    }
    return pm_builder_finish(b, &t->empty, err);
}

pm_status pm_text_begin(pm_text *t, const pm_run *run, pm_error *err)
{
    pm_status s = empty_table(t, err);

    if (s) return s;
    t->facts.empty = t->empty;
    if (!t->facts.has_rows) return PM_OK;
    return pm_text_rows_new(t->source, t->decoder, &t->layout, t->options.block_bytes, run, &t->rows, err);
}

/* Settings and logs: nothing is left to tell but how they end. */
static pm_status read_out(pm_text *t, pm_error *err)
{
    uint8_t bytes[4096];
    int64_t n = 1;
    pm_status s;

    while (n > 0) {
        if ((s = pm_source_read(t->source, bytes, sizeof bytes, &n, err))) return s;
        if (n > 0) t->no_final_newline = bytes[n - 1] != '\n' && bytes[n - 1] != 0 /* UTF-16 */;
    }
    return PM_OK;
}

pm_status pm_text_next(pm_text *t, const pm_table **batch, pm_error *err)
{
    const pm_block *block = NULL;
    pm_status s = t->rows ? pm_text_rows_next(t->rows, &block, err) : t->ended ? PM_OK : read_out(t, err);

    *batch = NULL;
    if (s) return s;
    t->ended = !block;
    if (!block) return PM_OK;
    t->facts.rows += block->n_rows;
    t->facts.bytes = block->file_bytes;
    *batch = block->table;
    return PM_OK;
}

void pm_text_free(pm_text *t)
{
    if (!t) return;
    pm_text_rows_free(t->rows);
    pm_table_free(t->empty);
    pm_layout_free(&t->layout);
    pm_head_free(&t->head);
    free(t);
}

/* ---- what is known of it ---- */

const pm_text_facts *pm_text_facts_of(const pm_text *t)
{
    return &t->facts;
}

const pm_source_column *pm_text_source_column(const pm_text *t, int index)
{
    return index < 0 || index >= t->layout.n_columns ? NULL : &t->layout.column[index].source;
}

int64_t pm_text_line(const pm_text *t, int64_t row)
{
    return t->rows ? pm_text_rows_line(t->rows, row) : -1;
}

void pm_text_findings(const pm_text *t, pm_builder *findings)
{
    pm_telling telling = {
        .layout = &t->layout,
        .faults = t->rows ? pm_text_rows_faults(t->rows) : NULL,
        .rows = t->facts.rows,
        .no_final_newline = t->no_final_newline,
        .ended = t->ended,
        .findings = findings,
    };

    pm_tell_findings(&telling);
}

pm_status pm_text_guesses(const pm_text *t, int n, pm_guess best_first[], int *found, pm_error *err)
{
    pm_match match[MATCHES];
    int matches;
    pm_status s = pm_match_dialects(&t->head, t->options.dialects, MATCHES, match, &matches, err);

    *found = 0;
    if (s) return s;
    for (int i = 0; i < matches && *found < n; i++) {
        if (match[i].dialect == t->layout.dialect) continue;
        pm_guess *g = &best_first[(*found)++];
        pm_dialect_guess(match[i].dialect, g);
        g->score = match[i].score;
        memcpy(g->reason, match[i].reason, sizeof g->reason);
    }
    return PM_OK;
}
