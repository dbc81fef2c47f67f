/* SPDX-License-Identifier: MIT */
/* The table of all cells, and the phrases that it shares with the cells' own sections. */
#include <math.h>
#include <string.h>

#include "fate.h"
#include "page.h"
#include "plots.h"

void write_change(pm_out *out, double first, double last, double factor)
{
    words_text a, b;
    if (!isfinite(first)) {
        pm_out_text(out, "\u2013");
        return;
    }
    words_digits(first * factor, 3, a);
    words_digits(last * factor, 3, b);
    if (strcmp(a, b) != 0) pm_out_text(out, "%s\u00a0\u2192\u00a0", a);
    pm_out_text(out, "%s", b);
}

void write_capacities(pm_out *out, const gist *g, double factor)
{
    words_text reservoir, cycle;
    if (g->reservoir)
        pm_out_text(out, "%s\u00a0/\u00a0%s", words_digits(g->capacity_first * factor, 3, reservoir),
                    words_digits(g->capacity_last * factor, 3, cycle));
    else
        write_change(out, g->capacity_first, g->capacity_last, factor);
}

void write_percent(pm_out *out, double part)
{
    words_text text;
    pm_out_text(out, isfinite(part) ? "%s\u00a0%%" : "%s", words_fixed(part * 100, 2, text));
}

void open_doubt(pm_out *out, const gist *g)
{
    if (g->doubtful) pm_out_text(out, "<s>");
}

void close_doubt(pm_out *out, const gist *g)
{
    if (g->doubtful) pm_out_text(out, "</s> <small class=\"doubt\">not reliable: see audit</small>");
}

/* A formula, which may break after its stroke. */
static void write_formula(pm_out *out, const char *formula)
{
    const char *stroke = strchr(formula, '/');
    pm_out_text(out, "<small>");
    if (stroke) pm_out_text(out, "%.*s/<wbr>", (int)(stroke - formula), formula);
    pm_out_html(out, stroke ? stroke + 1 : formula);
    pm_out_text(out, "</small>");
}

/* A cell of numbers that the script sorts by `key`. */
static void open_number(pm_out *out, double key)
{
    pm_out_text(out, "<td class=\"number\" data-key=\"");
    pm_out_number(out, key);
    pm_out_text(out, "\">");
}

static void text_cell(pm_out *out, const char *text, const char *below)
{
    pm_out_text(out, "<td>");
    pm_out_html(out, text ? text : "\u2013");
    if (below && below[0]) {
        pm_out_text(out, "<small>");
        pm_out_html(out, below);
        pm_out_text(out, "</small>");
    }
    pm_out_text(out, "</td>");
}

static double key_of(int64_t value)
{
    return value == PM_NO_INT ? NAN : (double)value;
}

static void worst_cell(pm_out *out, const pm_report_cell *cell, const gist *g)
{
    static const char *const severities[] = {"error", "warning", "note"};
    int worst = 0;
    while (worst < 3 && g->found[worst] == 0) worst++;
    pm_out_text(out, "<td data-key=\"%d\">", cell->error ? -1 : worst);
    if (is_no_record(cell) && worst == 3)
        pm_out_text(out, "\u2013");
    else
        write_badge(out, cell->error ? "failed" : worst < 3 ? severities[worst] : "none");
    if (!cell->error && worst < 3 && g->found[worst] > 1)
        pm_out_text(out, "<small>%lld</small>", (long long)g->found[worst]);
    pm_out_text(out, "</td>");
}

bool is_no_record(const pm_report_cell *cell)
{
    return !cell->records && !cell->cycles && !cell->error;
}

void write_no_record(pm_out *out, const pm_report_cell *cell)
{
    const char *content = cell->content ? cell->content : cell->format;
    pm_out_text(out, "not a record of a test");
    if (cell->spectra > 0) {
        words_text low, high;
        pm_out_text(out, ": %lld impedance spectr%s, %s to %s\u00a0Hz", (long long)cell->spectra,
                    cell->spectra == 1 ? "um" : "a", words_digits(cell->frequency_least_Hz, 3, low),
                    words_digits(cell->frequency_most_Hz, 3, high));
    } else if (content && content[0]) {
        pm_out_text(out, ": ");
        pm_out_html(out, content);
    }
}

/* In place of all numbers: why there are none. */
static void failed_cells(pm_out *out, const pm_error *error)
{
    pm_out_text(out, "<td colspan=\"6\" class=\"why\">");
    pm_out_html(out, error->message);
    if (error->hint[0]) {
        pm_out_text(out, "<small>");
        pm_out_html(out, error->hint);
        pm_out_text(out, "</small>");
    }
    pm_out_text(out, "</td>");
}

static void no_record_cells(pm_out *out, const pm_report_cell *cell)
{
    pm_out_text(out, "<td colspan=\"6\" class=\"why\">");
    write_no_record(out, cell);
    pm_out_text(out, "</td>");
}

static void number_cells(pm_out *out, const pm_report_cell *cell, const gist *g)
{
    words_text text;
    open_number(out, g->efficiency);
    if (isfinite(g->efficiency)) {
        open_doubt(out, g);
        write_percent(out, g->efficiency);
        close_doubt(out, g);
        if (g->efficiency_of) write_formula(out, g->efficiency_of);
    } else {
        pm_out_text(out, "\u2013");
    }
    pm_out_text(out, "</td>");
    open_number(out, g->capacity_last);
    scale capacity = cell_capacity_scale(cell);
    if (isfinite(g->capacity_last)) open_doubt(out, g);
    write_capacities(out, g, capacity.factor);
    if (isfinite(g->capacity_last)) close_doubt(out, g);
    if (isfinite(g->capacity_last)) pm_out_text(out, "<small>%s, %s</small>", capacity.unit, g->capacity_of);
    pm_out_text(out, "</td>");
    open_number(out, key_of(g->cycles));
    pm_out_text(out, "%s</td>", words_whole(g->cycles, text));
    open_number(out, g->polarisation_last);
    if (isfinite(g->polarisation_last)) open_doubt(out, g);
    write_change(out, g->polarisation_first, g->polarisation_last, 1000);
    if (isfinite(g->polarisation_last)) close_doubt(out, g);
    pm_out_text(out, isfinite(g->polarisation_last) ? "<small>mV</small></td>" : "</td>");
}

static void rows_cell(pm_out *out, const gist *g)
{
    words_text text;
    scale time = words_time(isfinite(g->span_s) ? g->span_s : 0);
    open_number(out, key_of(g->rows));
    pm_out_text(out, "%s", words_whole(g->rows, text));
    if (isfinite(g->span_s))
        pm_out_text(out, "<small>%s\u00a0%s</small>", words_digits(g->span_s * time.factor, 4, text), time.unit);
    pm_out_text(out, "</td>");
}

void write_overview_row(pm_out *out, const char *id, const pm_report_cell *cell, const gist *g)
{
    const pm_cycle_summary *summary = cell->summary;
    pm_out_text(out, "<tr><th scope=\"row\"><a href=\"#%s\">", id);
    pm_out_html(out, g->title);
    pm_out_text(out, "</a></th>");
    if (cell->error)
        failed_cells(out, cell->error);
    else if (is_no_record(cell))
        no_record_cells(out, cell);
    else {
        write_fate_cell(out, cell);
        number_cells(out, cell, g);
    }
    worst_cell(out, cell, g);
    text_cell(out, summary ? kind_title(summary->kind) : NULL, summary && summary->kind ? summary->kind_source : NULL);
    rows_cell(out, g);
    text_cell(out, cell->format, NULL);
    pm_out_text(out, "</tr>\n");
}
