/* SPDX-License-Identifier: MIT */
/* Which pages a table has, and the rows in them. */
#include "jet.h"

enum { DATA_PAGE = 1, MAP_PAGE = 5, ROWS_AT = 14, MOVES_MAX = 8, DELETED = 0x8000, MOVED = 0x4000, OFFSET = 0x1fff };

/* ---- rows within a page ---- */

static int rows_of(pm_span page)
{
    return page.n == PM_JET_PAGE ? pm_u16(page.at + 12) : 0;
}

/* Rows lie from the end of the page downwards; each ends where the one before begins. Empty where it cannot be. */
static pm_span row_of(pm_span page, int i, int *flags)
{
    int n = rows_of(page), first = ROWS_AT + 2 * n;

    if (i >= n || first > PM_JET_PAGE) return (pm_span){NULL, 0};
    int word = pm_u16(page.at + ROWS_AT + 2 * i), start = word & OFFSET;
    int end = i ? pm_u16(page.at + ROWS_AT + 2 * i - 2) & OFFSET : PM_JET_PAGE;
    *flags = word & ~OFFSET;
    if (start < first || end > PM_JET_PAGE || start > end) return (pm_span){NULL, 0};
    return pm_span_part(page, start, end - start);
}

pm_span pm_jet_pointed(const pm_jet *jet, uint32_t pointer)
{
    for (int k = 0; k < MOVES_MAX; k++) {
        int flags = 0;
        pm_span page = pm_jet_page(jet, pointer >> 8);
        if (rows_of(page) == 0 || page.at[0] != DATA_PAGE) break;
        pm_span row = row_of(page, (int)(pointer & 0xff), &flags);
        if (!(flags & MOVED)) return row;
        if (row.n < 4) break;
        pointer = pm_u32(row.at);
    }
    return (pm_span){NULL, 0};
}

/* ---- rows of a table ---- */

typedef struct finder {
    const pm_jet *jet;
    pm_jet_table *table;
    int known, needs; /* bytes that a row of `known` columns has at least */
} finder;

/* Columns that were added after a row was written are not in it. */
static int needed(finder *f, int columns)
{
    bool variable = false;
    int fixed = 0;

    if (columns == f->known) return f->needs;
    for (int i = 0; i < f->table->n_columns; i++) {
        const pm_jet_column *c = &f->table->column[i];
        if (c->number >= columns) continue;
        if (!c->fixed) variable = true;
        if (c->fixed && c->offset + c->size > fixed) fixed = c->offset + c->size;
    }
    f->known = columns;
    f->needs = 2 + fixed + (columns + 7) / 8 + (variable ? 4 : 0);
    return f->needs;
}

static bool is_whole(finder *f, pm_span row)
{
    if (row.n < 3) return false;
    int columns = pm_u16(row.at);
    return columns > 0 && columns <= f->table->max_columns && row.n >= needed(f, columns);
}

static pm_status add_row(finder *f, pm_span row, const uint8_t *where, pm_error *err)
{
    pm_jet_table *t = f->table;
    pm_status s;

    if (!is_whole(f, row)) {
        if (t->damage.rows_bad++ == 0) t->damage.first_bad_byte = where - f->jet->bytes.at;
        return PM_OK;
    }
    if ((s = pm_grow(&t->row, &t->rows_room, t->n_rows + 1, sizeof *t->row, err))) return s;
    t->row[t->n_rows++] = row;
    return PM_OK;
}

static pm_status rows_in_page(finder *f, pm_span page, pm_error *err)
{
    int n = rows_of(page);
    pm_status s = PM_OK;

    for (int i = 0; i < n && !s; i++) {
        const uint8_t *word = page.at + ROWS_AT + 2 * i;
        int flags = 0;
        if (ROWS_AT + 2 * i + 2 > PM_JET_PAGE) return add_row(f, (pm_span){NULL, 0}, page.at + 12, err);
        pm_span row = row_of(page, i, &flags);
        if (flags & DELETED) continue; /* or moved here: the row that points to it counts */
        if (flags & MOVED) row = row.n >= 4 ? pm_jet_pointed(f->jet, pm_u32(row.at)) : (pm_span){NULL, 0};
        s = add_row(f, row, word, err);
    }
    return s;
}

static pm_status take_page(finder *f, int64_t number, pm_error *err)
{
    pm_jet_damage *d = &f->table->damage;
    pm_span page = pm_jet_page(f->jet, number);

    if (!page.at) {
        if (d->pages_missing++ == 0) d->first_missing = number;
        return PM_OK;
    }
    f->table->n_pages++;
    if (page.at[0] == DATA_PAGE && pm_u32(page.at + 4) == f->table->page) return rows_in_page(f, page, err);
    if (d->pages_foreign++ == 0) d->first_foreign = number;
    return PM_OK;
}

/* ---- the map of pages: bits, or pointers to pages of bits ---- */

static pm_status take_bits(finder *f, pm_span bits, int64_t first, pm_error *err)
{
    pm_status s = PM_OK;

    for (int64_t i = 0; i < bits.n; i++)
        for (int k = 0; bits.at[i] >> k && !s; k++)
            if (bits.at[i] >> k & 1) s = take_page(f, first + 8 * i + k, err);
    return s;
}

static pm_status take_map(finder *f, pm_span map, pm_error *err)
{
    const int64_t mapped = 8 * (PM_JET_PAGE - 4);
    pm_status s = PM_OK;

    if (map.n >= 5 && map.at[0] == 0) return take_bits(f, pm_span_from(map, 5), pm_u32(map.at + 1), err);
    if (map.n >= 5 && map.at[0] == 1) {
        for (int64_t k = 0; 5 + 4 * k <= map.n && !s; k++) {
            uint32_t number = pm_u32(map.at + 1 + 4 * k);
            pm_span page = pm_jet_page(f->jet, number);
            if (number && page.at && page.at[0] == MAP_PAGE)
                s = take_bits(f, pm_span_from(page, 4), k * mapped, err);
            else if (number && f->table->damage.map_byte < 0)
                f->table->damage.map_byte = (int64_t)number * PM_JET_PAGE;
        }
        return s;
    }
    f->table->damage.map_byte = (int64_t)(f->table->map >> 8) * PM_JET_PAGE;
    return PM_OK;
}

pm_status pm_jet_rows(const pm_jet *jet, pm_jet_table *t, pm_error *err)
{
    finder f = {.jet = jet, .table = t, .known = -1};

    t->damage.map_byte = -1;
    return take_map(&f, pm_jet_pointed(jet, t->map), err);
}
