/* SPDX-License-Identifier: MIT */
/* A design for scripts and for people. */
#include "cli/design_args.h"

#include <math.h>
#include <string.h>

static const char *const words[] = {"form",    "electrolyte", "cathode",          "anode",
                                    "solvent", "particles",   "n_to_p_convention"};
enum { WORDS = sizeof words / sizeof *words };

/* ---- JSON ------------------------------------------------------------------------------------------------------- */

/* Where an input comes from; NULL = it is not there. */
static const char *origin(const cli_design *d, const pm_design_input *all, int i)
{
    if (isnan(pm_design_get(&d->filled, &all[i]))) return NULL;
    if (d->assumed >> i & 1) return "assumed";
    if (isnan(pm_design_get(&d->told, &all[i]))) return "derived";
    return d->solved == &all[i] ? "solved" : "told";
}

static void inputs_json(const cli_design *d, pm_json *json)
{
    int n;
    const pm_design_input *all = pm_design_inputs(&n);
    pm_json_object(json, "inputs");
    for (int k = 0; k < WORDS; k++) pm_json_text(json, words[k], pm_design_choice(&d->told, words[k]));
    for (int i = 0; i < n; i++) {
        const char *source = origin(d, all, i);
        if (!source) continue;
        pm_json_flat_object(json, all[i].name);
        pm_json_real(json, "value", pm_design_get(&d->filled, &all[i]));
        pm_json_text(json, "unit", all[i].unit);
        pm_json_text(json, "source", source);
        double deviation = pm_design_deviation(&d->told, &all[i]);
        if (deviation > 0 && !strcmp(source, "told")) pm_json_real(json, "deviation", deviation);
        pm_json_end(json);
    }
    pm_json_end(json);
}

static void parts_json(const pm_design_result *r, pm_json *json)
{
    pm_json_array(json, "parts");
    for (int i = 0; i < r->parts; i++) {
        pm_json_flat_object(json, NULL);
        pm_json_text(json, "name", r->part[i].name);
        pm_json_real(json, "mass_gram", r->part[i].mass_g);
        pm_json_real(json, "thickness_um", r->part[i].thickness_um);
        pm_json_real(json, "volume_cm3", r->part[i].volume_cm3);
        pm_json_end(json);
    }
    pm_json_end(json);
}

static void checks_json(const cli_design *d, pm_json *json)
{
    pm_json_text(json, "class", pm_design_class(&d->result));
    pm_json_text(json, "just_below_class", pm_design_class_close(&d->result));
    pm_json_array(json, "rules");
    for (int i = 0; i < d->checks; i++) {
        const pm_design_check *c = &d->check[i];
        pm_json_flat_object(json, NULL);
        pm_json_text(json, "rule", c->rule);
        pm_json_text(json, "met", pm_design_met_name(c->met));
        pm_json_bool(json, "of_class", c->class_rule);
        pm_json_text(json, "quantity", c->quantity);
        pm_json_text(json, "unit", c->unit);
        pm_json_text(json, "word", c->word);
        pm_json_real(json, "value", c->value);
        pm_json_real(json, "low", c->low);
        pm_json_real(json, "high", c->high);
        pm_json_text(json, "source", c->source);
        pm_json_end(json);
    }
    pm_json_end(json);
}

static void solved_json(const cli_design *d, pm_json *json)
{
    if (!d->solved) return;
    pm_json_object(json, "solved");
    pm_json_text(json, "input", d->solved->name);
    pm_json_real(json, "value", pm_design_get(&d->told, d->solved));
    pm_json_text(json, "unit", d->solved->unit);
    pm_json_text(json, "output", d->reached->name);
    pm_json_real(json, "target", d->target);
    pm_json_real(json, "reached", pm_design_read(&d->result, d->reached));
    pm_json_text(json, "target_unit", d->reached->unit);
    pm_json_end(json);
}

static void spread_json(const cli_design *d, pm_json *json)
{
    const pm_design_spread *s = &d->spread;
    if (!d->is_uncertain) return;
    pm_json_object(json, "spread");
    pm_json_real(json, "n_to_p_ratio_foil", s->n_to_p_foil.value);
    pm_json_real(json, "n_to_p_ratio_foil_deviation", s->n_to_p_foil.deviation);
    pm_json_real(json, "cycle_life_low", s->cycle_life_low);
    pm_json_real(json, "cycle_life_high", s->cycle_life_high);
    pm_json_flat_object(json, "limit_probability");
    for (int i = PM_LIMIT_LITHIUM; i <= PM_LIMIT_CATHODE; i++)
        pm_json_real(json, pm_limit_name((pm_limit)i), s->probability[i]);
    pm_json_end(json);
    pm_json_end(json);
}

static void front_json(const cli_design *d, pm_json *json)
{
    pm_json_flat_object(json, "front_of");
    pm_json_whole(json, "designs", d->front.designs);
    pm_json_whole(json, "left_out", d->front.dead);
    pm_json_whole(json, "front", d->front.front);
    pm_json_end(json);
}

void cli_design_json(const cli_design *d, pm_json *json)
{
    int n;
    const pm_design_output *all = pm_design_outputs(&n);
    bool lives = !isnan(d->result.cycle_life);
    inputs_json(d, json);
    for (int i = 0; i < n; i++) pm_json_real(json, all[i].name, pm_design_read(&d->result, &all[i]));
    pm_json_text(json, "limit", lives ? pm_limit_name(d->result.limit) : NULL);
    pm_json_text(json, "limit_total", lives ? pm_limit_name(d->result.limit_total) : NULL);
    pm_json_text(json, "n_to_p_convention", pm_design_choice(&d->told, "n_to_p_convention"));
    parts_json(&d->result, json);
    checks_json(d, json);
    cli_stress_json(&d->stress, json);
    spread_json(d, json);
    solved_json(d, json);
    pm_json_array(json, "notes");
    for (int i = 0; i < d->notes; i++) pm_json_text(json, NULL, d->note[i]);
    pm_json_end(json);
    if (!d->rows) return;
    if (d->is_front) front_json(d, json);
    pm_json_array(json, d->is_front ? "front" : "sweep");
    pm_table_write_json(d->rows, json);
    pm_json_end(json);
}

/* ---- text ------------------------------------------------------------------------------------------------------- */

void cli_shown(double value, const char *unit, const char *shown, char text[CLI_SHOWN])
{
    pm_unit from, to;
    bool pure = !strcmp(shown, "1") || !*shown;
    if (*unit && !pm_unit_parse(unit, &from, NULL) && !pm_unit_parse(shown, &to, NULL))
        (void)!pm_unit_convert(from, to, 1, &value, NULL);
    if (isnan(value))
        snprintf(text, 48, "not told");
    else if (isinf(value))
        snprintf(text, 48, "no end");
    else
        snprintf(text, 48, fabs(value) >= 1000 && fabs(value) < 1e7 ? "%.0f%s%s" : "%.4g%s%s", value, pure ? "" : " ",
                 pure ? "" : shown);
}

static void outputs_text(const pm_design_result *r, pm_out *out)
{
    int n;
    const pm_design_output *all = pm_design_outputs(&n);
    for (int i = 0; i < n; i++) {
        double value = pm_design_read(r, &all[i]);
        char text[CLI_SHOWN];
        if (isnan(value)) continue;
        cli_shown(value, all[i].unit, all[i].shown, text);
        pm_out_text(out, "  %-33s %-16s  %s\n", all[i].key, text, all[i].meaning);
    }
    if (isnan(r->cycle_life)) return;
    pm_out_text(out, "  %-33s %-16s  what ends the life\n", "limit", pm_limit_name(r->limit));
    pm_out_text(out, "  %-33s %-16s  what ends the total\n", "limit_total", pm_limit_name(r->limit_total));
}

static void spread_text(const cli_design *d, pm_out *out)
{
    const pm_design_spread *s = &d->spread;
    char low[CLI_SHOWN], high[CLI_SHOWN], text[2 * CLI_SHOWN + 8];
    if (!d->is_uncertain) return;
    snprintf(text, sizeof text, "%.4g +- %.2g", s->n_to_p_foil.value, s->n_to_p_foil.deviation);
    pm_out_text(out, "  %-33s %-16s  one standard deviation, from foil and loading\n", "n_to_p_foil", text);
    if (isnan(s->cycle_life_low)) return;
    cli_shown(s->cycle_life_low, "1", "1", low);
    cli_shown(s->cycle_life_high, "1", "1", high);
    snprintf(text, sizeof text, "%s to %s", low, high);
    pm_out_text(out, "  %-33s %-16s  90 %% of cells like this one (5 %% and 95 %%)\n", "cycle_life", text);
    pm_out_text(out, "  %-33s", "limit");
    for (int i = PM_LIMIT_LITHIUM; i <= PM_LIMIT_CATHODE; i++)
        pm_out_text(out, " %s %.0f %%%s", pm_limit_name((pm_limit)i), 100 * s->probability[i],
                    i < PM_LIMIT_CATHODE ? "," : "\n");
}

static void parts_text(const pm_design_result *r, pm_out *out)
{
    pm_out_text(out, "\nparts                                       mass        share   thickness   volume\n");
    for (int i = 0; i < r->parts; i++) {
        const pm_design_part *p = &r->part[i];
        char mass[48], share[48], thickness[48] = "-", volume[48] = "-";
        cli_shown(p->mass_g, "g", "g", mass);
        snprintf(share, sizeof share, "%.1f %%", 100 * p->mass_g / r->mass_g);
        if (!isnan(p->thickness_um)) cli_shown(p->thickness_um, "um", "um", thickness);
        if (!isnan(p->volume_cm3)) cli_shown(p->volume_cm3, "cm3", "cm3", volume);
        pm_out_text(out, "  %-40s  %-10s  %-6s  %-10s  %s\n", p->name, mass, share, thickness, volume);
    }
}

static void checks_text(const cli_design *d, pm_out *out)
{
    const char *close = pm_design_class_close(&d->result);
    pm_out_text(out, "\nclass: %s%s%s%s; what the reviews say of such cells (S1 Deng 2026, S2 Guo 2025)\n",
                pm_design_class(&d->result), close ? " (just below " : "", close ? close : "", close ? ")" : "");
    for (int i = 0; i < d->checks; i++) {
        const pm_design_check *c = &d->check[i];
        char value[48];
        cli_shown(c->value, c->unit, c->shown, value);
        pm_out_text(out, "  %-6s  %s: here %s (%s)\n", pm_design_met_name(c->met), c->rule, c->word ? c->word : value,
                    c->source);
    }
}

static void assumed_text(const cli_design *d, pm_out *out)
{
    int n;
    const pm_design_input *all = pm_design_inputs(&n);
    const char *gap = "\nassumed: ";
    for (int i = 0; i < n; i++) {
        char value[48];
        if (!(d->assumed >> i & 1)) continue;
        cli_shown(pm_design_get(&d->filled, &all[i]), all[i].unit, all[i].shown, value);
        pm_out_text(out, "%s%s %s", gap, all[i].key, value);
        gap = ", ";
    }
    if (*gap == ',') pm_out_text(out, "\n");
}

void cli_design_text(const cli_design *d, const char *path, pm_out *out)
{
    cli_plain(out, path);
    for (int k = 0; k < 4; k++) pm_out_text(out, "%s %s", k ? "," : ":", pm_design_choice(&d->told, words[k]));
    pm_out_text(out, "; N/P counts %s\n",
                d->told.n_to_p_convention == PM_N_TO_P_TOTAL ? "all lithium of the charged anode" : "the foil alone");
    if (d->solved) {
        char value[48], target[48];
        cli_shown(pm_design_get(&d->told, d->solved), d->solved->unit, d->solved->shown, value);
        cli_shown(pm_design_read(&d->result, d->reached), d->reached->unit, d->reached->shown, target);
        pm_out_text(out, "solved: %s %s gives %s %s\n", d->solved->key, value, d->reached->key, target);
    }
    pm_out_text(out, "\n");
    outputs_text(&d->result, out);
    spread_text(d, out);
    parts_text(&d->result, out);
    checks_text(d, out);
    cli_stress_text(&d->stress, pm_design_in_graph(&d->filled), out);
    assumed_text(d, out);
}
