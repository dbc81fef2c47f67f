/* SPDX-License-Identifier: MIT */
#include "jet_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAPS = 1, CATALOGUE = 2, MAP_BYTES = 69 };

static const jet_field catalogue[] = {{"Id", JET_LONG},  {"ParentId", JET_LONG}, {"Name", JET_TEXT},
                                      {"Type", JET_INT}, {"Flags", JET_LONG},    {"LvProp", JET_OLE}};

void jet_put(uint8_t *at, uint64_t x, int size)
{
    for (int i = 0; i < size; i++) at[i] = (uint8_t)(x >> 8 * i);
}

static int get16(const uint8_t *p)
{
    return p[0] | p[1] << 8;
}

static uint8_t *page_at(jet_file *f, int page)
{
    return f->at + (size_t)page * JET_PAGE;
}

static int add_page(jet_file *f, int type, uint32_t owner)
{
    uint8_t *p = page_at(f, f->pages);

    if (f->pages == JET_PAGES) abort();
    p[0] = (uint8_t)type;
    p[1] = 1;
    jet_put(p + 4, owner, 4);
    return f->pages++;
}

/* ---- rows in pages ---- */

static int room_in(const uint8_t *page)
{
    int n = get16(page + 12), low = n ? get16(page + 12 + 2 * n) & 0x1fff : JET_PAGE;

    return low - 14 - 2 * (n + 1);
}

int64_t jet_bytes_as_row(jet_file *f, int page, const uint8_t *bytes, int n, int flags)
{
    uint8_t *p = page_at(f, page);
    int rows = get16(p + 12), end = rows ? get16(p + 12 + 2 * rows) & 0x1fff : JET_PAGE;

    if (room_in(p) < n) abort();
    memcpy(p + end - n, bytes, (size_t)n);
    jet_put(p + 14 + 2 * rows, (uint64_t)((end - n) | flags), 2);
    jet_put(p + 12, (uint64_t)rows + 1, 2);
    return (int64_t)page * JET_PAGE + end - n;
}

int64_t jet_map_at(const jet_file *f, int table)
{
    return MAPS * JET_PAGE + JET_PAGE - (int64_t)MAP_BYTES * (f->table[table].map_row + 1);
}

int jet_new_page(jet_file *f, int table)
{
    jet_written *t = &f->table[table];

    t->data_page = add_page(f, 1, (uint32_t)t->page);
    f->at[jet_map_at(f, table) + 5 + t->data_page / 8] |= (uint8_t)(1 << t->data_page % 8);
    return t->data_page;
}

static void delete_flags(jet_file *f, const jet_written *t, int flags)
{
    uint8_t *p = page_at(f, t->data_page), *last = p + 12 + 2 * get16(p + 12);

    jet_put(last, (uint64_t)(get16(last) | flags), 2);
}

static void count_rows(jet_file *f, jet_written *t, int more)
{
    t->rows += more;
    jet_put(page_at(f, t->page) + 16, (uint64_t)t->rows, 4);
}

void jet_delete_row(jet_file *f, int table)
{
    delete_flags(f, &f->table[table], 0xc000);
    count_rows(f, &f->table[table], -1);
}

void jet_move_row(jet_file *f, int table)
{
    jet_written *t = &f->table[table];
    uint8_t *p = page_at(f, t->data_page), bytes[JET_PAGE];
    int rows = get16(p + 12), start = get16(p + 12 + 2 * rows) & 0x1fff, old = t->data_page;
    int end = rows > 1 ? get16(p + 10 + 2 * rows) & 0x1fff : JET_PAGE, n = end - start;

    memcpy(bytes, p + start, (size_t)n);
    int page = jet_new_page(f, table);
    jet_bytes_as_row(f, page, bytes, n, 0x8000);
    jet_put(p + start, (uint64_t)page << 8, 4);
    t->data_page = old;
    delete_flags(f, t, 0x4000);
}

void jet_far_map(jet_file *f, int table)
{
    uint8_t *map = f->at + jet_map_at(f, table);
    int page = add_page(f, 5, 0);

    memcpy(page_at(f, page) + 4, map + 5, MAP_BYTES - 5);
    memset(map, 0, MAP_BYTES);
    map[0] = 1;
    jet_put(map + 1, (uint64_t)page, 4);
}

/* ---- cells ---- */

static int wide(const char *text, uint8_t *out)
{
    int n = 0;

    for (; *text; text++, n += 2) jet_put(out + n, (uint8_t)*text, 2);
    return n;
}

static int words(const jet_cell *c, uint8_t *out)
{
    if (c->how == JET_RAW) {
        memcpy(out, c->text, (size_t)c->n);
        return c->n;
    }
    if (c->how != JET_PACKED) return wide(c->text, out);
    memcpy(out, "\xff\xfe", 2);
    memcpy(out + 2, c->text, strlen(c->text));
    return 2 + (int)strlen(c->text);
}

/* Long text: behind its head, or in a row elsewhere, alone or as the first of a chain (here of one). */
static int long_words(jet_file *f, const jet_cell *c, uint8_t *out)
{
    uint8_t text[1024] = {0};
    int skip = c->how == JET_CHAINED ? 4 : 0, n = words(c, text + skip);

    memset(out, 0, 12);
    jet_put(out, (uint64_t)n | (c->how == JET_CHAINED ? 0 : c->how == JET_APART ? 0x40000000 : 0x80000000), 4);
    if (c->how != JET_APART && c->how != JET_CHAINED) {
        memcpy(out + 12, text, (size_t)n);
        return 12 + n;
    }
    int page = add_page(f, 1, 0x4c41564c);
    jet_bytes_as_row(f, page, text, skip + n, 0);
    jet_put(out + 4, (uint64_t)page << 8, 4);
    return 12;
}

static int fixed_size(int type)
{
    static const int sizes[] = {0, 0, 1, 2, 4, 8, 4, 8, 8};

    return type <= JET_DATE ? sizes[type] : -1;
}

static void number(int type, double v, uint8_t *out)
{
    float single = (float)v;
    uint64_t bits;
    uint32_t few;

    memcpy(&bits, &v, 8);
    memcpy(&few, &single, 4);
    if (type == JET_SINGLE)
        jet_put(out, few, 4);
    else if (type >= JET_DOUBLE)
        jet_put(out, bits, 8);
    else
        jet_put(out, (uint64_t)(int64_t)(type == JET_MONEY ? floor(v * 10000 + 0.5) : v), fixed_size(type));
}

int64_t jet_row(jet_file *f, int table, int n, const jet_cell *cells)
{
    jet_written *t = &f->table[table];
    uint8_t row[JET_PAGE] = {0}, mask[32] = {0};
    int k = 2, start[256], texts = 0;

    jet_put(row, (uint64_t)n, 2);
    for (int i = 0; i < n; i++) {
        int size = fixed_size(t->field[i].type);
        if (!cells[i].none && !(t->field[i].type == JET_BOOL && cells[i].number == 0))
            mask[i / 8] |= (uint8_t)(1 << i % 8);
        if (size > 0 && !cells[i].none) number(t->field[i].type, cells[i].number, row + k);
        if (size > 0) k += size;
    }
    for (int i = 0; i < n; i++) {
        if (fixed_size(t->field[i].type) >= 0) continue;
        start[texts++] = k;
        if (cells[i].none) continue;
        k += t->field[i].type == JET_MEMO ? long_words(f, &cells[i], row + k) : words(&cells[i], row + k);
    }
    start[texts] = k;
    for (int i = texts; texts && i >= 0; i--, k += 2) jet_put(row + k, (uint64_t)start[i], 2);
    if (texts) jet_put(row + k, (uint64_t)texts, 2);
    k += texts ? 2 : 0;
    memcpy(row + k, mask, (size_t)(n + 7) / 8);
    k += (n + 7) / 8;
    if (!t->data_page || room_in(page_at(f, t->data_page)) < k) jet_new_page(f, table);
    count_rows(f, t, 1);
    return jet_bytes_as_row(f, t->data_page, row, k, 0);
}

/* ---- definitions ---- */

static int define(const jet_written *t, uint8_t *d)
{
    int at = 63 + 25 * t->n, fixed = 0, texts = 0;

    d[40] = 0x4e;
    jet_put(d + 41, (uint64_t)t->max_columns, 2);
    jet_put(d + 45, (uint64_t)t->n, 2);
    jet_put(d + 55, (uint64_t)(MAPS << 8 | t->map_row), 4);
    jet_put(d + 59, (uint64_t)(MAPS << 8 | t->map_row), 4);
    for (int i = 0; i < t->n; i++) {
        uint8_t *c = d + 63 + 25 * i;
        int size = fixed_size(t->field[i].type);
        c[0] = (uint8_t)t->field[i].type;
        jet_put(c + 5, (uint64_t)i, 2);
        jet_put(c + 9, (uint64_t)i, 2);
        jet_put(c + 7, (uint64_t)texts, 2);
        c[15] = size >= 0 ? 3 : 2;
        jet_put(c + 21, (uint64_t)fixed, 2);
        jet_put(c + 23, (uint64_t)(size >= 0 ? size : 500), 2);
        fixed += size > 0 ? size : 0;
        texts += size < 0;
        jet_put(d + at, 2 * strlen(t->field[i].name), 2);
        at += 2 + wide(t->field[i].name, d + at + 2);
    }
    jet_put(d + 43, (uint64_t)texts, 2);
    jet_put(d + at, 0xffff, 2);
    jet_put(d + 8, (uint64_t)at + 2 - 8, 4);
    return at + 2;
}

/* What does not fit into the first page goes on in further ones, behind 8 bytes of head. */
static void write_definition(jet_file *f, jet_written *t)
{
    static uint8_t d[8 * JET_PAGE];
    int page = t->page;

    memset(d, 0, sizeof d);
    int n = define(t, d);
    memcpy(page_at(f, page) + 8, d + 8, JET_PAGE - 8);
    for (int at = JET_PAGE; at < n; at += JET_PAGE - 8) {
        int next = add_page(f, 2, 0);
        jet_put(page_at(f, page) + 4, (uint64_t)next, 4);
        memcpy(page_at(f, next) + 8, d + at, JET_PAGE - 8);
        page = next;
    }
}

static jet_written *new_table(jet_file *f, int n, const jet_field *fields)
{
    static const uint8_t map[MAP_BYTES] = {0};
    jet_written *t = &f->table[f->tables];

    *t = (jet_written){.page = add_page(f, 2, 0), .map_row = f->tables++, .n = n, .max_columns = n, .field = fields};
    jet_bytes_as_row(f, MAPS, map, MAP_BYTES, 0);
    write_definition(f, t);
    return t;
}

jet_file *jet_new(void)
{
    jet_file *f = calloc(1, sizeof *f);

    if (!f) abort();
    memcpy(f->at, "\0\1\0\0Standard Jet DB\0\1", 21);
    f->pages = MAPS;
    add_page(f, 1, 0);
    new_table(f, sizeof catalogue / sizeof *catalogue, catalogue);
    return f;
}

int jet_table(jet_file *f, const char *name, int n, const jet_field *fields)
{
    int index = f->tables;
    const jet_written *t = new_table(f, n, fields);

    const jet_cell cells[] = {{.number = t->page}, {.number = 1}, {.text = name},
                              {.number = 1},       {.number = 0}, {.none = true}};

    jet_row(f, 0, 6, cells);
    return index;
}
