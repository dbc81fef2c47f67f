/* SPDX-License-Identifier: MIT */
/* Definitions of tables, and the catalogue of them. */
#include "jet.h"

enum { CATALOGUE_PAGE = 2, DEFINITION_PAGES_MAX = 32, COLUMNS_MAX = 255, DEFINITION = 2, TABLES_MAX = 1000 };

/* ---- definitions ---- */

static pm_place at_page(int64_t page)
{
    pm_place at = pm_nowhere();

    at.byte = page * PM_JET_PAGE;
    return at;
}

static pm_status refuse(const pm_jet_table *t, int64_t page, const char *why, pm_error *err)
{
    return pm_fail_at(err, PM_ERR_FORMAT, at_page(page), "copy the file again, or repair it with Access",
                      "the definition of table %s on page %lld is damaged: %s", t->name, (long long)page, why);
}

/* A definition may go on on further pages, whose first 8 bytes are not part of it. *bytes is the caller's to free. */
static pm_status gather(const pm_jet *jet, const pm_jet_table *t, uint8_t **bytes, int64_t *n, pm_error *err)
{
    int64_t page = t->page, room = 0;
    pm_status s;

    *n = 0;
    for (int k = 0; page != 0 || k == 0; k++) {
        pm_span p = pm_jet_page(jet, page);
        int64_t skip = k ? 8 : 0;
        if (k == DEFINITION_PAGES_MAX) return refuse(t, page, "its pages go in a circle", err);
        if (!p.at) return refuse(t, page, "the page lies behind the end of the file", err);
        if (p.at[0] != DEFINITION) return refuse(t, page, "the page is none of a definition (or encrypted)", err);
        if ((s = pm_grow(bytes, &room, *n + PM_JET_PAGE, 1, err))) return s;
        memcpy(*bytes + *n, p.at + skip, (size_t)(PM_JET_PAGE - skip));
        *n += PM_JET_PAGE - skip;
        page = pm_u32(p.at + 4);
    }
    return PM_OK;
}

static int size_of(uint8_t type, uint16_t said)
{
    static const uint8_t bytes[] = {[PM_JET_BOOL] = 0,  [PM_JET_BYTE] = 1,   [PM_JET_INT] = 2,    [PM_JET_LONG] = 4,
                                    [PM_JET_MONEY] = 8, [PM_JET_SINGLE] = 4, [PM_JET_DOUBLE] = 8, [PM_JET_DATE] = 8};

    return type >= PM_JET_BOOL && type <= PM_JET_DATE ? bytes[type] : said;
}

static pm_jet_column column_from(const uint8_t *p)
{
    pm_jet_column c = {
        .type = p[0], .number = pm_u16(p + 5), .variable = pm_u16(p + 7), .fixed = p[15] & 1, .offset = pm_u16(p + 21)};

    c.size = (uint16_t)size_of(c.type, pm_u16(p + 23));
    return c;
}

/* 25 bytes per column, then their names, each with its length before it. */
static pm_status read_columns(pm_jet_table *t, pm_span d, int64_t at, pm_error *err)
{
    int64_t name_at = at + 25 * (int64_t)t->n_columns;

    for (int i = 0; i < t->n_columns; i++) {
        pm_span fixed = pm_span_part(d, at + 25 * (int64_t)i, 25), length = pm_span_part(d, name_at, 2);
        if (!fixed.at || !length.at) return refuse(t, t->page, "it ends within its columns", err);
        pm_span name = pm_span_part(d, name_at + 2, pm_u16(length.at));
        if (!name.at) return refuse(t, t->page, "it ends within the names of its columns", err);
        t->column[i] = column_from(fixed.at);
        pm_jet_utf8(name, t->column[i].name, PM_JET_NAME);
        if (t->column[i].number >= t->max_columns) return refuse(t, t->page, "a column has a number too large", err);
        name_at += 2 + name.n;
    }
    return PM_OK;
}

pm_status pm_jet_define(const pm_jet *jet, const char *name, int64_t page, pm_jet_table *t, pm_error *err)
{
    uint8_t *bytes = NULL;
    int64_t n = 0;
    pm_status s;

    snprintf(t->name, sizeof t->name, "%s", name);
    t->page = page;
    s = gather(jet, t, &bytes, &n, err);
    if (!s) {
        t->rows_declared = pm_u32(bytes + 16);
        t->max_columns = pm_u16(bytes + 41);
        t->n_columns = pm_u16(bytes + 45);
        t->map = pm_u32(bytes + 55);
        if (t->max_columns > COLUMNS_MAX || t->n_columns > t->max_columns) {
            t->n_columns = 0;
            s = refuse(t, page, "it has more columns than a table can have", err);
        }
    }
    if (!s && !(t->column = calloc((size_t)t->n_columns + 1, sizeof *t->column)))
        s = pm_fail(err, PM_ERR_MEMORY, "no memory for the columns of a table");
    if (!s) s = read_columns(t, (pm_span){bytes, n}, 63 + 12 * (int64_t)pm_u32(bytes + 51), err);
    free(bytes);
    return s;
}

/* ---- the catalogue ---- */

/* Objects of type 1 are tables; these flags mark the engine's own. */
static bool is_users(const pm_jet_table *t, pm_span row)
{
    double type = pm_jet_number(pm_jet_find(t, "Type"), row), flags = pm_jet_number(pm_jet_find(t, "Flags"), row);

    return type == 1 && !((int64_t)(flags == flags ? flags : 0) & 0x80000002);
}

pm_status pm_jet_catalogue(const pm_jet *jet, pm_jet_entry **entry, int64_t *n, pm_jet_table *t, pm_error *err)
{
    pm_status s;

    *n = 0;
    if ((s = pm_jet_define(jet, "MSysObjects", CATALOGUE_PAGE, t, err))) return s;
    if ((s = pm_jet_rows(jet, t, err))) return s;
    if (!(*entry = calloc((size_t)t->n_rows + 1, sizeof **entry)))
        return pm_fail(err, PM_ERR_MEMORY, "no memory for the list of tables");
    for (int64_t i = 0; i < t->n_rows; i++) {
        double id = pm_jet_number(pm_jet_find(t, "Id"), t->row[i]);
        if (!is_users(t, t->row[i]) || !(id > 0)) continue;
        if (*n == TABLES_MAX) return pm_fail(err, PM_ERR_LIMIT, "the database has more than %d tables", TABLES_MAX);
        pm_jet_words(jet, pm_jet_find(t, "Name"), t->row[i], (*entry)[*n].name, PM_JET_NAME);
        (*entry)[*n].page = (int64_t)id & 0xffffff;
        *n += 1;
    }
    return PM_OK;
}
