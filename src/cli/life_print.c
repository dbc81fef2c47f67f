/* SPDX-License-Identifier: MIT */
#include "cli/life.h"

#include <math.h>
#include <string.h>

/* ---- rows of cells ------------------------------------------------------------------------------------------ */

typedef struct cell_row {
    const char *path, *cell_id, *kind, *limit, *convention, *told[PM_STAGES + 1], *evidence[PM_STAGES + 1], *unknowns,
        *notes;
    int64_t cycles, missing;
    double stage, stage_least;
    pm_estimate electrolyte_end;
    pm_stages s;
    double n_to_p;
} cell_row;

#define FIELD(name, type, unit, member, meaning)                                                                       \
    {                                                                                                                  \
        name, type, unit, offsetof(cell_row, member), meaning                                                          \
    }
#define STAGE(n)                                                                                                       \
    FIELD("stage" #n, PM_STRING, "", told[n], "whether it has begun"),                                                 \
        FIELD("stage" #n "_cycle_count", PM_DOUBLE, "1", s.start[n].cycle, "its first cycle"),                         \
        FIELD("stage" #n "_cycle_count_low", PM_DOUBLE, "1", s.start[n].low, "90 % interval"),                         \
        FIELD("stage" #n "_cycle_count_high", PM_DOUBLE, "1", s.start[n].high, "90 % interval"),                       \
        FIELD("stage" #n "_probability", PM_DOUBLE, "1", s.start[n].probability, "that it has begun")
#define ESTIMATE(name, unit, member, meaning)                                                                          \
    FIELD(name, PM_DOUBLE, unit, s.member.value, meaning), FIELD(name "_low", PM_DOUBLE, unit, s.member.low, "90 %"),  \
        FIELD(name "_high", PM_DOUBLE, unit, s.member.high, "90 %")
static const pm_field cell_fields[] = {
    FIELD("path", PM_STRING, "", path, "of the file"),
    FIELD("cell_id", PM_STRING, "", cell_id, "of the sidecar, else the file's name"),
    FIELD("kind", PM_STRING, "", kind, "of cell"),
    FIELD("cycles", PM_INT64, "1", cycles, "complete cycles"),
    FIELD("stage", PM_DOUBLE, "1", stage, "the one it is in; missing where a later one cannot be told"),
    STAGE(2),
    STAGE(3),
    STAGE(4),
    FIELD("limit", PM_STRING, "", limit, "what took the capacity"),
    ESTIMATE("coulombic_efficiency_lithium_mean", "1", coulombic_efficiency_lithium_mean, "up to stage 4"),
    ESTIMATE("hidden_lithium_ah", "Ah", hidden_lithium_Ah, "lost unseen"),
    ESTIMATE("normalised_cycle_life", "1", normalised_cycle_life, "cycles over N/P"),
    FIELD("n_to_p_ratio", PM_DOUBLE, "1", n_to_p, "as told"),
    FIELD("n_to_p_convention", PM_STRING, "", convention, "foil, total"),
    FIELD("step", PM_DOUBLE, "1", s.step, "fall of the Coulombic efficiency"),
    FIELD("noise", PM_DOUBLE, "1", s.noise, "of the Coulombic efficiency"),
    FIELD("step_expected", PM_DOUBLE, "1", s.step_expected, "were the foil used up now"),
    FIELD("cycle_life_electrolyte", PM_DOUBLE, "1", electrolyte_end.value, "until it is dry, by E/C as told"),
    FIELD("cycle_life_electrolyte_low", PM_DOUBLE, "1", electrolyte_end.low, "90 %"),
    FIELD("cycle_life_electrolyte_high", PM_DOUBLE, "1", electrolyte_end.high, "90 %"),
    FIELD("stage_least", PM_DOUBLE, "1", stage_least, "in this one or a later one"),
    FIELD("cycles_missing", PM_INT64, "1", missing, "up to the last"),
    FIELD("cannot_know", PM_STRING, "", unknowns, "what these data do not tell"),
    FIELD("notes", PM_STRING, "", notes, "what is odd about them"),
};

static void join(const char *const texts[], char *out, size_t room)
{
    size_t at = 0;

    *out = 0;
    for (int i = 0; texts[i] && at < room; i++)
        at += (size_t)snprintf(out + at, room - at, "%s%s", i ? "; " : "", texts[i]);
}

static void join_notes(const cli_life *l, char *out, size_t room)
{
    const char *texts[CLI_LIFE_NOTES + 1] = {NULL};

    for (int i = 0; i < CLI_LIFE_NOTES && l->notes[i][0]; i++) texts[i] = l->notes[i];
    join(texts, out, room);
}

/* Never is missing. */
static double finite_or_missing(double x)
{
    return isfinite(x) ? x : NAN;
}

static pm_estimate finite_estimate(const pm_estimate *e)
{
    return (pm_estimate){finite_or_missing(e->value), finite_or_missing(e->low), finite_or_missing(e->high)};
}

static double stage_known(const pm_stages *s)
{
    return s->stage_known ? (double)s->stage : (double)NAN;
}

static void add_cell(pm_builder *rows, const char *path, const cli_life *l)
{
    char unknowns[1024], notes[CLI_LIFE_NOTES * PM_STAGE_NOTE];
    bool has_ratio = !isnan(l->n_to_p.ratio.value);
    cell_row r = {.path = path,
                  .cell_id = l->cell_id,
                  .kind = l->kind,
                  .limit = pm_limit_name(l->stages.limit),
                  .convention = has_ratio ? pm_n_to_p_convention_name(l->n_to_p.convention) : NULL,
                  .unknowns = unknowns,
                  .notes = notes,
                  .stage = stage_known(&l->stages),
                  .stage_least = l->stages.stage,
                  .cycles = l->stages.cycles,
                  .missing = l->stages.missing,
                  .electrolyte_end = finite_estimate(&l->electrolyte_end),
                  .s = l->stages,
                  .n_to_p = l->n_to_p.ratio.value};

    for (int i = 1; i <= PM_STAGES; i++) r.told[i] = pm_told_name(l->stages.start[i].told);
    join(l->stages.cannot_know, unknowns, sizeof unknowns);
    join_notes(l, notes, sizeof notes);
    pm_builder_push(rows, &r);
}

/* ---- rows of decks ------------------------------------------------------------------------------------------ */

typedef struct deck_row {
    const char *path, *limit, *forbids, *convention, *notes;
    pm_n_to_p n_to_p;
    pm_budget_life life;
    pm_budget_spread spread;
    pm_budget_needed needed;
} deck_row;
#undef FIELD
#define FIELD(name, type, unit, member, meaning)                                                                       \
    {                                                                                                                  \
        name, type, unit, offsetof(deck_row, member), meaning                                                          \
    }
static const pm_field deck_fields[] = {
    FIELD("path", PM_STRING, "", path, "of the deck"),
    FIELD("cycle_life", PM_DOUBLE, "1", life.end, "the first end"),
    FIELD("cycle_life_low", PM_DOUBLE, "1", spread.end_low, "5 %"),
    FIELD("cycle_life_high", PM_DOUBLE, "1", spread.end_high, "95 %"),
    FIELD("limit", PM_STRING, "", limit, "what ends it"),
    FIELD("probability_lithium", PM_DOUBLE, "1", spread.probability[PM_LIMIT_LITHIUM], "that lithium does"),
    FIELD("probability_electrolyte", PM_DOUBLE, "1", spread.probability[PM_LIMIT_ELECTROLYTE], "that electrolyte does"),
    FIELD("probability_cathode", PM_DOUBLE, "1", spread.probability[PM_LIMIT_CATHODE], "that the cathode does"),
    FIELD("cycle_life_lithium", PM_DOUBLE, "1", life.lithium, "until the foil is used up"),
    FIELD("cycle_life_electrolyte", PM_DOUBLE, "1", life.electrolyte, "until it is dry"),
    FIELD("cycle_life_cathode", PM_DOUBLE, "1", life.cathode, "until the cathode is down to the retention"),
    FIELD("cycle_life_retention", PM_DOUBLE, "1", life.retained, "until the cell is"),
    FIELD("normalised_cycle_life", PM_DOUBLE, "1", life.normalised_cycle_life, "equation 1"),
    FIELD("swelling_um", PM_DOUBLE, "um", life.swelling_um, "dead layer at the end"),
    FIELD("coulombic_efficiency_lithium_needed", PM_DOUBLE, "1", needed.efficiency, "for --target-cycles"),
    FIELD("target_forbidden_by", PM_STRING, "", forbids, "what makes it impossible: lithium, electrolyte, cathode"),
    FIELD("target_cycles_most", PM_DOUBLE, "1", needed.ends, "when that ends, whatever the efficiency"),
    FIELD("n_to_p_ratio", PM_DOUBLE, "1", n_to_p.ratio.value, "as told, or of the foil; missing where there is none"),
    FIELD("n_to_p_ratio_deviation", PM_DOUBLE, "1", n_to_p.ratio.deviation, "standard deviation"),
    FIELD("n_to_p_convention", PM_STRING, "", convention, "foil, total"),
    FIELD("notes", PM_STRING, "", notes, "why something is missing"),
};

static deck_row deck_row_of(const char *path, const cli_life *l)
{
    deck_row r = {
        .path = path, .limit = pm_limit_name(l->life.limit), .life = l->life, .spread = l->spread, .needed = l->needed};
    double *ends[] = {&r.life.end,      &r.life.lithium,   &r.life.electrolyte, &r.life.cathode,
                      &r.life.retained, &r.spread.end_low, &r.spread.end_high,  &r.life.normalised_cycle_life};

    if (l->needed.forbids) r.forbids = pm_limit_name(l->needed.forbids);
    r.n_to_p = l->n_to_p;
    if (isnan(l->n_to_p.ratio.value))
        r.n_to_p.ratio.deviation = NAN;
    else
        r.convention = pm_n_to_p_convention_name(l->n_to_p.convention);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) *ends[i] = finite_or_missing(*ends[i]);
    return r;
}

pm_status cli_life_rows_new(bool forward, pm_builder **out, pm_error *err)
{
    return forward ? pm_builder_new(sizeof deck_fields / sizeof *deck_fields, deck_fields, out, err)
                   : pm_builder_new(sizeof cell_fields / sizeof *cell_fields, cell_fields, out, err);
}

void cli_life_rows_add(pm_builder *rows, const char *path, const cli_life *l)
{
    if (!l->forward) {
        add_cell(rows, path, l);
        return;
    }
    char notes[CLI_LIFE_NOTES * PM_STAGE_NOTE];
    deck_row r = deck_row_of(path, l);
    join_notes(l, notes, sizeof notes);
    r.notes = notes;
    pm_builder_push(rows, &r);
}

/* ---- JSON --------------------------------------------------------------------------------------------------- */

static void ratio_json(pm_json *json, const pm_n_to_p *n)
{
    bool known = n->ratio.value > 0; /* 0 and NaN: not told */

    pm_json_real(json, "n_to_p_ratio", known ? n->ratio.value : NAN);
    pm_json_real(json, "n_to_p_ratio_deviation", known ? n->ratio.deviation : NAN);
    pm_json_text(json, "n_to_p_convention", known ? pm_n_to_p_convention_name(n->convention) : NULL);
}

static void notes_json(pm_json *json, const cli_life *l)
{
    pm_json_flat_array(json, "notes");
    for (int i = 0; i < CLI_LIFE_NOTES && l->notes[i][0]; i++) pm_json_text(json, NULL, l->notes[i]);
    pm_json_end(json);
}

static void deck_json(pm_json *json, const cli_life *l)
{
    deck_row r = deck_row_of(NULL, l);

    for (size_t i = 1; i + 1 < sizeof deck_fields / sizeof *deck_fields; i++) { /* without path and notes */
        const pm_field *f = &deck_fields[i];
        const void *at = (const char *)&r + f->offset;
        if (f->type == PM_STRING)
            pm_json_text(json, f->name, *(const char *const *)at);
        else
            pm_json_real(json, f->name, *(const double *)at);
    }
    notes_json(json, l);
    if (!l->series) return;
    pm_json_array(json, "cycles");
    pm_table_write_json(l->series, json);
    pm_json_end(json);
}

static void estimate_json(pm_json *json, const char *name, const pm_estimate *e)
{
    char key[64];

    pm_json_real(json, name, e->value);
    snprintf(key, sizeof key, "%s_low", name);
    pm_json_real(json, key, e->low);
    snprintf(key, sizeof key, "%s_high", name);
    pm_json_real(json, key, e->high);
}

static void stages_json(pm_json *json, const pm_stages *s)
{
    pm_json_real(json, "stage", stage_known(s));
    pm_json_whole(json, "stage_least", s->stage);
    pm_json_array(json, "stages");
    for (int i = 1; i <= PM_STAGES; i++) {
        const pm_stage_start *start = &s->start[i];
        double confidence = start->told == PM_TOLD_NO ? 1 - start->probability : start->probability;
        pm_json_flat_object(json, NULL);
        pm_json_whole(json, "stage", i);
        pm_json_text(json, "begun", pm_told_name(start->told));
        pm_json_real(json, "cycle_count_start", start->cycle);
        pm_json_real(json, "cycle_count_start_low", start->low);
        pm_json_real(json, "cycle_count_start_high", start->high);
        pm_json_real(json, "confidence", confidence);
        pm_json_text(json, "evidence", start->evidence);
        pm_json_end(json);
    }
    pm_json_end(json);
}

void cli_stages_known_json(pm_json *json, const pm_stages *s, const pm_n_to_p *n_to_p)
{
    stages_json(json, s);
    pm_json_text(json, "limit", pm_limit_name(s->limit));
    estimate_json(json, "coulombic_efficiency_lithium_mean", &s->coulombic_efficiency_lithium_mean);
    estimate_json(json, "hidden_lithium_ah", &s->hidden_lithium_Ah);
    estimate_json(json, "normalised_cycle_life", &s->normalised_cycle_life);
    ratio_json(json, n_to_p);
    pm_json_real(json, "coulombic_efficiency_step", s->step);
    pm_json_real(json, "coulombic_efficiency_noise", s->noise);
    pm_json_real(json, "coulombic_efficiency_step_expected", s->step_expected);
    pm_json_real(json, "coulombic_efficiency_before", s->coulombic_efficiency_before);
    pm_json_bool(json, "n_to_p_contradicted", s->n_to_p_contradicted);
    pm_json_flat_array(json, "cannot_know");
    for (int i = 0; s->cannot_know[i]; i++) pm_json_text(json, NULL, s->cannot_know[i]);
    pm_json_end(json);
}

static void cell_json(pm_json *json, const cli_life *l)
{
    const pm_stages *s = &l->stages;
    pm_estimate electrolyte = finite_estimate(&l->electrolyte_end);

    pm_json_text(json, "cell_id", l->cell_id);
    pm_json_text(json, "kind", l->kind);
    pm_json_text(json, "kind_source", l->kind_source);
    pm_json_whole(json, "cycles", s->cycles);
    cli_stages_known_json(json, s, &l->n_to_p);
    estimate_json(json, "cycle_life_electrolyte", &electrolyte);
    pm_json_whole(json, "cycles_missing", s->missing);
    notes_json(json, l);
    if (l->product.cycles > 0) {
        pm_json_flat_object(json, "product_of_efficiencies");
        pm_json_real(json, "product", l->product.check.product);
        pm_json_real(json, "capacity_retention", l->product.check.capacity);
        pm_json_real(json, "parts_from_cycle_count", l->product.parts);
        pm_json_end(json);
    }
    if (l->analysis) cli_json_findings(json, "findings", l->analysis->findings);
}

void cli_stages_json(pm_json *json, const cli_life *l)
{
    if (l->forward)
        deck_json(json, l);
    else
        cell_json(json, l);
}
