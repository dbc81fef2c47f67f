/* SPDX-License-Identifier: MIT */
/* The values of a column, decoded from its pages as they are asked for. */
#include "parquet_cursor.h"

#include <math.h>
#include <stdlib.h>

pm_status parquet_cursor_new(parquet_file *file, const parquet_leaf *leaf, parquet_cursor **out, pm_error *err)
{
    parquet_cursor *c = calloc(1, sizeof *c);

    if (!c) return pm_fail(err, PM_ERR_MEMORY, "no memory to read a column");
    c->file = file;
    c->leaf = leaf;
    *out = c;
    return PM_OK;
}

void parquet_cursor_free(parquet_cursor *c)
{
    if (!c) return;
    free(c->page.at);
    free(c->dictionary_page.at);
    free(c->dictionary);
    free(c->words);
    free(c);
}

void parquet_cursor_begin(parquet_cursor *c, const parquet_chunk *chunk)
{
    c->chunk = chunk;
    c->at = c->offset = chunk->start;
    c->left = 0;
    c->missing = chunk->values;
    c->n_dictionary = 0;
    free(c->dictionary);
    free(c->words);
    c->dictionary = NULL;
    c->words = NULL;
}

/* ---- values ------------------------------------------------------------------------------------------------------- */

static bool take_indices(parquet_cursor *c, int64_t n)
{
    uint32_t most = 0;

    if (parquet_runs_take(&c->runs, n, c->step) < n) return false;
    for (int64_t i = 0; i < n; i++) most = c->step[i] > most ? c->step[i] : most;
    return n == 0 || most < c->n_dictionary;
}

static bool take_plain(parquet_cursor *c, int64_t n, double *to)
{
    if (c->leaf->type == PARQUET_BOOLEAN) {
        if (c->done + n > 8 * c->values.n) return false;
        for (int64_t i = 0; i < n; i++) to[i] = c->values.at[(c->done + i) / 8] >> ((c->done + i) & 7) & 1;
        c->done += n;
        return true;
    }
    int64_t bytes = n * parquet_width(c->leaf->type);
    if (bytes > c->values.n) return false;
    parquet_plain_numbers(c->leaf, c->values.at, n, to);
    c->values = pm_span_from(c->values, bytes);
    return true;
}

/* All first bytes of the values lie together, then all second ones. */
static bool take_split(parquet_cursor *c, int64_t n, double *to)
{
    int64_t width = parquet_width(c->leaf->type);

    if (c->done + n > c->stride) return false;
    for (int64_t i = 0; i < n; i++) {
        uint8_t whole[8];
        for (int64_t k = 0; k < width; k++) whole[k] = c->values.at[k * c->stride + c->done + i];
        to[i] = width == 4 ? pm_f32(whole) : pm_f64(whole);
    }
    c->done += n;
    return true;
}

/* At most STEP numbers that are not missing. */
static bool take_numbers(parquet_cursor *c, int64_t n, double *to)
{
    switch (c->encoding) {
    case PLAIN: return take_plain(c, n, to);
    case RUNS:
        if (parquet_runs_take(&c->runs, n, c->step) < n) return false;
        for (int64_t i = 0; i < n; i++) to[i] = c->step[i];
        return true;
    case DELTAS:
        if (parquet_deltas_take(&c->deltas, n, c->whole) < n) return false;
        for (int64_t i = 0; i < n; i++) to[i] = parquet_number(c->leaf, c->whole[i]);
        return true;
    case SPLIT: return take_split(c, n, to);
    default:
        if (!take_indices(c, n)) return false;
        for (int64_t i = 0; i < n; i++) to[i] = c->dictionary[c->step[i]];
        return true;
    }
}

/* All lengths, then all words. */
static bool take_lengths(parquet_cursor *c, int64_t n, pm_span *to)
{
    if (parquet_deltas_take(&c->deltas, n, c->whole) < n) return false;
    for (int64_t i = 0; i < n; i++) {
        to[i] = pm_span_part(c->values, 0, c->whole[i]);
        if (!to[i].at) return false;
        c->values = pm_span_from(c->values, c->whole[i]);
    }
    return true;
}

static bool take_words(parquet_cursor *c, int64_t n, pm_span *to)
{
    if (c->encoding == PLAIN) return parquet_plain_words(&c->values, n, to) == n;
    if (c->encoding == DELTA_LENGTHS) return take_lengths(c, n, to);
    if (!take_indices(c, n)) return false;
    for (int64_t i = 0; i < n; i++) to[i] = c->words[c->step[i]];
    return true;
}

/* The levels of the next *n rows, at most STEP of one page; how many values are not missing. */
static pm_status take_step(parquet_cursor *c, int64_t *n, int64_t *present, pm_error *err)
{
    uint32_t most = 0;
    pm_status s = parquet_next_page(c, err);

    if (s) return s;
    if (*n > c->left) *n = c->left;
    if (*n > STEP) *n = STEP;
    *present = *n;
    c->left -= *n;
    if (!c->leveled) return PM_OK;
    *present = 0;
    if (parquet_runs_take(&c->levels, *n, c->level) < *n)
        return parquet_bad(c, err, "this column has levels for fewer values");
    for (int64_t i = 0; i < *n; i++) {
        *present += c->level[i];
        most |= c->level[i];
    }
    return most > 1 ? parquet_bad(c, err, "this column has levels that cannot be") : PM_OK;
}

static const char *const too_few = "this column has fewer values than it says, or one that is not in the dictionary";

pm_status parquet_numbers(parquet_cursor *c, int64_t n, double *to, pm_error *err)
{
    while (n > 0) {
        int64_t k = n, present;
        pm_status s = take_step(c, &k, &present, err);
        if (s) return s;
        if (!take_numbers(c, present, to)) return parquet_bad(c, err, too_few);
        for (int64_t i = k; present < k && i-- > 0;) to[i] = c->level[i] ? to[--present] : NAN;
        to += k;
        n -= k;
    }
    return PM_OK;
}

pm_status parquet_words(parquet_cursor *c, int64_t *n, pm_span *to, pm_error *err)
{
    int64_t present;
    pm_status s = take_step(c, n, &present, err);

    if (s) return s;
    if (!take_words(c, present, to)) return parquet_bad(c, err, too_few);
    for (int64_t i = *n; present < *n && i-- > 0;) to[i] = c->level[i] ? to[--present] : (pm_span){NULL, 0};
    return PM_OK;
}
