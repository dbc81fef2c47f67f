/* SPDX-License-Identifier: MIT */
/* A design: tiles, parts, what the reviews say of such cells, what was assumed. */
#include <math.h>
#include <string.h>

#include "bars.h"
#include "paper.h"
#include "words.h"

/* ---- numbers ------------------------------------------------------------------------------------------------ */

const char *paper_number(double value, const char *unit, const char *shown, char text[PAPER_TEXT])
{
    pm_unit from, to;
    words_text digits;
    if (*unit && *shown && !pm_unit_parse(unit, &from, NULL) && !pm_unit_parse(shown, &to, NULL))
        (void)!pm_unit_convert(from, to, 1, &value, NULL);
    snprintf(text, PAPER_TEXT, "%s",
             isnan(value)          ? "not told"
             : isinf(value)        ? "no end"
             : fabs(value) >= 1000 ? words_fixed(value, 0, digits)
                                   : words_short(value, 4, digits));
    return text;
}

const char *paper_value(double value, const char *unit, const char *shown, char text[PAPER_TEXT])
{
    paper_number(value, unit, shown, text);
    size_t n = strlen(text);
    if (isfinite(value) && *shown && strcmp(shown, "1")) snprintf(text + n, PAPER_TEXT - n, "\u00a0%s", shown);
    return text;
}

/* ---- tiles -------------------------------------------------------------------------------------------------- */

static void tile(pm_out *out, const char *name, const char *value, const char *below)
{
    pm_out_text(out, "<div><dt>%s</dt><dd>", name);
    pm_out_html(out, value);
    pm_out_text(out, "</dd><dd class=\"below\">");
    pm_out_html(out, below);
    pm_out_text(out, "</dd></div>\n");
}

/* With stage 4, "in all"; "143 to 187: 90 %" of what the deviations come to. */
static void below_life(const pm_design_result *r, const pm_design_spread *spread, char below[128])
{
    words_text low, high, total;
    size_t n = (size_t)snprintf(below, 128, "predicted; ended by: %s; in all %s (%s)", pm_limit_name(r->limit),
                                isfinite(r->cycle_life_total) ? words_fixed(r->cycle_life_total, 0, total) : "no end",
                                pm_limit_name(r->limit_total));
    if (spread && !isnan(spread->cycle_life_low))
        snprintf(below + n, 128 - n, "; %s to %s for 90\u00a0%% of such cells",
                 words_fixed(spread->cycle_life_low, 0, low), words_fixed(spread->cycle_life_high, 0, high));
}

static void write_tiles(pm_out *out, const pm_design_result *r, const pm_report_design *of)
{
    const pm_design *d = of->design;
    const char *close = pm_design_class_close(r);
    char class[64], text[PAPER_TEXT], below[128] = "needs the efficiency of lithium (lithium_efficiency)";
    pm_out_text(out, "<dl class=\"tiles\">\n");
    tile(out, "Specific energy", paper_value(r->specific_energy_Wh_per_kg, "Wh/kg", "Wh/kg", text), "of the cell");
    snprintf(class, sizeof class, "just below %s", close ? close : "");
    tile(out, "Class", pm_design_class(r), close ? class : "by specific energy (Deng et al.)");
    tile(out, "Energy density", paper_value(r->energy_density_Wh_per_L, "Wh/L", "Wh/L", text), "as assembled");
    tile(out, "Capacity", paper_value(r->capacity_Ah, "Ah", "Ah", text), "that discharges");
    paper_value(r->n_to_p, "1", "1", text);
    if (of->spread) {
        words_text deviation;
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, " \u00b1 %s",
                 words_digits(of->spread->n_to_p_foil.deviation, 2, deviation));
    }
    tile(out, "N/P", text,
         d->n_to_p_convention == PM_N_TO_P_FOIL ? "N is the foil alone" : "N is foil and what the cathode gives");
    if (!isnan(r->cycle_life)) below_life(r, of->spread, below);
    tile(out, "Cycle life",
         isfinite(r->cycle_life) ? words_fixed(r->cycle_life, 0, text) : paper_value(r->cycle_life, "1", "1", text),
         below);
    pm_out_text(out, "</dl>\n");
}

/* ---- tables ------------------------------------------------------------------------------------------------- */

static void open_table(pm_out *out, const char *name, const char *class, int n, const char *const columns[],
                       const bool numbers[])
{
    pm_out_text(out,
                "<h3>%s</h3>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table "
                "class=\"%s\"><thead><tr>",
                name, name, class);
    for (int i = 0; i < n; i++)
        pm_out_text(out, "<th scope=\"col\"%s>%s</th>", numbers[i] ? " class=\"number\"" : "", columns[i]);
    pm_out_text(out, "</tr></thead><tbody>\n");
}

static const char *part_number(double value, char text[PAPER_TEXT])
{
    return isnan(value) ? "\u2013" : paper_number(value, "", "", text);
}

static void write_parts(pm_out *out, const pm_design_result *r)
{
    static const char *const columns[] = {
        "Part", "Mass / g", "Share / %", "", "Thickness / \u00b5m", "Volume / cm\u00b3"};
    static const bool numbers[] = {false, true, true, false, true, true};
    char text[PAPER_TEXT];
    words_text share;
    open_table(out, "Parts", "parts", 6, columns, numbers);
    for (int i = 0; i < r->parts; i++) {
        const pm_design_part *p = &r->part[i];
        pm_out_text(out, "<tr><th scope=\"row\">");
        pm_out_html(out, p->name);
        pm_out_text(out, "</th><td class=\"number\">%s</td><td class=\"number\">%s</td><td class=\"room\">",
                    part_number(p->mass_g, text), words_fixed(100 * p->mass_g / r->mass_g, 1, share));
        bar_part(out, p->mass_g / r->mass_g, BAR_FULL);
        pm_out_text(out, "</td><td class=\"number\">%s</td>", part_number(p->thickness_um, text));
        pm_out_text(out, "<td class=\"number\">%s</td></tr>\n", part_number(p->volume_cm3, text));
    }
    pm_out_text(out, "</tbody></table></div>\n");
}

static void write_check(pm_out *out, const pm_design_check *c)
{
    static const char *const signs[] = {"\u2713", "\u00d7", "\u25cb"};
    static const char *const badges[] = {"none", "error", "note"};
    char text[PAPER_TEXT];
    pm_out_text(out, "<tr><td><span class=\"badge %s\">%s\u00a0%s</span></td><td class=\"why\">", badges[c->met],
                signs[c->met], pm_design_met_name(c->met));
    pm_out_html(out, c->rule);
    pm_out_text(out, "%s <span class=\"hint\">[", c->class_rule ? " <b>(of the class)</b>" : "");
    pm_out_html(out, c->source);
    pm_out_text(out, "]</span></td><td>");
    pm_out_html(out, c->word ? c->word : paper_value(c->value, c->unit, c->shown, text));
    pm_out_text(out, "</td></tr>\n");
}

static void write_checks(pm_out *out, const pm_report_design *d)
{
    static const char *const columns[] = {"Met?", "What the reviews say of such cells", "Here"};
    static const bool numbers[] = {false, false, false};
    if (!d->n_checks) return;
    open_table(out, "Class and bounds", "checks", 3, columns, numbers);
    for (int i = 0; i < d->n_checks; i++) write_check(out, &d->checks[i]);
    pm_out_text(
        out, "</tbody></table></div>\n<p class=\"legend\">S1: Deng et al., Nat. Rev. Chem. 2026; S2: Guo et al., ACS "
             "Energy Lett 2025.</p>\n");
}

static void write_outputs(pm_out *out, const pm_design_result *r)
{
    int n;
    const pm_design_output *all = pm_design_outputs(&n);
    pm_out_text(out, "<details><summary>All numbers</summary>\n<dl class=\"facts\">\n");
    for (int i = 0; i < n; i++) {
        double value = pm_design_read(r, &all[i]);
        char text[PAPER_TEXT];
        if (isnan(value)) continue;
        pm_out_text(out, "<div><dt>%s</dt><dd>%s <span class=\"hint\">", all[i].key,
                    paper_value(value, all[i].unit, all[i].shown, text));
        pm_out_html(out, all[i].meaning);
        pm_out_text(out, "</span></dd></div>\n");
    }
    pm_out_text(out, "</dl></details>\n");
}

static void write_assumed(pm_out *out, const pm_report_design *d)
{
    int n;
    const pm_design_input *all = pm_design_inputs(&n);
    const char *gap = "<p class=\"legend\"><b>Assumed, for the deck does not say:</b> ";
    for (int i = 0; i < n; i++) {
        char text[PAPER_TEXT];
        if (!(d->assumed >> i & 1)) continue;
        pm_out_text(out, "%s%s %s", gap, all[i].key,
                    paper_value(pm_design_get(d->design, &all[i]), all[i].unit, all[i].shown, text));
        gap = ", ";
    }
    if (*gap == ',') pm_out_text(out, ".</p>\n");
}

/* ---- the section -------------------------------------------------------------------------------------------- */

static void write_notes(pm_out *out, const pm_report_design *d)
{
    if (!d->n_notes) return;
    pm_out_text(out, "<ul class=\"basis\">\n");
    for (int i = 0; i < d->n_notes; i++) {
        pm_out_text(out, "<li>");
        pm_out_html(out, d->notes[i]);
        pm_out_text(out, "</li>\n");
    }
    pm_out_text(out, "</ul>\n");
}

static void write_head(pm_out *out, const char *id, const pm_report_design *d)
{
    static const char *const keys[] = {"form", "electrolyte", "cathode", "anode"};
    const char *slash = strrchr(d->path, '/');
    pm_out_text(out,
                "<section class=\"cell\" id=\"%s\" aria-labelledby=\"%s-name\">\n<h2 id=\"%s-name\">On paper: ", id, id,
                id);
    pm_out_html(out, slash && slash[1] ? slash + 1 : d->path);
    pm_out_text(out, "</h2>\n<p class=\"lead\">");
    for (int i = 0; i < 4; i++) {
        pm_out_text(out, "%s", i ? " \u00b7 " : "");
        pm_out_html(out, pm_design_choice(d->design, keys[i]));
    }
    pm_out_text(out, "</p>\n");
}

pm_status write_design(pm_out *out, const char *id, const pm_report_design *d, pm_error *err)
{
    pm_status s;
    write_head(out, id, d);
    write_tiles(out, d->result, d);
    write_notes(out, d);
    write_parts(out, d->result);
    if ((s = write_loading(out, id, d, err))) return s;
    if ((s = write_front(out, id, d, err))) return s;
    write_checks(out, d);
    write_stresses(out, d);
    write_outputs(out, d->result);
    write_assumed(out, d);
    pm_out_text(out, "</section>\n");
    return PM_OK;
}
