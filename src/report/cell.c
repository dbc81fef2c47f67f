/* SPDX-License-Identifier: MIT */
/* The section of one cell. */
#include <math.h>
#include <string.h>

#include "fate.h"
#include "page.h"
#include "plots.h"
#include "stages.h"
#include "thin.h"

/* Rows of the numbers by cycle that the page holds. */
enum { CYCLES_SHOWN = 400 };

/* ---- head --------------------------------------------------------------------------------------------------- */

static void open_tile(pm_out *out, const char *label)
{
    pm_out_text(out, "<div><dt>");
    pm_out_html(out, label);
    pm_out_text(out, "</dt><dd>");
}

static void close_tile(pm_out *out, const char *below)
{
    pm_out_text(out, "</dd>");
    if (below) {
        pm_out_text(out, "<dd class=\"below\">");
        pm_out_html(out, below);
        pm_out_text(out, "</dd>");
    }
    pm_out_text(out, "</div>\n");
}

static void findings_tile(pm_out *out, const char *id, const gist *g)
{
    static const char *const severities[] = {"error", "warning", "note"};
    bool any = false;
    open_tile(out, "Audit");
    pm_out_text(out, "<a href=\"#%s-audit\">", id);
    for (int k = 0; k < 3; k++) {
        if (g->found[k] == 0) continue;
        if (any) pm_out_text(out, "<br>");
        pm_out_text(out, "%lld\u00a0", (long long)g->found[k]);
        write_badge(out, severities[k]);
        any = true;
    }
    if (!any) write_badge(out, "none");
    pm_out_text(out, "</a>");
    close_tile(out, NULL);
}

static void write_tiles(pm_out *out, const char *id, const pm_report_cell *cell, const gist *g)
{
    words_text text;
    char below[128];
    pm_out_text(out, "<dl class=\"tiles\">\n");
    if (isfinite(g->efficiency)) {
        open_tile(out, "Coulombic efficiency");
        open_doubt(out, g);
        write_percent(out, g->efficiency);
        close_doubt(out, g);
        snprintf(below, sizeof below, "%s; above 100\u00a0%%: a short, or charge counted wrong", g->efficiency_of);
        close_tile(out, g->efficiency > 1 ? below : g->efficiency_of);
    }
    if (g->cycles != PM_NO_INT) {
        open_tile(out, "Complete cycles");
        pm_out_text(out, "%s", words_whole(g->cycles, text));
        snprintf(below, sizeof below, "%lld half-cycles", (long long)g->half_cycles);
        close_tile(out, g->half_cycles ? below : "counted by the table");
    }
    if (isfinite(g->capacity_last)) {
        open_tile(out, g->reservoir ? "Capacity, reservoir and cycle" : "Capacity, first to last");
        scale unit = cell_capacity_scale(cell);
        open_doubt(out, g);
        write_capacities(out, g, unit.factor);
        close_doubt(out, g);
        snprintf(below, sizeof below, "%s, %s", unit.unit, g->capacity_of);
        close_tile(out, below);
    }
    if (isfinite(g->polarisation_last)) {
        open_tile(out, "Polarisation, first to last");
        open_doubt(out, g);
        write_change(out, g->polarisation_first, g->polarisation_last, 1000);
        close_doubt(out, g);
        close_tile(out, "mV");
    }
    findings_tile(out, id, g);
    pm_out_text(out, "</dl>\n");
}

static void write_error(pm_out *out, const pm_error *error)
{
    pm_out_text(out, "<p class=\"failure\">");
    write_badge(out, "failed");
    pm_out_text(out, " ");
    pm_out_html(out, error->message);
    if (error->line >= 1) pm_out_text(out, " <span class=\"hint\">(line %lld)</span>", (long long)error->line);
    if (error->hint[0]) {
        pm_out_text(out, " <span class=\"hint\">Hint: ");
        pm_out_html(out, error->hint);
        pm_out_text(out, "</span>");
    }
    pm_out_text(out, "</p>\n");
}

/* ---- what it rests on --------------------------------------------------------------------------------------- */

static void fact(pm_out *out, const char *name, const char *value, const char *more)
{
    if (!value || !value[0]) return;
    pm_out_text(out, "<div><dt>%s</dt><dd>", name);
    pm_out_html(out, value);
    if (more && more[0]) {
        pm_out_text(out, " <span class=\"hint\">");
        pm_out_html(out, more);
        pm_out_text(out, "</span>");
    }
    pm_out_text(out, "</dd></div>\n");
}

static void quantity(pm_out *out, const char *name, double value, scale unit)
{
    words_text number;
    char text[96];
    if (!isfinite(value)) return;
    snprintf(text, sizeof text, "%s\u00a0%s", words_short(value * unit.factor, 4, number), unit.unit);
    fact(out, name, text, NULL);
}

static void write_told(pm_out *out, const pm_cell *cell)
{
    fact(out, "Cell", cell->cell_id, NULL);
    fact(out, "Electrolyte", cell->electrolyte, NULL);
    fact(out, "Cathode", cell->cathode, NULL);
    if (cell->area_cm2 > 0) quantity(out, "Area", cell->area_cm2, (scale){1, "cm²"});
    if (cell->mass_g > 0) quantity(out, "Active mass", cell->mass_g, (scale){1000, "mg"});
    if (cell->nominal_capacity_Ah > 0)
        quantity(out, "Nominal capacity", cell->nominal_capacity_Ah, (scale){1000, "mAh"});
    fact(out, "Told by", cell->source, NULL);
}

static const char *charge_known(const char *source)
{
    if (!source || strcmp(source, "none") == 0) return "not known: the file has no current";
    if (strcmp(source, "table") == 0) return "as the table of cycles has it";
    return strcmp(source, "counter") == 0 ? "by the instrument's counters" : "by integrating the recorded current";
}

static void write_basis(pm_out *out, const pm_report_cell *cell)
{
    const pm_cycle_summary *summary = cell->summary;
    pm_out_text(out, "<h3>What this rests on</h3>\n<dl class=\"facts\">\n");
    if (summary) {
        fact(out, "Kind of cell", kind_title(summary->kind), kind_known(summary->kind_source));
        fact(out, "Efficiency formula", summary->formula, NULL);
        fact(out, "Protocol", summary->protocol, NULL);
        fact(out, "Charge", charge_known(summary->charge_source), NULL);
        if (cell->records) quantity(out, "Dead band", summary->dead_band_A, words_current(summary->dead_band_A, 0));
    }
    if (cell->cell) write_told(out, cell->cell);
    fact(out, "Format", cell->format, cell->format_reason);
    fact(out, "File", cell->path, NULL);
    fact(out, "SHA-256", cell->sha256, NULL);
    pm_out_text(out, "</dl>\n");
}

static void write_reservoir(pm_out *out, const pm_reservoir *r, const pm_report_cell *cell)
{
    scale capacity = words_capacity(r->reservoir_capacity_Ah, cell_area(cell));
    words_text count;
    pm_out_text(out, "<h3>Reservoir test (modified Aurbach)</h3>\n<dl class=\"facts\">\n");
    quantity(out, "Coulombic efficiency, average", r->coulombic_efficiency_average, (scale){100, "%"});
    quantity(out, "Coulombic efficiency, initial", r->coulombic_efficiency_initial, (scale){100, "%"});
    quantity(out, "Reservoir", r->reservoir_capacity_Ah, capacity);
    quantity(out, "Each short cycle", r->cycle_capacity_Ah, capacity);
    fact(out, "Short cycles", words_whole(r->short_cycles, count), NULL);
    quantity(out, "Final strip", r->final_strip_Ah, capacity);
    pm_out_text(out, "</dl>\n");
}

/* ---- numbers by cycle --------------------------------------------------------------------------------------- */

typedef struct number_column {
    const char *name, *otherwise; /* the second name is for cells without the first */
    const char *title, *unit;
    double factor;
    int digits; /* significant ones, 0 = whole number */
    const pm_column *column;
} number_column;

static void write_number_row(pm_out *out, int n, const number_column columns[], int64_t row)
{
    words_text text;
    pm_out_text(out, "<tr>");
    for (int k = 0; k < n; k++) {
        if (!columns[k].column) continue;
        double value = pm_column_real(columns[k].column, row) * columns[k].factor;
        bool is_whole = columns[k].digits == 0;
        pm_out_text(out, "<td class=\"number\">%s</td>",
                    is_whole ? words_fixed(value, 0, text) : words_digits(value, columns[k].digits, text));
    }
    pm_out_text(out, "</tr>\n");
}

static void write_numbers(pm_out *out, const pm_report_cell *cell)
{
    scale unit = cell_capacity_scale(cell);
    bool li_cu = pm_table_find(cell->cycles, "plating_capacity_ah") != NULL;
    number_column columns[] = {
        {"cycle_count", NULL, "cycle", NULL, 1, 0, NULL},
        {"plating_capacity_ah", "charging_capacity_ah", li_cu ? "plated" : "charged", unit.unit, unit.factor, 5, NULL},
        {"stripping_capacity_ah", "discharging_capacity_ah", li_cu ? "stripped" : "discharged", unit.unit, unit.factor,
         5, NULL},
        {"coulombic_efficiency", NULL, "Coulombic efficiency", "%", 100, 5, NULL},
        {"polarisation_volt", NULL, "polarisation", "mV", 1000, 4, NULL}};
    if (cell->summary && cell->summary->reservoir.found) columns[3].title = "stripped / plated (no efficiency)";
    const int n_columns = (int)(sizeof columns / sizeof columns[0]);
    int64_t n = pm_table_rows(cell->cycles), shown = n < CYCLES_SHOWN ? n : CYCLES_SHOWN;

    pm_out_text(out,
                "<details><summary>Numbers by cycle</summary>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                "aria-label=\"Numbers by cycle\"><table class=\"numbers\"><thead><tr>");
    for (number_column *c = columns; c < columns + n_columns; c++) {
        c->column = pm_table_find(cell->cycles, c->name);
        if (!c->column && c->otherwise) c->column = pm_table_find(cell->cycles, c->otherwise);
        if (c->column)
            pm_out_text(out, "<th scope=\"col\">%s%s%s</th>", c->title, c->unit ? " / " : "", c->unit ? c->unit : "");
    }
    pm_out_text(out, "</tr></thead><tbody>\n");
    for (int64_t i = 0; i < shown; i++) write_number_row(out, n_columns, columns, i);
    pm_out_text(out, "</tbody></table></div>\n");
    if (shown < n)
        pm_out_text(out, "<p>The first %lld of %lld; <code>premortem cycles</code> prints all.</p>\n", (long long)shown,
                    (long long)n);
    pm_out_text(out, "</details>\n");
}

/* ---- the section -------------------------------------------------------------------------------------------- */

static void write_head(pm_out *out, const char *id, const pm_report_cell *cell, const gist *g)
{
    words_text rows, span;
    scale time = words_time(isfinite(g->span_s) ? g->span_s : 0);
    pm_out_text(out, "<section class=\"cell\" id=\"%s\" aria-labelledby=\"%s-name\">\n<h2 id=\"%s-name\">", id, id, id);
    pm_out_html(out, g->title);
    pm_out_text(out, "</h2>\n<p class=\"lead\">");
    if (cell->summary) {
        pm_out_text(out, cell->summary->kind ? "%s" : "kind of cell %s", kind_title(cell->summary->kind));
        const char *known = kind_known(cell->summary->kind_source);
        if (known[0]) pm_out_text(out, ", %s", known);
        pm_out_text(out, " · ");
    }
    pm_out_html(out, cell->format ? cell->format : "format not known");
    if (g->rows != PM_NO_INT) pm_out_text(out, " · %s\u00a0rows", words_whole(g->rows, rows));
    if (isfinite(g->span_s))
        pm_out_text(out, " · %s\u00a0%s", words_digits(g->span_s * time.factor, 4, span), time.unit);
    pm_out_text(out, "</p>\n");
}

static pm_status write_plots(pm_out *out, const char *id, const pm_report_cell *cell, pm_error *err)
{
    pm_status s;
    if (!cell->records && cell->cycles) {
        pm_out_text(out, "<div class=\"plots\">\n");
        if ((s = plot_cycles(out, id, cell, err))) return s;
        pm_out_text(out, "</div>\n");
        return PM_OK;
    }
    if (!cell->records) {
        if (cell->error) return PM_OK;
        pm_out_text(out, "<p>This file is ");
        write_no_record(out, cell);
        pm_out_text(out, ". No cycles are counted in it, and there is nothing to draw.</p>\n");
        return PM_OK;
    }
    if (!pm_table_find(cell->records, "test_time_second") || !pm_table_find(cell->records, "voltage_volt")) {
        pm_out_text(out, "<p>Without a time and a voltage there is no plot.</p>\n");
        return PM_OK;
    }
    if ((s = plot_trace(out, id, cell, page_can_zoom(), err))) return s;
    pm_out_text(out, "<div class=\"plots\">\n");
    if ((s = plot_curves(out, id, cell, err))) return s;
    if ((s = plot_cycles(out, id, cell, err))) return s;
    pm_out_text(out, "</div>\n");
    return PM_OK;
}

pm_status write_cell(pm_out *out, const char *id, const pm_report_cell *cell, const gist *g, pm_error *err)
{
    pm_status s;
    write_head(out, id, cell, g);
    bool is_cell = !is_no_record(cell) && !cell->error;
    if (cell->error) write_error(out, cell->error);
    if (is_cell) write_tiles(out, id, cell, g);
    if (is_cell && (s = write_fate(out, id, cell, g, err))) return s;
    if (is_cell && (s = write_stages(out, id, cell, err))) return s;
    if (is_cell && (s = write_why(out, id, cell->why, err))) return s;
    if ((s = write_plots(out, id, cell, err))) return s;
    if (cell->summary && cell->summary->reservoir.found) write_reservoir(out, &cell->summary->reservoir, cell);
    bool found = cell->findings && pm_table_rows(cell->findings) > 0;
    if (found || is_cell) {
        pm_out_text(out, "<div id=\"%s-audit\">\n", id);
        write_findings(out, cell->findings);
        pm_out_text(out, "</div>\n");
    }
    write_basis(out, cell);
    if (cell->cycles && pm_table_rows(cell->cycles) > 0) write_numbers(out, cell);
    pm_out_text(out, "</section>\n");
    return PM_OK;
}
