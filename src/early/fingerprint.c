/* SPDX-License-Identifier: MIT */
/* The rows of the first cycles, and their fingerprint. Rows are looked at one by one until the last cycle asked for has
 * ended; then only those up to its end are seen, by a fold that has seen no others: a dead band, a kind or a noise that
 * later rows would give have no part in any number. */
#include "features.h"

#include <math.h>
#include <string.h>

enum { CYCLES_MOST = 1000, CUTOFF_PART = 5 };
static const double RESERVOIR_PART = 0.5;

struct pm_fingerprinter {
    pm_fingerprint_options options;
    pm_cycler *cycler;
    pm_table **batch;
    int64_t n, room;
    bool done;
};

pm_status pm_fingerprinter_new(const pm_fingerprint_options *options, pm_fingerprinter **out, pm_error *err)
{
    pm_scoped(pm_fingerprinter) f = calloc(1, sizeof *f);
    pm_status s;

    if (!f) return pm_fail(err, PM_ERR_MEMORY, "no memory for a fingerprint");
    if (options) f->options = *options;
    if (f->options.cycles == 0) f->options.cycles = 2;
    if (f->options.cycles < 1 || f->options.cycles > CYCLES_MOST)
        return pm_fail(err, PM_ERR_ARGUMENT, "a fingerprint of %d cycles makes no sense: 1 to %d", f->options.cycles,
                       CYCLES_MOST);
    if ((s = pm_cycler_new(&f->options.cycle, &f->cycler, err))) return s;
    *out = f;
    f = NULL;
    return PM_OK;
}

void pm_fingerprinter_free(pm_fingerprinter *f)
{
    if (!f) return;
    for (int64_t i = 0; i < f->n; i++) pm_table_free(f->batch[i]);
    free(f->batch);
    pm_cycler_free(f->cycler);
    free(f);
}

/* Row by row: the first that settles the end of the last cycle is the last that is looked at. */
static pm_status push_rows(pm_fingerprinter *f, const pm_table *records, pm_error *err)
{
    for (int64_t i = 0, n = pm_table_rows(records); i < n && !f->done; i++) {
        pm_scoped(pm_table) row = NULL;
        pm_status s = pm_table_slice(records, i, 1, &row, err);
        if (s || (s = pm_cycler_push(f->cycler, row, err))) return s;
        f->done = pm_cycler_complete(f->cycler) >= f->options.cycles;
    }
    return PM_OK;
}

pm_status pm_fingerprinter_push(pm_fingerprinter *f, const pm_table *records, pm_error *err)
{
    pm_status s;

    if (f->done) return PM_OK;
    if (!pm_table_rows(records)) return pm_cycler_push(f->cycler, records, err);
    if ((s = pm_grow(&f->batch, &f->room, f->n + 1, sizeof *f->batch, err))) return s;
    f->batch[f->n++] = pm_table_ref(records);
    return push_rows(f, records, err);
}

bool pm_fingerprinter_done(const pm_fingerprinter *f)
{
    return f->done;
}

/* ---- halves of a cycle ---- */

typedef struct half_row {
    int64_t first, last, next; /* rows; next: the first row of the half behind, 0 = none */
    double cycle, capacity_Ah, energy_Wh, mean_V;
    int sign;
} half_row;

/* Plating on copper and the discharge of a half-cell are negative currents. */
static int sign_of(const char *direction, pm_kind kind)
{
    if (!strcmp(direction, "plating")) return kind == PM_LI_CU ? -1 : 1;
    if (!strcmp(direction, "stripping")) return kind == PM_LI_CU ? 1 : -1;
    return !strcmp(direction, "charge") || !strcmp(direction, "positive") ? 1 : -1;
}

static half_row half_at(const pm_table *halves, int64_t i, pm_kind kind)
{
    const char *direction = pm_column_word(pm_table_find(halves, "direction"), i);
    bool more = i + 1 < pm_table_rows(halves);
    half_row h = {
        .first = (int64_t)pm_table_real(halves, "row_first", i),
        .last = (int64_t)pm_table_real(halves, "row_last", i),
        .next = more ? (int64_t)pm_table_real(halves, "row_first", i + 1) : 0,
        .cycle = pm_table_real(halves, "cycle_count", i),
        .capacity_Ah = pm_table_real(halves, "capacity_ah", i),
        .energy_Wh = pm_table_real(halves, "energy_wh", i),
        .mean_V = pm_table_real(halves, "voltage_mean_volt", i),
        .sign = sign_of(direction ? direction : "", kind),
    };
    return h;
}

/* Both halves of a cycle; false where one is absent. */
static bool find_cycle(const pm_table *halves, pm_kind kind, int64_t cycle, half_row pair[2])
{
    int found = 0;

    for (int64_t i = 0; i < pm_table_rows(halves) && found < 2; i++) {
        half_row h = half_at(halves, i, kind);
        if (h.cycle == (double)cycle) pair[found++] = h;
    }
    return found == 2;
}

static double most_plated(const pm_table *halves, pm_kind kind)
{
    double most = 0;

    for (int64_t i = 0; i < pm_table_rows(halves); i++) {
        half_row h = half_at(halves, i, kind);
        if (h.sign < 0) most = fmax(most, h.capacity_Ah);
    }
    return most;
}

/* Lithium left on copper on purpose: a strip that gives back at most half of a whole plating and ends before its voltage
 * leaves the plateau for the cut-off. The whole protocol shows only in more cycles. */
static bool begins_reservoir(const pm_table *halves, pm_kind kind)
{
    double whole = kind == PM_LI_CU ? most_plated(halves, kind) : 0;

    for (int64_t i = 1; kind == PM_LI_CU && i < pm_table_rows(halves); i++) {
        half_row strip = half_at(halves, i, kind), plate = half_at(halves, i - 1, kind);
        bool is_pair = strip.sign > 0 && strip.cycle == plate.cycle;
        bool to_cutoff = pm_table_real(halves, "voltage_end_volt", i) >= CUTOFF_PART * strip.mean_V;
        bool aborted = plate.capacity_Ah < RESERVOIR_PART * whole;
        if (is_pair && !to_cutoff && !aborted && strip.capacity_Ah <= RESERVOIR_PART * plate.capacity_Ah) return true;
    }
    return false;
}

/* ---- rows ---- */

static pm_status join(const pm_fingerprinter *f, pm_table **rows, pm_error *err)
{
    if (!f->n) return pm_fail(err, PM_ERR_DATA, "there are no records");
    return pm_table_concat((int)f->n, (const pm_table *const *)f->batch, rows, err);
}

static pm_status few_cycles(const pm_fingerprinter *f, int64_t there, pm_error *err)
{
    return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(),
                      "ask for fewer with --cycles, or wait until the cell has made them",
                      "%lld complete cycle%s: too few for a fingerprint of %d", (long long)there, there == 1 ? "" : "s",
                      f->options.cycles);
}

/* The cycles of rows as if they were all there is. */
typedef struct prefix {
    pm_table *rows, *halves;
    pm_cycle_summary summary;
    bool whole; /* its last half-cycle has run to its cut-off */
} prefix;

static void prefix_leave(prefix *p)
{
    pm_table_free(p->rows);
    pm_table_free(p->halves);
}
#define scoped_prefix __attribute__((__cleanup__(prefix_leave))) prefix

static pm_status prefix_of(const pm_fingerprinter *f, const pm_table *all, int64_t rows, prefix *out, pm_error *err)
{
    pm_scoped(pm_cycler) cycler = NULL;
    pm_status s;

    if ((s = pm_table_slice(all, 0, rows, &out->rows, err))) return s;
    if ((s = pm_cycler_new(&f->options.cycle, &cycler, err))) return s;
    if ((s = pm_cycler_push(cycler, out->rows, err))) return s;
    if ((s = pm_cycler_summary(cycler, &out->summary, err))) return s;
    if ((s = pm_cycler_half_cycles(cycler, &out->halves, err))) return s;
    out->whole = out->summary.cycles >= f->options.cycles;
    return PM_OK;
}

/* Ends of half-cycle 2 n, or of the one after it where the first belongs to no cycle: which of them ends the last cycle
 * asked for is told by the rows before it. Where none does, *out holds nothing. */
static pm_status cut(const pm_fingerprinter *f, const pm_table *all, const pm_table *halves, prefix *out, pm_error *err)
{
    int64_t n = pm_table_rows(halves), last = 2 * (int64_t)f->options.cycles;

    for (int64_t i = last - 1; i <= last && i < n; i++) {
        scoped_prefix p = {0};
        half_row pair[2];
        pm_status s = prefix_of(f, all, (int64_t)pm_table_real(halves, "row_last", i), &p, err);
        if (s) return s;
        bool ended = p.whole || pm_table_real(halves, "complete", i) == 1;
        if (!p.summary.kind || !ended || !find_cycle(p.halves, p.summary.kind, f->options.cycles, pair)) continue;
        *out = p;
        p = (prefix){0};
        return PM_OK;
    }
    return PM_OK;
}

/* The rows up to the end of the last cycle used, and their half-cycles. */
static pm_status used_rows(const pm_fingerprinter *f, prefix *out, pm_error *err)
{
    pm_scoped(pm_table) all = NULL;
    pm_scoped(pm_table) halves = NULL;
    pm_cycle_summary summary;
    pm_status s = join(f, &all, err);

    if (s || (s = pm_cycler_half_cycles(f->cycler, &halves, err))) return s;
    if ((s = cut(f, all, halves, out, err)) || out->rows) return s;
    if ((s = pm_cycler_summary(f->cycler, &summary, err))) return s;
    if (!summary.kind)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "say it with --kind, or in NAME.cell.yaml",
                          "the kind of cell is not known, and what a feature means depends on it");
    return few_cycles(f, summary.cycles, err);
}

/* ---- the fingerprint ---- */

static pm_status measure(const pm_table *rows, const half_row pair[2], pm_kind kind, double sand_s, cycle_measures *m,
                         pm_error *err)
{
    cycle_halves c = {.first_Ah = pair[0].capacity_Ah,
                      .second_Ah = pair[1].capacity_Ah,
                      .first_Wh = pair[0].energy_Wh,
                      .second_Wh = pair[1].energy_Wh,
                      .first_mean_V = pair[0].mean_V,
                      .second_mean_V = pair[1].mean_V};
    int64_t rest = pair[0].next > pair[0].last + 1 ? pair[0].next - 1 : 0;
    pm_status s = trace_new(rows, pair[0].first, pair[0].last, pair[0].sign, rest, &c.first, err);

    if (!s) s = trace_new(rows, pair[1].first, pair[1].last, pair[1].sign, 0, &c.second, err);
    if (!s) *m = measure_cycle(&c, kind, sand_s);
    trace_free(&c.first);
    trace_free(&c.second);
    return s;
}

double pm_sand_time_s(double current_A_per_cm2, double concentration_mol_per_litre, double diffusivity_cm2_per_s,
                      double transference)
{
    static const double FARADAY = 96485.33212, PI = 3.14159265358979323846;
    double root = concentration_mol_per_litre * 1e-3 * FARADAY / (2 * current_A_per_cm2 * (1 - transference));

    return PI * diffusivity_cm2_per_s * root * root;
}

static double sand_of(const pm_fingerprint_options *o, const pm_table *rows, const half_row *half)
{
    const pm_column *current = pm_table_find(rows, "current_ampere");
    bool known = o->concentration_mol_per_litre > 0 && o->diffusivity_cm2_per_s > 0 && o->transference > 0 &&
                 o->transference < 1 && o->cycle.area_cm2 > 0 && current;

    if (!known) return NAN;
    double density = fabs(current->number[(half->first + half->last) / 2 - 1]) / o->cycle.area_cm2;
    return pm_sand_time_s(density, o->concentration_mol_per_litre, o->diffusivity_cm2_per_s, o->transference);
}

static pm_status fingerprint(const pm_fingerprinter *f, const prefix *used, cycle_measures *measures, double *values,
                             pm_error *err)
{
    pm_kind kind = used->summary.kind;

    for (int k = 0; k < f->options.cycles; k++) {
        half_row pair[2];
        if (!find_cycle(used->halves, kind, k + 1, pair)) return few_cycles(f, k, err);
        double sand_s = sand_of(&f->options, used->rows, &pair[0]);
        pm_status s = measure(used->rows, pair, kind, sand_s, &measures[k], err);
        if (s) return s;
    }
    features_of(measures, f->options.cycles, kind, values);
    return PM_OK;
}

pm_status pm_fingerprinter_shorts(const pm_fingerprinter *f, const pm_short_options *options, pm_table **alarms,
                                  pm_short_summary *summary, pm_error *err)
{
    pm_short_options o = options ? *options : (pm_short_options){0};
    scoped_prefix used = {0};
    pm_scoped(pm_shorts) shorts = NULL;
    pm_status s;

    o.cycle = f->options.cycle;
    if ((s = used_rows(f, &used, err))) return s;
    if ((s = pm_shorts_new(&o, &shorts, err))) return s;
    if ((s = pm_shorts_push(shorts, used.rows, err))) return s;
    return pm_shorts_result(shorts, alarms, summary, err);
}

pm_status pm_fingerprinter_result(const pm_fingerprinter *f, double *values, pm_cycle_summary *summary, pm_error *err)
{
    scoped_prefix used = {0};
    pm_scoped_memory cycle_measures *measures = calloc((size_t)f->options.cycles, sizeof *measures);
    pm_status s;

    if (!measures) return pm_fail(err, PM_ERR_MEMORY, "no memory for a fingerprint");
    if ((s = used_rows(f, &used, err))) return s;
    *summary = used.summary;
    if (begins_reservoir(used.halves, used.summary.kind)) summary->protocol = "reservoir";
    return fingerprint(f, &used, measures, values, err);
}
