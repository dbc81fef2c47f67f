/* SPDX-License-Identifier: MIT */
/* The features that decided a verdict: what they are in this cell, against the training range. */
#include <math.h>
#include <string.h>

#include "bars.h"
#include "fate.h"
#include "words.h"

/* The weightiest; `premortem explain` prints all. */
enum { SHOWN = 6 };

static const pm_feature *in_catalogue(const char *name)
{
    int n;
    const pm_feature *all = pm_feature_catalogue(&n);
    for (int i = 0; i < n; i++)
        if (strcmp(all[i].name, name) == 0) return &all[i];
    return NULL;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool cut_end(char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    if (n < m || strcmp(text + n - m, end) != 0) return false;
    text[n - m] = 0;
    return true;
}

/* "plateau_overpotential_last_volt" is "Plateau overpotential, cycle 2". */
static void write_name(pm_out *out, const char *name, int cycles)
{
    char text[128];
    snprintf(text, sizeof text, "%s", name);
    if (!cut_end(text, "_volt")) cut_end(text, "_ah");
    bool first = cut_end(text, "_first"), last = !first && cut_end(text, "_last");
    bool ratio = cut_end(text, "_ratio"), change = !ratio && cut_end(text, "_change");
    for (char *c = text; *c; c++)
        if (*c == '_') *c = ' ';
    if (*text >= 'a' && *text <= 'z') *text = (char)(*text - 'a' + 'A');
    pm_out_html(out, text);
    if (first) pm_out_text(out, ", cycle\u00a01");
    if (last) pm_out_text(out, ", cycle\u00a0%d", cycles);
    if (ratio) pm_out_text(out, ", cycle\u00a0%d\u00a0/\u00a0cycle\u00a01", cycles);
    if (change) pm_out_text(out, ", cycle\u00a0%d\u00a0\u2212\u00a0cycle\u00a01", cycles);
}

/* What it means and how it is computed, without the cycle that the name tells already. */
static void write_meaning(pm_out *out, const pm_feature *f)
{
    char text[160];
    const char *comma = strrchr(f->meaning, ',');
    snprintf(text, sizeof text, "%.*s", (int)(comma ? comma - f->meaning : (long)strlen(f->meaning)), f->meaning);
    pm_out_text(out, "<small>");
    pm_out_html(out, text);
    pm_out_text(out, " (");
    pm_out_html(out, f->formula);
    pm_out_text(out, ")</small>");
}

/* Millivolts, milliampere-hours and per cent, as they are spoken of. */
static scale scale_of(const char *name, const char *unit, double largest)
{
    bool ratio = strstr(name, "_ratio") != NULL, change = strstr(name, "_change") != NULL;
    if (strcmp(unit, "V") == 0) return largest < 1 ? (scale){1000, "mV"} : (scale){1, "V"};
    if (strcmp(unit, "Ah") == 0) return words_capacity(largest, 0);
    if (strcmp(unit, "1") != 0) return (scale){1, unit};
    bool efficiency = begins(name, "coulombic_efficiency") || begins(name, "energy_efficiency");
    if (efficiency && !ratio) return change ? (scale){100, "% points"} : (scale){100, "%"};
    return (scale){1, ""};
}

typedef struct feature {
    const char *name, *unit;
    double value, contribution, percentile, low, high;
    bool outside;
} feature;

static feature feature_at(const pm_table *why, int64_t row)
{
    const char *unit = pm_column_word(pm_table_find(why, "unit"), row);
    return (feature){.name = pm_column_word(pm_table_find(why, "feature"), row),
                     .unit = unit ? unit : "1",
                     .value = pm_table_real(why, "value", row),
                     .contribution = pm_table_real(why, "contribution", row),
                     .percentile = pm_table_real(why, "training_percentile", row),
                     .low = pm_table_real(why, "training_low", row),
                     .high = pm_table_real(why, "training_high", row),
                     .outside = pm_table_real(why, "outside", row) == 1};
}

static void write_value(pm_out *out, const feature *f, scale unit)
{
    words_text text;
    if (isnan(f->value)) {
        pm_out_text(out, "not measured");
        return;
    }
    pm_out_text(out, "%s%s", words_digits(f->value * unit.factor, 3, text), unit.unit[0] ? "\u00a0" : "");
    pm_out_html(out, unit.unit);
}

static void write_row(pm_out *out, const feature *f, int cycles, double largest)
{
    const pm_feature *known = in_catalogue(f->name);
    scale unit = scale_of(f->name, f->unit, fmax(fabs(f->value), fmax(fabs(f->low), fabs(f->high))));
    words_text low, high;

    pm_out_text(out, "<tr><th scope=\"row\">");
    if (known) {
        write_name(out, f->name, cycles);
        write_meaning(out, known);
    } else {
        pm_out_html(out, f->name);
    }
    pm_out_text(out, "</th><td class=\"number\">");
    write_value(out, f, unit);
    pm_out_text(out, "</td><td class=\"range\">");
    bar_place(out, f->low, f->high, f->value);
    pm_out_text(out, "<span><small>%s</small><small>%s</small></span>", words_digits(f->low * unit.factor, 3, low),
                words_digits(f->high * unit.factor, 3, high));
    if (f->outside) pm_out_text(out, "<span class=\"badge warning\">\u25b2\u00a0outside</span>");
    pm_out_text(out, "</td><td class=\"number\">%s</td>", words_fixed(f->percentile, 0, low));
    pm_out_text(out, "<td class=\"number share\">%s%s", f->contribution > 0 ? "+" : "",
                words_digits(f->contribution, 2, low));
    bar_signed(out, f->contribution, largest);
    pm_out_text(out, "</td></tr>\n");
}

static void write_caption(pm_out *out, const pm_report_fate *fate, int64_t shown, const char *class)
{
    const char *of = pm_table_meta(fate->why, "contribution_to");
    pm_out_text(out,
                "<p class=\"legend\">The %lld weightiest of %lld features; <code>premortem explain</code> prints all. "
                "Range: the least and the most in training, with this cell\u2019s place. Percentile: among the "
                "training cells. Contribution: Shapley value",
                (long long)shown, (long long)pm_table_rows(fate->why));
    if (of) {
        pm_out_text(out, ", in ");
        pm_out_html(out, of);
    }
    if (class) {
        pm_out_text(out, "; above zero it speaks for ");
        pm_out_html(out, class_title(class));
        pm_out_text(out, ", below against it");
    }
    pm_out_text(out, ".</p>\n");
}

void write_features(pm_out *out, const pm_report_fate *fate)
{
    const char *class = pm_table_meta(fate->why, "class");
    int64_t n = pm_table_rows(fate->why), shown = n < SHOWN ? n : SHOWN;
    double largest = n ? fabs(feature_at(fate->why, 0).contribution) : 0;

    pm_out_text(out, "<h4>Features that decided</h4>\n<div class=\"scroll\"><table class=\"why\"><thead><tr>"
                     "<th scope=\"col\">Feature</th><th scope=\"col\" class=\"number\">Value</th>"
                     "<th scope=\"col\">Training range</th><th scope=\"col\" class=\"number\">Percentile</th>"
                     "<th scope=\"col\" class=\"number\">Contribution</th></tr></thead><tbody>\n");
    for (int64_t i = 0; i < shown; i++) {
        feature f = feature_at(fate->why, i);
        write_row(out, &f, fate->cycles, largest);
    }
    pm_out_text(out, "</tbody></table></div>\n");
    write_caption(out, fate, shown, class);
}
