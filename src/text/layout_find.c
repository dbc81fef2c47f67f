/* SPDX-License-Identifier: MIT */
/* Puts a layout together: dialect, header line, units line, first data line, columns, what the file is. */
#include "layout_find.h"
#include "layout_steps.h"
#include "map.h"
#include "match.h"
#include "sample.h"
#include "tables.h"

#include <stdlib.h>
#include <string.h>

static bool starts_with(pm_head_line line, const char *text)
{
    size_t n = strlen(text);

    return line.n >= (int64_t)n && memcmp(line.at, text, n) == 0;
}

static const pm_dialect *dialect_named(const pm_dialects *dialects, const char *id)
{
    for (int i = 0; i < dialects->n; i++)
        if (strcmp(dialects->dialect[i].id, id) == 0) return &dialects->dialect[i];
    return NULL;
}

/* The dialect: by name, else the best of those that claim the text; score 0 and no dialect where none does. */
static pm_status choose(const pm_head *head, const pm_text_options *options, pm_match *match, pm_error *err)
{
    pm_match found[32];
    int n = 0;
    pm_status s = options->map ? PM_OK : pm_match_dialects(head, options->dialects, 32, found, &n, err);

    *match = (pm_match){.line = -1};
    if (s) return s;
    if (!options->format) {
        if (n > 0) *match = found[0];
        return PM_OK;
    }
    snprintf(match->reason, sizeof match->reason, "asked for by name");
    match->score = 100;
    if (strcmp(options->format, "csv") == 0) return PM_OK;
    match->dialect = dialect_named(options->dialects, options->format);
    for (int i = 0; i < n; i++)
        if (found[i].dialect == match->dialect) match->line = found[i].line;
    if (match->dialect) return PM_OK;
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "see premortem help formats for the names",
                      "there is no format '%s'", options->format);
}

/* The first line that begins with one of the first n marks, tried in their order; the header is the line behind it. */
static int64_t line_after_mark(const pm_head *head, const pm_node *marks, int64_t n)
{
    for (int64_t k = 0; k < n; k++) {
        const char *mark = pm_node_scalar(pm_node_item(marks, k));
        for (int64_t i = 0; mark && i + 1 < head->n_lines; i++)
            if (starts_with(head->line[i], mark)) return i + 1;
    }
    return -1;
}

/* The first line that begins with one of these, blanks and a quote before them not counted. */
static int64_t line_that_begins(const pm_head *head, const pm_node *texts)
{
    for (int64_t i = 0; i < head->n_lines; i++) {
        pm_head_line line = head->line[i];
        while (line.n > 0 && (*line.at == ' ' || *line.at == '"')) {
            line.at++;
            line.n--;
        }
        for (int64_t k = 0; k < pm_node_count(texts); k++) {
            const char *text = pm_node_scalar(pm_node_item(texts, k));
            if (text && *text && starts_with(line, text)) return i;
        }
    }
    return -1;
}

/* "Nb header lines : 103": the 103rd line is the header; -1 = it is not said. */
static pm_status line_by_count(const pm_head *head, const char *text, int64_t *line, pm_error *err)
{
    *line = -1;
    for (int64_t i = 0; i < head->n_lines && i < 10 && *line < 0; i++) {
        if (!starts_with(head->line[i], text)) continue;
        long n = strtol(head->line[i].at + strlen(text), NULL, 10);
        if (n >= head->n_lines && head->whole)
            return pm_fail_at(err, PM_ERR_DATA, pm_at_line(NULL, head->n_lines, NULL),
                              "the file was cut: copy or export it again",
                              "says it has %ld lines of header, and ends within them", n);
        if (n >= 1 && n <= head->n_lines) *line = n - 1;
    }
    return PM_OK;
}

static pm_status no_mark(const pm_head *head, const pm_node *marks, pm_error *err)
{
    const char *mark = pm_node_scalar(pm_node_item(marks, 0));
    return pm_fail_at(err, PM_ERR_DATA, pm_at_line(NULL, head->n_lines, NULL),
                      "the export was cut, or the test not started",
                      "ends before its data: no line behind which they stand, such as '%s'", mark ? mark : "");
}

/* The line that holds all labels of the map; -1 = none. */
static pm_status line_by_map(const pm_head *head, const pm_map_entry *map, int n, int64_t *line, pm_error *err)
{
    pm_status s;

    *line = -1;
    for (int64_t i = 0; i < head->n_lines && i < 2000 && *line < 0; i++) {
        char delimiter = pm_line_delimiter(head->line[i]);
        pm_labels labels;
        int hits = 0, wanted = 0;
        if (!delimiter) continue;
        if ((s = pm_labels_split(head->line[i], delimiter, NULL, &labels, err))) return s;
        for (int m = 0; m < n; m++) {
            bool hit = false;
            wanted += map[m].field < 0;
            for (int k = 0; k < labels.n && map[m].field < 0; k++)
                hit = hit || strcmp(labels.text[k], map[m].label) == 0;
            hits += hit;
        }
        pm_labels_free(&labels);
        if (wanted > 0 && hits == wanted) *line = i;
    }
    return PM_OK;
}

static pm_status header_of_map(const pm_head *head, const pm_text_options *options, int64_t *line, pm_error *err)
{
    pm_map_entry map[PM_MAP_MAX];
    int n;
    bool by_label = false;
    pm_status s = pm_map_parse(options->map, map, &n, err);

    if (s) return s;
    for (int i = 0; i < n; i++) by_label = by_label || map[i].field < 0;
    s = by_label ? line_by_map(head, map, n, line, err) : pm_match_labels(head, options->quantities, line, err);
    if (s) return s;
    if (by_label && *line < 0)
        return pm_fail_at(err, PM_ERR_COLUMN, pm_nowhere(),
                          "write the labels as the file does, or give the columns' numbers",
                          "no line has all the columns of the map '%s'", options->map);
    return PM_OK;
}

/* The header's line from 0, or -1 where the file has none. */
static pm_status header_line(const pm_head *head, const pm_match *match, const pm_text_options *options, int64_t *line,
                             pm_error *err)
{
    const pm_dialect *d = match->dialect;
    pm_status s;

    if (options->map) return header_of_map(head, options, line, err);
    *line = d && d->header_after ? line_after_mark(head, d->header_after, pm_node_count(d->header_after)) : -1;
    if (*line < 0 && d && d->header_lines[0] && (s = line_by_count(head, d->header_lines, line, err))) return s;
    if (*line < 0 && d && d->header_begins) *line = line_that_begins(head, d->header_begins);
    if (*line < 0) *line = match->line;
    if (*line < 0 && d && d->header_after && head->whole) return no_mark(head, d->header_after, err);
    if (*line < 0 && d && d->header_begins && head->whole) return no_mark(head, d->header_begins, err);
    return *line < 0 ? pm_match_labels(head, options->quantities, line, err) : PM_OK;
}

/* A line below the header in which nothing is a number and most words are units. */
static bool is_units_line(const pm_labels *labels)
{
    int units = 0, filled = 0;

    for (int i = 0; i < labels->n; i++) {
        char text[PM_UNIT_MAX + 4];
        double v;
        const char *word = labels->text[i];
        if (!word[0] || strcmp(word, "1") == 0) continue;
        if (pm_number_parse(word, (int64_t)strlen(word), '.', &v) == PM_NUMERAL_OK) return false;
        filled++;
        snprintf(text, sizeof text, "x (%.*s)", PM_UNIT_MAX - 4, word[0] == '(' || word[0] == '[' ? word + 1 : word);
        size_t n = strlen(text);
        if (n > 4 && (text[n - 2] == ')' || text[n - 2] == ']')) snprintf(text + n - 2, 3, ")");
        units += pm_label_split(text, (int64_t)strlen(text)).has_unit || strcmp(word, "#") == 0;
    }
    return filled > 0 && units * 2 >= filled;
}

/* The units line's words become part of the labels: "Voltage" and "V" make "Voltage (V)". */
static pm_status take_units(pm_labels *header, const pm_labels *units, pm_error *err)
{
    for (int i = 0; i < header->n && i < units->n; i++) {
        char text[PM_LABEL_MAX + PM_UNIT_MAX];
        const char *u = units->text[i];
        size_t n = strlen(u);
        if (!u[0] || !header->text[i][0] || strcmp(u, "#") == 0) continue;
        if ((u[0] == '(' || u[0] == '[') && n > 2)
            snprintf(text, sizeof text, "%s (%.*s)", header->text[i], (int)n - 2, u + 1);
        else
            snprintf(text, sizeof text, "%s (%s)", header->text[i], u);
        char *joined = pm_text_copy(text, -1);
        if (!joined) return pm_fail(err, PM_ERR_MEMORY, "no memory for a header");
        free(header->text[i]);
        header->text[i] = joined;
    }
    return PM_OK;
}

static pm_status read_units_line(pm_layout *layout, const pm_head *head, int64_t line, bool *is_units, pm_error *err)
{
    pm_labels units = {0};
    pm_status s;

    *is_units = false;
    if (line >= head->n_lines || layout->levels > 1) return PM_OK;
    if ((s = pm_labels_split(head->line[line], layout->delimiter, layout->dialect, &units, err))) return s;
    *is_units = is_units_line(&units);
    s = *is_units ? take_units(&layout->labels[0], &units, err) : PM_OK;
    layout->units_line = *is_units;
    if (*is_units) layout->units = head->line[line];
    pm_labels_free(&units);
    return s;
}

static bool is_passed_over(const pm_layout *layout, pm_head_line line)
{
    const char *comment = layout->dialect ? layout->dialect->comment : "";

    return line.n == 0 || (*comment && starts_with(line, comment));
}

/* The line that tells the delimiter: the header, but the first row where the header's labels are parted by blanks. */
static int64_t first_row_of(const pm_layout *layout, const pm_head *head, int64_t header)
{
    int64_t i = header + 1;

    if (!layout->dialect || !layout->dialect->header_blanks) return header;
    while (i < head->n_lines && is_passed_over(layout, head->line[i])) i++;
    return i < head->n_lines ? i : header;
}

/* Labels of the header line; of the lines above it where cycle, step and record lines are mixed. */
static pm_status read_header(pm_layout *layout, const pm_head *head, int64_t line, pm_error *err)
{
    pm_status s;
    bool layered = layout->dialect && layout->dialect->layered && line >= PM_LEVELS_MAX - 1;

    layout->levels = layered ? PM_LEVELS_MAX : 1;
    layout->header_line = line + 1;
    layout->header = head->line[line];
    layout->delimiter = pm_line_delimiter(head->line[first_row_of(layout, head, line)]);
    if (!layout->delimiter) layout->delimiter = ',';
    for (int k = 0; k < layout->levels; k++) {
        pm_head_line one = head->line[line - layout->levels + 1 + k];
        if ((s = pm_labels_split(one, layout->delimiter, layout->dialect, &layout->labels[k], err))) return s;
    }
    return PM_OK;
}

/* A file of bare numbers under a map of column numbers: labels are made up. */
static pm_status make_labels(pm_layout *layout, const pm_head *head, pm_error *err)
{
    pm_status s;

    layout->levels = 1;
    layout->delimiter = pm_line_delimiter(head->line[0]);
    if (!layout->delimiter) layout->delimiter = ',';
    if ((s = pm_labels_split(head->line[0], layout->delimiter, NULL, &layout->labels[0], err))) return s;
    for (int i = 0; i < layout->labels[0].n; i++) {
        char text[24];
        snprintf(text, sizeof text, "column_%d", i + 1);
        free(layout->labels[0].text[i]);
        if (!(layout->labels[0].text[i] = pm_text_copy(text, -1)))
            return pm_fail(err, PM_ERR_MEMORY, "no memory for a header");
    }
    return PM_OK;
}

static bool read_count(const char *at, int64_t n, int64_t *count)
{
    char text[24], *end;

    snprintf(text, sizeof text, "%.*s", n < 23 ? (int)n : 23, at);
    *count = strtoll(text, &end, 10);
    while (*end == ' ') end++;
    return end > text && !*end && *count >= 0;
}

/* How many rows there should be: behind one of the dialect's texts, or alone on the line above the header. */
static void read_declared(pm_layout *layout, const pm_head *head, int64_t header)
{
    const pm_node *texts = layout->dialect->rows_declared;
    int64_t n;

    for (int64_t k = 0; k < pm_node_count(texts) && layout->rows_declared < 0; k++) {
        const char *text = pm_node_text(pm_node_item(texts, k), "");
        for (int64_t i = *text ? 0 : header > 0 ? header - 1 : header; i < header; i++) {
            pm_head_line line = head->line[i];
            while (line.n > 0 && *line.at == ' ') {
                line.at++;
                line.n--;
            }
            int64_t skip = (int64_t)strlen(text);
            if (starts_with(line, text) && read_count(line.at + skip, line.n - skip, &n)) layout->rows_declared = n;
        }
    }
}

/* Where the file has several tables: what stands in front of the first row. */
static pm_status enter_tables(pm_layout *layout, const pm_head *head, int64_t header, pm_error *err)
{
    const char *mark = layout->dialect->table_mark;
    pm_head_line name = head->line[header - 1];
    const char *end = *mark ? memmem(name.at, (size_t)name.n, mark, strlen(mark)) : NULL;

    if (end) pm_utf8_from(name.at, end - name.at, layout->table_name, sizeof layout->table_name);
    layout->meta_lines = head->n_lines;
    layout->tables = calloc(1, sizeof *layout->tables);
    if (!layout->tables) return pm_fail(err, PM_ERR_MEMORY, "no memory for the tables of a file");
    for (int64_t i = 0; i < layout->data_line - 1; i++)
        (void)pm_tables_line(layout->tables, layout, head->line[i].at, head->line[i].n, i + 1);
    return PM_OK;
}

static pm_status find_header(pm_layout *layout, const pm_head *head, const pm_match *match,
                             const pm_text_options *options, pm_error *err)
{
    int64_t line;
    bool units;
    pm_status s = header_line(head, match, options, &line, err);

    if (s) return s;
    if (line < 0 && !options->map && !layout->dialect && (s = pm_layout_bare(layout, head, &layout->bare, err)))
        return s;
    if (line < 0 && !options->map && !layout->bare)
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(),
                          "if it is a table, name its columns: --map time=LABEL,voltage=LABEL,current=LABEL",
                          "no line of it names columns such as time, voltage or current");
    if (line < 0) {
        if (!layout->bare && (s = make_labels(layout, head, err))) return s;
    } else {
        if ((s = read_header(layout, head, line, err))) return s;
        if (layout->dialect) read_declared(layout, head, line);
    }
    if ((s = read_units_line(layout, head, line + 1, &units, err))) return s;
    int64_t data = line + 1 + units;
    while (data < head->n_lines && is_passed_over(layout, head->line[data])) data++;
    layout->data_line = data + 1;
    layout->data_byte = data < head->n_lines ? head->line[data].at - head->text : head->n;
    return layout->dialect && layout->dialect->sections && line > 0 ? enter_tables(layout, head, line, err) : PM_OK;
}

pm_status pm_layout_wants_more(const pm_head *head, const pm_text_options *options, bool *more, pm_error *err)
{
    pm_match match = {.line = -1};
    pm_status s = head->whole ? PM_OK : choose(head, options, &match, err);
    const pm_node *marks = match.dialect ? match.dialect->header_after : NULL;
    int64_t n = pm_node_count(marks), header;

    *more = n > 0 && line_after_mark(head, marks, n > 1 ? n - 1 : 1) < 0;
    if (s || *more || head->whole || (s = header_line(head, &match, options, &header, err))) return s;
    *more = head->n_lines < header + 2 + SAMPLE_LEAST; /* header and units */
    return PM_OK;
}

/* What the columns make of the file: records of a test, spectra, cycles, or some table. */
static pm_status decide_content(pm_layout *layout, const pm_text_options *options, pm_error *err)
{
    bool time = pm_layout_column(layout, "test_time_second"), voltage = pm_layout_column(layout, "voltage_volt");
    bool current = pm_layout_column(layout, "current_ampere"), cycle = pm_layout_column(layout, "cycle_count");
    bool capacity =
        pm_layout_column(layout, "charging_capacity_ah") || pm_layout_column(layout, "discharging_capacity_ah");
    const char *content = pm_layout_is_spectra(layout) ? "spectra" : time && voltage ? "records" : NULL;

    if (!content && layout->unreadable[0] && time + voltage + current > 0)
        return pm_fail_at(err, PM_ERR_DATA, pm_at_line(NULL, layout->header_line, NULL),
                          "export plain numbers, without separators of thousands", "%s", layout->unreadable);
    if (!content && ((time && current) || (voltage && current) || options->map))
        return pm_fail_at(err, PM_ERR_COLUMN, pm_at_line(NULL, layout->header_line, NULL),
                          "name it: --map time=LABEL,voltage=LABEL,current=LABEL", "there is no %s column",
                          time ? "voltage" : "time");
    if (!content && layout->dialect && !(cycle && capacity))
        return pm_fail_at(err, PM_ERR_DATA, pm_at_line(NULL, layout->header_line, NULL),
                          "the export was cut, or name the columns: --map time=LABEL,voltage=LABEL,current=LABEL",
                          "bears the marks of %s, but nothing names time and voltage", layout->dialect->title);
    if (!content) content = cycle && capacity ? "cycles" : "table";
    snprintf(layout->guess.content, sizeof layout->guess.content, "%s", content);
    return PM_OK;
}

/* "line 3 names test_time_second ('Time (h)'), voltage_volt ('U')" */
static void reason_of_columns(pm_layout *layout)
{
    pm_guess *g = &layout->guess;
    int n = snprintf(g->reason, sizeof g->reason, "line %lld names", (long long)layout->header_line), named = 0;

    for (int i = 0; i < layout->n_columns && named < 4 && n < (int)sizeof g->reason; i++) {
        const pm_text_column *c = &layout->column[i];
        n += snprintf(g->reason + n, sizeof g->reason - (size_t)n, "%s '%s'", named++ ? "," : "", c->source_name);
    }
    if (n < (int)sizeof g->reason) snprintf(g->reason + n, sizeof g->reason - (size_t)n, "; no instrument's marks");
}

static void name_format(pm_layout *layout, const pm_match *match)
{
    pm_guess *g = &layout->guess;
    bool table = strcmp(g->content, "table") == 0 || strcmp(g->content, "cycles") == 0;

    snprintf(g->format, sizeof g->format, "%s", layout->dialect ? layout->dialect->id : table ? "table" : "csv");
    snprintf(g->title, sizeof g->title, "%s", layout->dialect ? layout->dialect->title : "delimited text");
    g->score = match->score ? match->score : 30;
    if (layout->bare)
        snprintf(g->reason, sizeof g->reason,
                 "no header; three columns of numbers, the first evenly spaced in its logarithm: a spectrum");
    else if (match->reason[0])
        snprintf(g->reason, sizeof g->reason, "%s", match->reason);
    else
        reason_of_columns(layout);
}

/* Columns that nobody asked for are not read; only now, for they helped to tell what the file is. */
static void drop_unwanted(pm_layout *layout)
{
    int kept = 0, sign_column = -1;

    for (int i = 0; i < layout->n_columns; i++) {
        if (!layout->column[i].wanted) continue;
        if (i == layout->sign_column) sign_column = kept;
        if (layout->column[i].derived == PM_DERIVED_SPECTRUM) layout->spectrum_column = kept;
        if (layout->column[i].derived == PM_DERIVED_TABLE) layout->table_column = kept;
        layout->column[kept++] = layout->column[i];
    }
    layout->n_columns = kept;
    layout->sign_column = sign_column;
    for (int i = 0; i < kept; i++) { /* the descriptions point into their own columns, which have moved */
        pm_text_column *c = &layout->column[i];
        c->source.name = c->name;
        c->source.source_name = c->source_name;
        c->source.source_unit = c->source_unit;
        c->source.clock = c->clock_name;
    }
}

pm_status pm_layout_find(const pm_head *head, const pm_text_options *options, pm_layout *layout, pm_error *err)
{
    pm_match match;
    pm_status s;

    *layout = (pm_layout){.delimiter = ',',
                          .decimal = '.',
                          .sign_field = -1,
                          .sign_column = -1,
                          .rows_declared = -1,
                          .spectrum_column = -1,
                          .table_column = -1};
    if ((s = choose(head, options, &match, err))) return s;
    layout->dialect = match.dialect;
    if (layout->dialect && layout->dialect->content[0]) {
        snprintf(layout->guess.content, sizeof layout->guess.content, "%s", layout->dialect->content);
        if (strcmp(layout->dialect->content, "records") != 0 && !layout->dialect->columns) {
            name_format(layout, &match);
            return pm_layout_preamble(layout, head, head->n_lines, err);
        }
    }
    if ((s = find_header(layout, head, &match, options, err))) return s;
    if ((s = pm_layout_preamble(layout, head, layout->header_line - 1, err))) return s;
    if ((s = pm_layout_columns(layout, head, options, err))) return s;
    if ((s = decide_content(layout, options, err))) return s;
    name_format(layout, &match);
    pm_layout_derive(layout, options->columns);
    drop_unwanted(layout);
    return PM_OK;
}
