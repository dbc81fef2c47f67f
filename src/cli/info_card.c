/* SPDX-License-Identifier: MIT */
#include "cli/info.h"

#include <math.h>
#include <string.h>
#include <time.h>

enum { META_SHOWN = 12, META_WIDTH = 90 };

static void label(pm_out *to, const char *text)
{
    pm_out_text(to, "  %-10s ", text);
}

static const char *content_words(const char *content)
{
    static const char *const words[][2] = {
        {"records", "records of a test"},
        {"cycles", "one row per cycle, computed by the instrument"},
        {"spectra", "impedance spectra"},
        {"settings", "settings of a test, no records"},
        {"index", "index of loops or files, no records"},
        {"table", "a table, no records of a test"},
        {"log", "log of an instrument, no records"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i][0], content)) return words[i][1];
    return content;
}

static void bytes_words(int64_t bytes, char text[32])
{
    if (bytes < 1000)
        snprintf(text, 32, "%lld bytes", (long long)bytes);
    else if (bytes < 1000000)
        snprintf(text, 32, "%.1f kB", (double)bytes / 1e3);
    else
        snprintf(text, 32, "%.1f MB", (double)bytes / 1e6);
}

static const char *delimiter_word(const char *delimiter)
{
    if (!strcmp(delimiter, ",")) return "comma";
    if (!strcmp(delimiter, ";")) return "semicolon";
    if (!strcmp(delimiter, "|")) return "bar";
    return delimiter;
}

static void what_it_is(pm_out *to, const pm_facts *f)
{
    char size[32];
    bytes_words(f->bytes, size);
    label(to, "what");
    pm_out_text(to, "%s\n", content_words(f->format.content));
    label(to, "format");
    cli_plain(to, f->format.title);
    pm_out_text(to, " (%s): ", f->format.format);
    cli_plain(to, f->format.reason);
    pm_out_text(to, "\n");
    label(to, *f->encoding ? "text" : "file");
    if (*f->packing) pm_out_text(to, "%s, ", f->packing);
    if (*f->encoding)
        pm_out_text(to, "%s%s%s%s", f->encoding, *f->delimiter ? ", between columns: " : "",
                    delimiter_word(f->delimiter), f->decimal == ',' ? ", decimal comma, " : ", ");
    pm_out_text(to, "%s\n", size);
}

static void rows_and_span(pm_out *to, const cli_analysis *a)
{
    char rows[32], span[32];
    const cli_profile *p = &a->profile;
    double span_s = p->time_last_s - p->time_first_s;
    cli_grouped(a->rows, rows);
    label(to, "rows");
    pm_out_text(to, "%s", rows);
    if (!isnan(span_s)) {
        cli_duration(span_s, span);
        pm_out_text(to, " over %s (%.9g to %.9g s)", span, p->time_first_s, p->time_last_s);
    }
    pm_out_text(to, "\n");
}

static void start(pm_out *to, const cli_analysis *a)
{
    double unix_s = a->profile.unix_start_s;
    struct tm t;
    char text[64];
    const char *zone = pm_table_meta(a->facts->empty, "time_zone");
    if (!(fabs(unix_s) < 1e11)) return;
    time_t second = (time_t)floor(unix_s);
    if (!gmtime_r(&second, &t) || !strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &t)) return;
    label(to, "start");
    pm_out_text(to, "%s", text);
    bool stated = zone && strcmp(zone, "unknown") != 0;
    pm_out_text(to, stated ? ", " : " by the file's clock, time zone not stated");
    if (stated) cli_plain(to, zone);
    pm_out_text(to, "\n");
}

static void range(pm_out *to, const char *name, double low, double high, const char *unit)
{
    if (isnan(low)) return;
    label(to, name);
    pm_out_text(to, "%.6g to %.6g %s\n", low, high, unit);
}

static void spectra(pm_out *to, const cli_profile *p)
{
    if (isnan(p->spectra)) return;
    label(to, "spectra");
    pm_out_text(to, "%.0f, from %.6g to %.6g Hz\n", p->spectra, p->frequency_min_Hz, p->frequency_max_Hz);
}

static void cycling(pm_out *to, const cli_analysis *a)
{
    const pm_cycle_summary *s = &a->summary;
    if (!a->cycler) return;
    label(to, "cycles");
    pm_out_text(to, "%lld complete, %lld half-cycles (%s)", (long long)s->cycles, (long long)s->half_cycles,
                s->protocol);
    if (a->profile.cycle_count_vendor)
        pm_out_text(to, "; the file counts %lld", (long long)a->profile.cycle_count_vendor);
    pm_out_text(to, "\n");
    if (!a->has_current) {
        label(to, "");
        pm_out_text(to, "no current in the file: directions are the voltage's sign, there are no charges\n");
    }
}

static void told(pm_out *to, const cli_analysis *a)
{
    const pm_cycle_options *o = &a->cycle_options;
    label(to, "cell");
    pm_kind kind = a->cycler ? a->summary.kind : o->kind;
    if (kind)
        pm_out_text(to, "%s (%s)", pm_kind_name(kind), cli_kind_source(a));
    else
        pm_out_text(to, "of unknown kind");
    if (o->area_cm2 > 0) pm_out_text(to, ", %.6g cm2", o->area_cm2);
    if (o->mass_g > 0) pm_out_text(to, ", %.6g g", o->mass_g);
    if (*a->cell.source) pm_out_text(to, ", from ");
    cli_plain(to, a->cell.source);
    if (!o->kind) pm_out_text(to, "; say --kind K, or write NAME.cell.yaml beside the file");
    pm_out_text(to, "\n");
}

static void counter(pm_out *to, const cli_analysis *a)
{
    if (!strcmp(a->counter, "none") || (a->cycler && !a->summary.half_cycles)) return; /* nothing has moved them */
    label(to, "capacity");
    if (!strcmp(a->counter, "never"))
        pm_out_text(to, "the file's counters are never reset\n");
    else
        pm_out_text(to, "the file's counters start anew with each %s\n", a->counter);
}

static void padded(pm_out *to, const char *text, int width)
{
    int n = (int)strlen(text);
    cli_plain(to, text);
    pm_out_text(to, "%*s", n < width ? width + 1 - n : 1, "");
}

static void columns(pm_out *to, const cli_analysis *a)
{
    const pm_table *table = a->facts->empty;
    for (int i = 0; i < pm_table_columns(table); i++) {
        const pm_column *column = pm_table_column(table, i);
        const pm_source_column *source = pm_reader_column(a->reader, i);
        label(to, i ? "" : "columns");
        padded(to, column->name, 30);
        padded(to, column->type == PM_STRING ? "words" : column->unit, 5);
        if (source && *source->source_name) pm_out_text(to, "from '");
        cli_plain(to, source ? source->source_name : "");
        pm_out_text(to, source && *source->source_name ? "'" : "derived");
        if (source && source->unit_assumed) pm_out_text(to, ", unit assumed");
        if (source && source->sign_assumed) pm_out_text(to, ", sign assumed");
        if (i < PROFILE_COLUMNS && a->profile.missing[i])
            pm_out_text(to, ", %lld missing", (long long)a->profile.missing[i]);
        pm_out_text(to, "\n");
    }
}

/* At most so many bytes of a text, cut between characters, its line ends as they are escaped. */
static void clipped(pm_out *to, const char *text)
{
    char cut[META_WIDTH + 1];
    size_t n = strlen(text);
    bool whole = n <= META_WIDTH;
    if (!whole) n = META_WIDTH;
    while (!whole && n && ((unsigned char)text[n] & 0xc0) == 0x80) n--;
    memcpy(cut, text, n);
    cut[n] = 0;
    cli_plain(to, cut);
    if (!whole) pm_out_text(to, " ...");
}

static void metadata(pm_out *to, const pm_table *table, bool deep)
{
    int n = pm_table_meta_count(table), most = deep ? n : META_SHOWN;
    for (int i = 0; i < n && i < most; i++) {
        const char *key = NULL, *value = NULL;
        pm_table_meta_at(table, i, &key, &value);
        label(to, i ? "" : "metadata");
        cli_plain(to, key);
        pm_out_text(to, ": ");
        clipped(to, value);
        pm_out_text(to, "\n");
    }
    if (n > most) pm_out_text(to, "  %-10s and %d more: --deep shows them\n", "", n - most);
}

static void findings(pm_out *to, const pm_table *table)
{
    const pm_column *code = pm_table_find(table, "code"), *severity = pm_table_find(table, "severity");
    const pm_column *message = pm_table_find(table, "message"), *hint = pm_table_find(table, "hint");
    int64_t n = pm_table_rows(table);
    if (!n) {
        label(to, "findings");
        pm_out_text(to, "none\n");
    }
    for (int64_t i = 0; i < n; i++) {
        label(to, i ? "" : "findings");
        pm_out_text(to, "%-7s %s: ", pm_column_word(severity, i), pm_column_word(code, i));
        cli_plain(to, pm_column_word(message, i));
        const char *advice = pm_column_word(hint, i);
        if (advice && *advice) {
            pm_out_text(to, " (");
            cli_plain(to, advice);
            pm_out_text(to, ")");
        }
        pm_out_text(to, "\n");
    }
}

void cli_info_card(pm_out *to, const char *path, const cli_analysis *a, bool deep)
{
    const cli_profile *p = &a->profile;
    cli_plain(to, path);
    pm_out_text(to, "\n");
    what_it_is(to, a->facts);
    if (a->rows) rows_and_span(to, a);
    start(to, a);
    range(to, "voltage", p->voltage_min_V, p->voltage_max_V, "V");
    range(to, "current", p->current_min_A, p->current_max_A, "A");
    spectra(to, p);
    cycling(to, a);
    if (!strcmp(a->facts->format.content, "records")) {
        told(to, a);
        counter(to, a);
    }
    columns(to, a);
    metadata(to, a->facts->empty, deep);
    findings(to, a->findings);
}

void cli_info_line(pm_out *to, const char *path, const cli_analysis *a)
{
    char rows[32], span[32] = "-", cycles[48] = "-";
    const pm_column *code = pm_table_find(a->findings, "code"), *severity = pm_table_find(a->findings, "severity");
    double span_s = a->profile.time_last_s - a->profile.time_first_s;
    cli_grouped(a->rows, rows);
    if (!isnan(span_s)) cli_duration(span_s, span);
    if (a->cycler) snprintf(cycles, sizeof cycles, "%lld cycles", (long long)a->summary.cycles);
    cli_plain(to, path);
    pm_out_text(to, "  %s  %s  %s rows  %s  %s  ", a->facts->format.content, a->facts->format.format, rows, span,
                cycles);
    if (pm_table_rows(a->findings))
        pm_out_text(to, "%s %s\n", pm_column_word(severity, 0), pm_column_word(code, 0));
    else
        pm_out_text(to, "no findings\n");
}
