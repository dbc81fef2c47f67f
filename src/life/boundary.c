/* SPDX-License-Identifier: MIT */
/* Three hypotheses over a stretch of cycles; the places of two are not known, and they are averaged over them:
 *
 * short: up to the place capacity follows the cathode, ever faster or slower, and the efficiency of the cell is a
 * level that drifts a little; from there on the efficiency is that of lithium, and capacity falls by it, cycle by
 * cycle. One level, seen twice. How far it may lie below is known from N/P: the lithium lost until then is all the
 * foil.
 *
 * worn: from the place on the cathode wears faster, capacity bends, and the efficiency with it, without a step.
 *
 * even: nothing of it.
 *
 * Their odds are those of the evidence: terms are integrated out, so that neither wins by being more flexible. */
#include "life/boundary.h"
#include "life/search.h"

#include <math.h>
#include <string.h>

enum { POINTS = 200, CAPACITY = 0, EFFICIENCY = 1 };

/* ---- rows --------------------------------------------------------------------------------------------------- */

static double plated_by(const course *c, double place)
{
    int64_t low = 0, high = c->n - 1;

    while (low < high) {
        int64_t m = low + (high - low) / 2;
        if (c->t[m] < place)
            low = m + 1;
        else
            high = m;
    }
    return c->plated[low];
}

/* Mean 1 - CE of lithium if all foil was lost by then. */
static double inefficiency_at(const hypothesis *h, double place)
{
    return h->n_to_p > 0 ? h->n_to_p / fmax(plated_by(h->c, place), 1) : 0;
}

/* Terms of capacity and of efficiency for point i. */
static void put(const hypothesis *h, int64_t i, const double capacity[], const double efficiency[], int terms)
{
    fit_rows *r = fit_rows_of(h->work);

    for (int c = 0; c < terms; c++) {
        r->x[c][i] = capacity[c];
        r->x[c][h->c->n + i] = efficiency[c];
    }
}

/* Columns: capacity 0..2, efficiency 3..4, both 5..6, and of the knee 7..8. */
static void fill_short(const hypothesis *h, double place, double knee_place)
{
    fit_rows *r = fit_rows_of(h->work);
    double inefficiency = inefficiency_at(h, place);
    fit_prior lithium = {-1.2 * inefficiency, 0.8 * inefficiency};
    bool has_knee = !isnan(knee_place);

    if (!(h->n_to_p > 0)) lithium = (fit_prior){-0.01, 0.01};
    r->terms = has_knee ? 9 : 7;
    memcpy(r->prior,
           (fit_prior[]){{0, 10}, {0, 1}, {0, 0.1}, {0, 0.1}, {0, 0.003}, lithium, {0, 0.01}, {0, 1}, {0, 0.005}},
           9 * sizeof *r->prior);
    double width = h->c->width, per_width = 1 / width, per_half = 1 / h->half;
    for (int64_t i = 0; i < h->c->n; i++) {
        double t = h->c->t[i], before = t < place ? t : place, after = t - before;
        double part = fmin(fmax((t - place + (width - 1) / 2) * per_width, 0), 1), u = (before - h->middle) * per_half;
        double knee = has_knee && before > knee_place ? (before - knee_place) * per_half : 0;
        double q[] = {1, u, u * u, 0, 0, after, after * after / 2 * per_half, knee, 0};
        double e[] = {0, 0, 0, 1 - part, (1 - part) * u, part, after * per_half, 0, (1 - part) * knee};
        put(h, i, q, e, r->terms);
    }
}

static void rows_short(const hypothesis *h, double place)
{
    fill_short(h, place, h->knee);
}

static void rows_knee(const hypothesis *h, double place)
{
    fill_short(h, h->short_from, place);
}

/* Columns: capacity 0..2, efficiency 3..4, and of the bend 5..7. */
static void rows_worn(const hypothesis *h, double place)
{
    fit_rows *r = fit_rows_of(h->work);

    r->terms = 8;
    memcpy(r->prior, (fit_prior[]){{0, 10}, {0, 1}, {0, 0.1}, {0, 0.1}, {0, 0.003}, {0, 1}, {0, 0.3}, {0, 0.005}},
           8 * sizeof *r->prior);
    for (int64_t i = 0; i < h->c->n; i++) {
        double u = (h->c->t[i] - h->middle) / h->half, after = fmax(h->c->t[i] - place, 0) / h->half;
        double q[] = {1, u, u * u, 0, 0, after, after * after, 0};
        double e[] = {0, 0, 0, 1, u, 0, 0, after};
        put(h, i, q, e, r->terms);
    }
}

static void rows_even(const hypothesis *h, double place)
{
    rows_worn(h, place);
    fit_rows_of(h->work)->terms = 5;
}

/* ---- places ------------------------------------------------------------------------------------------------- */

/* Level of the cathode's efficiency at a place, less that of lithium: parts of terms. */
static void step_parts(const hypothesis *h, double place, double part[FIT_TERMS])
{
    memset(part, 0, FIT_TERMS * sizeof *part);
    part[3] = 1;
    part[4] = (place - h->middle) / h->half;
    part[5] = -1;
    if (!isnan(h->knee)) part[8] = fmax(place - h->knee, 0) / h->half;
}

static double step_at(const hypothesis *h, double place, const fit_result *f)
{
    double part[FIT_TERMS], sum = 0;

    step_parts(h, place, part);
    for (int i = 0; i < FIT_TERMS; i++) sum += part[i] * f->term[i];
    return sum;
}

/* How much faster capacity falls from a place on: parts of terms. */
static void bend_parts(const hypothesis *h, double place, double part[FIT_TERMS])
{
    memset(part, 0, FIT_TERMS * sizeof *part);
    part[1] = 1 / h->half;
    part[2] = 2 * (place - h->middle) / h->half / h->half;
    part[5] = -1;
    if (h->knee < place) part[7] = 1 / h->half;
}

/* Lithium is worse than the cathode, in efficiency and in what it does to capacity, by a quarter at least of what N/P
 * leads to expect: it may have been worse at first. And it is not, nor gets, better than any is known to be. */
static double log_allowed(const hypothesis *h, double place)
{
    const double least_step = 4e-4, least_loss = 8e-4;
    double part[FIT_TERMS], least = fmax(0.25 * inefficiency_at(h, place), least_step), chance;

    step_parts(h, place, part);
    chance = fit_chance(h->work, part, least);
    bend_parts(h, place, part);
    chance *= fit_chance(h->work, part, least);
    chance *= fit_chance(h->work, (double[FIT_TERMS]){[5] = -1}, least_loss);
    double to_end = (h->c->t[h->c->n - 1] - place) / h->half;
    chance *= fit_chance(h->work, (double[FIT_TERMS]){[5] = -1, [6] = -to_end}, least_loss);
    return log(chance); /* also where nothing else fits: of 0 */
}

/* ---- a stretch of cycles ------------------------------------------------------------------------------------ */

static hypothesis hypothesis_of(const course *c, fit_work *work, double n_to_p,
                                void (*rows)(const hypothesis *, double))
{
    hypothesis h = search_hypothesis(c, work);

    h.rows = rows;
    h.n_to_p = n_to_p;
    h.placeless = rows == rows_even;
    h.log_allowed = rows == rows_short ? log_allowed : NULL;
    return h;
}

/* How finely places are looked for: in the end as cycles are told apart, in blocks as they are worth. */
static double finest_of(const course *c)
{
    return c->width > 1 ? 0.2 * c->width : 0.02;
}

/* The same with a knee of the cathode before: that of `worn`, unless it is where lithium runs short, else the likeliest
 * of those before. Its place was looked for, too, which costs evidence. */
static void with_knee(hypothesis *h, const hypothesis *worn, double short_from)
{
    double margin = 5 * h->c->width;
    hypothesis of = *worn;

    h->log_evidence = -INFINITY;
    if (worn->best > short_from - margin) {
        of = *h;
        of.rows = rows_knee;
        of.log_allowed = NULL;
        of.short_from = short_from;
        of.last = short_from - margin;
        if (of.last <= of.first + margin) return;
        search_places(&of, SEARCH_NOISE_KNOWN, 4 * h->c->width);
    }
    h->knee = of.best;
    h->first = of.best + margin;
    if (h->last <= h->first) return;
    search_places(h, SEARCH_PLACE_KNOWN, finest_of(h->c));
    h->log_evidence += of.log_evidence - search_highest(&of);
}

static pm_status stretch(const course *c, double n_to_p, boundary *out, pm_error *err)
{
    fit_data data = {c->n, 2, c->t, {c->y[0], c->y[1]}, c->width, {c->least[0], c->least[1]}};
    pm_scoped(fit_work) work = NULL;
    pm_status s = fit_work_new(&data, &work, err);

    if (s) return s;
    hypothesis without = hypothesis_of(c, work, n_to_p, rows_short), knee, *best = &without;
    hypothesis worn = hypothesis_of(c, work, n_to_p, rows_worn), even = hypothesis_of(c, work, n_to_p, rows_even);
    search_places(&worn, SEARCH_ANEW, 4 * c->width);
    search_places(&without, SEARCH_ANEW, finest_of(c));
    knee = without;
    with_knee(&knee, &worn, without.best);
    if (knee.log_evidence > without.log_evidence) best = &knee;
    for (int j = 0; j < FIT_SERIES; j++) worn.most_lag[j] = even.most_lag[j] = fmax(best->noise.lag[j], 0);
    search_places(&even, SEARCH_ANEW, INFINITY);
    search_places(&worn, SEARCH_PLACE_KNOWN, 4 * c->width);
    double odds =
        search_either(without.log_evidence, knee.log_evidence) - search_either(even.log_evidence, worn.log_evidence);
    double lag = best->noise.lag[EFFICIENCY], step = step_at(best, best->best, &best->at_best);
    *out = (boundary){
        .probability = 1 / (1 + exp(-odds)),
        .cycle = best->best,
        .low = search_quantile(best, 0.035),
        .high = search_quantile(best, 0.965),
        .step = step,
        .noise = sqrt(best->noise.variance[EFFICIENCY] * c->width) / (1 - fmax(lag, 0)),
        .cathode_efficiency = exp(best->at_best.term[5] + step),
    };
    return PM_OK;
}

/* ---- all cycles --------------------------------------------------------------------------------------------- */

/* Places are moments, at which the foil is used up; the cycle that they are in is the first one short of lithium. An
 * interval is closed, and no shorter than what a model can be trusted with. */
static void to_cycles(boundary *b)
{
    b->cycle = ceil(b->cycle);
    b->low = fmin(ceil(b->low), b->cycle);
    b->high = fmax(ceil(b->high), b->cycle);
    for (int side = 0; b->high - b->low < 3; side = !side) *(side ? &b->low : &b->high) += side ? -1 : 1;
}

static const boundary untold = {0.5, NAN, NAN, NAN, NAN, NAN, NAN, NAN, false, false};

/* In how many cycles a point is, so that there are not too many. */
static double width_of(double first, double last)
{
    return fmax(ceil((last - first + 1) / POINTS), 1);
}

static pm_status stretch_of(const course *c, double first, double last, double n_to_p, boundary *out, pm_error *err)
{
    course blocks;
    double width = width_of(first, last);
    pm_status s = course_blocks(c, first, last, width, &blocks, err);

    if (s) return s;
    *out = untold;
    if (blocks.n >= COURSE_FEWEST) s = stretch(&blocks, n_to_p, out, err);
    out->width = width;
    course_leave(&blocks);
    return s;
}

/* The same where fewer cycles show it better. */
static pm_status look_closer(const course *c, double first, double last, double n_to_p, boundary *out, pm_error *err)
{
    boundary closer;
    pm_status s = stretch_of(c, first, last, n_to_p, &closer, err);

    if (!s && !isnan(closer.cycle) && closer.probability > out->probability) *out = closer;
    return s;
}

/* Whether around a boundary more can be seen than it was found in. */
static bool zoom(const course *c, const boundary *b, double *first, double *last)
{
    double spread = b->high - b->low, around = fmax(POINTS / 2 - 1, 8 * spread);

    *first = fmax(floor(b->cycle - around), c->t[0]);
    *last = fmin(ceil(b->cycle + around), c->t[c->n - 1]);
    return b->probability > 0.5 && spread < 10 * b->width && width_of(*first, *last) < b->width;
}

/* Whether capacity falls as the efficiency says all along, and by more than cathodes lose: as without foil. */
static bool falls_by_efficiency(const course *c)
{
    enum { SIDE = 5 };
    const double worse_than_cathodes = 0.002, *y = c->y[CAPACITY];
    double level = pm_mean(c->y[EFFICIENCY], c->n), cycles = c->t[c->n - 1] - c->t[0];
    double slope = (course_median(y + c->n - SIDE, SIDE) - course_median(y, SIDE)) / fmax(cycles - 4, 1);

    return level < -worse_than_cathodes && slope < 0.7 * level && slope > 1.4 * level;
}

/* Whether most of the fall since the boundary only leads to where capacity was before: then it may come back, as it does
 * where it swings with the season. */
static bool was_there_before(const course *c, double cycle)
{
    enum { SPAN = COURSE_NEAR, NEAR = 5 };
    const double *y = c->y[CAPACITY];
    double lowest = INFINITY;
    int64_t b = 0;

    while (b < c->n && c->t[b] < cycle) b++;
    if (b < 2 * SPAN || b == c->n) return false;
    int64_t late = c->n - b < NEAR ? c->n - b : NEAR;
    double last = course_median(y + c->n - late, late), fall = course_median(y + b - NEAR, NEAR) - last;
    for (int64_t i = 0; i + SPAN <= b; i++) lowest = fmin(lowest, course_median(y + i, SPAN));
    return lowest - last < 0.5 * fall;
}

pm_status boundary_find(const course *c, double n_to_p, boundary *out, pm_error *err)
{
    *out = untold;
    if (c->n < COURSE_FEWEST) return PM_OK;
    double first = c->t[0], last = c->t[c->n - 1];
    boundary closer;
    pm_status s = stretch_of(c, first, last, n_to_p, out, err);

    if (!s && out->width > 1 && out->probability < 0.9) /* it may have just begun */
        s = look_closer(c, last - POINTS + 1, last, n_to_p, out, err);
    bool short_all_along = !s && out->probability < 0.9 && falls_by_efficiency(c);
    if (short_all_along && out->width > 1) /* it may have begun early */
        s = look_closer(c, first, first + POINTS - 1, n_to_p, out, err);
    while (!s && zoom(c, out, &first, &last)) {
        if ((s = stretch_of(c, first, last, n_to_p, &closer, err)) || isnan(closer.cycle)) break;
        *out = closer;
    }
    if (s) return s;
    out->may_come_back = out->probability > 0.5 && was_there_before(c, out->cycle);
    if (out->may_come_back) out->probability = 0.5;
    to_cycles(out);
    out->may_lie_before = short_all_along && out->probability < 0.5;
    if (out->may_lie_before) out->probability = 0.5;
    return s;
}
