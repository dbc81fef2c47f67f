/* SPDX-License-Identifier: MIT */
/* What else a whole life shows: its bends, how long it lasted, the cycle of a short, and what its kind hides. */
#include "early.h"

#include <math.h>
#include <string.h>

/* ---- bends ---- */

/* The search over all places finds about 6 in noise (Andrews 1993, doi:10.2307/2951764). */
static const double F_LEAST = 10;
static const pm_bend no_bend = {NAN, NAN, NAN, NAN, NAN, NAN};

typedef struct curve {
    int64_t n;
    double *x, *y;
} curve;

/* Values of complete cycles from the reference on. */
static curve curve_of(const pm_table *cycles, const char *name, int reference, double *room)
{
    const pm_column *count = pm_table_find(cycles, "cycle_count"), *complete = pm_table_find(cycles, "complete");
    const pm_column *value = pm_table_find(cycles, name);
    curve c = {0, room, room + pm_table_rows(cycles)};

    for (int64_t i = 0; value && i < pm_table_rows(cycles); i++) {
        double x = pm_column_real(count, i), y = pm_column_real(value, i);
        if (pm_column_real(complete, i) != 1 || !(x >= reference) || !isfinite(y)) continue;
        c.x[c.n] = x;
        c.y[c.n++] = y;
    }
    return c;
}

/* sign: 1 = the curve rises faster behind the bend, -1 = it falls faster. What only ceases to fall is no elbow: the
 * slope behind is at least a quarter of the turn. */
static pm_bend if_real(pm_bend b, int sign)
{
    double turn = sign * (b.slope_after - b.slope_before);
    bool turns = turn > 0 && sign * b.slope_after > turn / 4;

    return b.f_statistic >= F_LEAST && turns ? b : no_bend;
}

/* Kneedle follows every bump: it gets the running mean over a tenth of the curve. */
static pm_status kneedle_of(const curve *c, pm_curve_shape shape, double *knee, pm_error *err)
{
    pm_scoped_memory double *smooth = malloc((size_t)c->n * sizeof *smooth);
    int64_t half = c->n / 20 > 1 ? c->n / 20 : 1;

    if (!smooth) return pm_fail(err, PM_ERR_MEMORY, "no memory for a bend");
    for (int64_t i = 0; i < c->n; i++) {
        int64_t reach = half < i ? half : i; /* symmetric up to the ends, which stay */
        if (reach > c->n - 1 - i) reach = c->n - 1 - i;
        smooth[i] = pm_mean(c->y + i - reach, 2 * reach + 1);
    }
    return pm_kneedle(c->n, c->x, smooth, shape, 1, knee, err);
}

static pm_status bend_of(const curve *c, int sign, pm_curve_shape shape, pm_life_bend *out, pm_error *err)
{
    enum { SINGLE_LEAST = 6, DOUBLE_LEAST = 9 };
    pm_bend single, onset, point;
    pm_status s;

    *out = (pm_life_bend){no_bend, no_bend, no_bend, NAN};
    if (c->n < SINGLE_LEAST) return PM_OK;
    if ((s = pm_bend_single(c->n, c->x, c->y, &single, err))) return s;
    out->single = if_real(single, sign);
    if (isnan(out->single.x)) return PM_OK;
    if ((s = kneedle_of(c, shape, &out->kneedle, err)) || c->n < DOUBLE_LEAST) return s;
    if ((s = pm_bend_double(c->n, c->x, c->y, &onset, &point, err))) return s;
    out->onset = if_real(onset, sign);
    out->point = if_real(point, sign);
    return PM_OK;
}

pm_status pm_life_bends(const pm_table *cycles, const pm_life_label_options *options, pm_life_bend *elbow,
                        pm_life_bend *knee, pm_error *err)
{
    int reference = pm_life_label_defaults(options).reference;
    pm_scoped_memory double *room = calloc(2 * (size_t)pm_table_rows(cycles) + 1, sizeof *room);
    bool strips = pm_table_find(cycles, "stripping_capacity_ah");
    pm_status s;

    if (!room) return pm_fail(err, PM_ERR_MEMORY, "no memory for a bend");
    curve polarisation = curve_of(cycles, "polarisation_volt", reference, room);
    if ((s = bend_of(&polarisation, 1, PM_CONVEX_RISING, elbow, err))) return s;
    curve capacity = curve_of(cycles, strips ? "stripping_capacity_ah" : "discharging_capacity_ah", reference, room);
    return bend_of(&capacity, -1, PM_CONCAVE_FALLING, knee, err);
}

/* ---- how long it lasted ---- */

static double watched_until(const pm_life_label *l)
{
    int64_t end = l->last;

    if (l->crossed_short && l->crossed_short < end) end = l->crossed_short;
    if (l->crossed_stop && l->crossed_stop < end) end = l->crossed_stop;
    return (double)end;
}

/* found: NaN = not while the cell was watched. */
static void reach(pm_life_time *t, double found, double end)
{
    t->censored = !(found <= end);
    t->cycle_count = t->censored ? end : found;
}

void pm_life_times(const pm_life_label *l, const pm_life_bend *elbow, pm_life_time out[PM_LIFE_TIMES])
{
    double end = l ? watched_until(l) : (double)NAN;

    out[PM_LIFE_END] = (pm_life_time){"cycle_count_end", "censored", NAN, false};
    out[PM_LIFE_80_PERCENT] = (pm_life_time){"cycle_count_80_percent", "cycle_count_80_percent_censored", NAN, false};
    out[PM_LIFE_ELBOW] = (pm_life_time){"cycle_count_elbow", "cycle_count_elbow_censored", NAN, false};
    if (!l) return;
    out[PM_LIFE_END].cycle_count = (double)l->cycle_count_end;
    out[PM_LIFE_END].censored = l->outcome == PM_CENSORED || l->outcome == PM_STOPPED;
    if (l->has_capacity)
        reach(&out[PM_LIFE_80_PERCENT], l->crossed_capacity ? (double)l->crossed_capacity : (double)NAN, end);
    if (l->has_polarisation && elbow) reach(&out[PM_LIFE_ELBOW], elbow->single.x, end);
}

/* ---- shorts ---- */

static bool counts(const pm_table *alarms, int64_t row)
{
    const char *kind = pm_column_word(pm_table_find(alarms, "kind"), row);

    return (kind && !strcmp(kind, "hard")) || pm_table_real(alarms, "probability", row) >= 0.5;
}

int64_t pm_life_short_cycle(const pm_table *cycles, const pm_table *alarms)
{
    const pm_column *count = pm_table_find(cycles, "cycle_count"), *end = pm_table_find(cycles, "test_time_end_second");
    int64_t row = 0, n = pm_table_rows(cycles), cycle = 1;

    while (row < pm_table_rows(alarms) && !counts(alarms, row)) row++;
    if (row == pm_table_rows(alarms)) return 0;
    double time_s = pm_table_real(alarms, "test_time_second", row);
    for (int64_t i = 0; i < n; i++) {
        if (pm_column_real(count, i) >= 1) cycle = (int64_t)pm_column_real(count, i);
        if (pm_column_real(end, i) >= time_s) break;
    }
    return cycle;
}

/* ---- what is hidden ---- */

const char *pm_life_cannot(pm_kind kind, bool has_efficiency)
{
    if (kind == PM_LI_LI)
        return "a symmetric cell has no Coulombic efficiency: neither RDF nor CDF can show, only polarisation and "
               "shorts";
    if (kind == PM_LI_CATHODE)
        return "the lithium's efficiency is hidden while its reserve lasts: neither RDF nor CDF can show";
    if (!has_efficiency) return "no efficiency was measured (no current?): neither RDF nor CDF can show";
    if (kind == PM_LI_CU) return "nothing: all outcomes show";
    if (kind == PM_ANODE_FREE) return "what the cathode adds to polarisation and efficiency is not told apart";
    return "polarisation and efficiency are those of both electrodes, and the classes are of lithium metal";
}
