/* SPDX-License-Identifier: MIT */
/* Several tables in one text file: each stands behind a line that names it and a header. Those with the header that was
 * chosen are read as one; rows of the others are counted, so that nothing is left out in silence. */
#include "tables.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool begins_with(const char *at, int64_t n, const char *text)
{
    int64_t length = (int64_t)strlen(text);

    return length > 0 && n >= length && memcmp(at, text, (size_t)length) == 0;
}

static bool is_line(const char *at, int64_t n, pm_head_line line)
{
    while (n > 0 && (at[n - 1] == '\r' || at[n - 1] == ' ')) n--;
    return line.at && n == line.n && memcmp(at, line.at, (size_t)n) == 0;
}

/* Rows begin with an empty field, so that everything else stands out. */
static bool rows_are_indented(const pm_layout *layout)
{
    return layout->labels[0].n > 0 && !layout->labels[0].text[0][0];
}

static bool is_row(const pm_layout *layout, const char *at, int64_t n)
{
    if (rows_are_indented(layout)) {
        if (n == 0 || *at != layout->delimiter) return false;
        at++;
        n--;
    }
    while (n > 0 && *at == ' ') {
        at++;
        n--;
    }
    return n > 0 && (isdigit((unsigned char)*at) || strchr("+-.,", *at));
}

/* "\tPt\t" of "\tPt\tT\tVf": what tells a header from the other lines. */
static int64_t header_start(const pm_layout *layout)
{
    pm_head_line h = layout->header;
    int64_t k = 0;

    while (k < h.n && h.at[k] == layout->delimiter) k++;
    while (k < h.n && h.at[k] != layout->delimiter) k++;
    return k;
}

static bool is_header(const pm_layout *layout, const char *at, int64_t n)
{
    int64_t k = header_start(layout);

    return k > 1 && n > k && memcmp(at, layout->header.at, (size_t)k) == 0 && at[k] == layout->delimiter;
}

/* ---- tables ---- */

/* The rows that the table being left declares are settled. */
static void leave(pm_tables *t)
{
    if (t->where == PM_IN_OURS && t->present_declared >= 0) {
        t->declared += t->present_declared;
        t->declared_rows += t->present_rows;
        if (t->present_declared > t->present_rows) t->missing += t->present_declared - t->present_rows;
    }
    t->where = PM_BETWEEN_TABLES;
    t->present_declared = -1;
    t->present_rows = 0;
}

/* "CURVE1<tab>TABLE<tab>5258": name and number of rows. */
static bool take_name(pm_tables *t, const pm_dialect *d, const char *at, int64_t n, int64_t number)
{
    const char *mark = d->table_mark[0] ? memmem(at, (size_t)n, d->table_mark, strlen(d->table_mark)) : NULL;
    char rest[24] = "";

    if (!mark || !isalpha((unsigned char)*at)) return false;
    leave(t);
    pm_utf8_from(at, mark - at, t->name, sizeof t->name);
    t->named = true;
    t->line = number;
    mark += strlen(d->table_mark);
    for (size_t k = 0; mark < at + n && k + 1 < sizeof rest; mark++)
        if (*mark != '\t' && *mark != ' ') rest[k++] = *mark;
    t->present_declared = isdigit((unsigned char)rest[0]) ? strtoll(rest, NULL, 10) : -1;
    return true;
}

static size_t letters(const char *name)
{
    size_t n = strlen(name);

    while (n > 0 && isdigit((unsigned char)name[n - 1])) n--;
    return n;
}

static bool is_our_name(const pm_layout *layout, const char *name)
{
    size_t n = letters(name);

    return n == letters(layout->table_name) && memcmp(name, layout->table_name, n) == 0;
}

/* Of two tables with equal headers, those of another name are others. */
static bool is_ours(const pm_tables *t, const pm_layout *layout, const char *at, int64_t n)
{
    return is_line(at, n, layout->header) && (!t->named || is_our_name(layout, t->name));
}

static void enter_ours(pm_tables *t)
{
    int64_t declared = t->named ? t->present_declared : -1;

    leave(t);
    t->present_declared = declared;
    t->where = PM_IN_OURS;
    t->units = true;
    t->ours++;
    t->seen++;
}

static void enter_other(pm_tables *t, int64_t number)
{
    leave(t);
    t->where = PM_IN_OTHER;
    t->seen++;
    if (t->n_other == PM_OTHER_TABLES_MAX) {
        t->more++;
        return;
    }
    pm_other_table *other = &t->other[t->n_other++];
    *other = (pm_other_table){.line = t->named ? t->line : number};
    if (t->named) memcpy(other->name, t->name, sizeof other->name);
}

static pm_line_kind other_row(pm_tables *t)
{
    if (t->more > 0)
        t->more_rows++;
    else
        t->other[t->n_other - 1].rows++;
    return PM_LINE_AWAY;
}

/* ---- lines ---- */

static bool is_end(const pm_layout *layout, const char *at, int64_t n)
{
    const pm_node *ends = layout->dialect->table_end;

    for (int64_t i = 0; i < pm_node_count(ends); i++)
        if (begins_with(at, n, pm_node_scalar(pm_node_item(ends, i)))) return true;
    return rows_are_indented(layout) && n > 0 && isalpha((unsigned char)*at) &&
           memchr(at, layout->delimiter, (size_t)n);
}

/* The line behind one of our headers: its units, and if they are others than ours, another table. */
static pm_line_kind units_line(pm_tables *t, const pm_layout *layout, const char *at, int64_t n, int64_t number)
{
    t->units = false;
    if (is_line(at, n, layout->units)) return PM_LINE_AWAY;
    if (is_row(layout, at, n)) {
        t->present_rows++;
        return PM_LINE_DATA;
    }
    t->ours--;
    t->seen--;
    t->present_declared = -1;
    t->named = t->name[0] != 0;
    enter_other(t, number);
    t->named = false;
    return PM_LINE_AWAY;
}

/* Rows where no table is: the line that named theirs is damaged. */
static pm_line_kind outside(pm_tables *t, const pm_layout *layout, const char *at, int64_t n, int64_t number)
{
    if (t->seen == 0 || !is_row(layout, at, n)) return PM_LINE_META;
    t->name[0] = 0;
    enter_other(t, number);
    return other_row(t);
}

pm_line_kind pm_tables_line(pm_tables *t, const pm_layout *layout, const char *at, int64_t n, int64_t number)
{
    while (n > 0 && at[n - 1] == '\r') n--;
    if (n == 0) return PM_LINE_AWAY;
    if (take_name(t, layout->dialect, at, n, number)) return PM_LINE_AWAY;
    if (t->named || is_header(layout, at, n)) {
        if (is_ours(t, layout, at, n))
            enter_ours(t);
        else
            enter_other(t, number);
        bool row = t->where == PM_IN_OTHER && is_row(layout, at, n);
        t->named = false;
        return row ? other_row(t) : PM_LINE_AWAY;
    }
    if (t->units && layout->units.at) return units_line(t, layout, at, n, number);
    t->units = false;
    if (t->where != PM_BETWEEN_TABLES && is_end(layout, at, n)) leave(t);
    if (t->where == PM_BETWEEN_TABLES) return outside(t, layout, at, n, number);
    bool row = is_row(layout, at, n);
    if (t->where == PM_IN_OTHER) return row ? other_row(t) : PM_LINE_AWAY;
    t->present_rows += row;
    return PM_LINE_DATA;
}

double pm_tables_count(const pm_tables *t)
{
    size_t n = letters(t->name);

    return t->name[n] ? strtod(t->name + n, NULL) : (double)t->ours;
}

int64_t pm_tables_missing(const pm_tables *t, int64_t *found)
{
    bool present = t->present_declared >= 0 && (t->where == PM_IN_OURS || t->named);
    int64_t declared = t->declared + (present ? t->present_declared : 0), missing = t->missing;

    *found = t->declared_rows + (present ? t->present_rows : 0);
    if (present && t->present_declared > t->present_rows) missing += t->present_declared - t->present_rows;
    return declared > 0 ? missing : -1;
}

/* ---- blocks ---- */

static pm_status add_mark(pm_table_marks *marks, int64_t line, double count, pm_error *err)
{
    pm_status s = pm_grow(&marks->mark, &marks->capacity, marks->n + 1, sizeof *marks->mark, err);

    if (!s) marks->mark[marks->n++] = (pm_table_mark){line, count};
    return s;
}

/* Settings behind the tables are metadata as far as the head goes; later ones are said to be left out. */
static bool is_kept(pm_line_kind kind, const pm_layout *layout, int64_t number)
{
    return kind == PM_LINE_DATA || (kind == PM_LINE_META && rows_are_indented(layout) && number > layout->meta_lines);
}

pm_status pm_tables_pass(pm_tables *t, const pm_layout *layout, char *text, int64_t n, int64_t first, int64_t *n_lines,
                         pm_table_marks *marks, pm_error *err)
{
    pm_status s;

    *n_lines = 0;
    if (marks && (s = add_mark(marks, 0, pm_tables_count(t), err))) return s;
    for (int64_t at = 0; at < n; ++*n_lines) {
        const char *nl = memchr(text + at, '\n', (size_t)(n - at));
        int64_t stop = nl ? nl - text : n, ours = t->ours;
        pm_line_kind kind = pm_tables_line(t, layout, text + at, stop - at, first + *n_lines);
        if (!is_kept(kind, layout, first + *n_lines)) memset(text + at, ' ', (size_t)(stop - at));
        if (marks && t->ours != ours && (s = add_mark(marks, *n_lines, pm_tables_count(t), err))) return s;
        at = stop + 1;
    }
    return PM_OK;
}
