/* SPDX-License-Identifier: MIT */
/* A line that bends once, to one side, beside one that does not. */
#include "life/bend.h"
#include "life/search.h"

#include <math.h>
#include <string.h>

enum { POINTS = 200 };

static void rows_line(const hypothesis *h, double place)
{
    fit_rows *r = fit_rows_of(h->work);

    (void)place;
    r->terms = 2;
    memcpy(r->prior, (fit_prior[]){{0, 10}, {0, 1}}, 2 * sizeof *r->prior);
    for (int64_t i = 0; i < h->c->n; i++) {
        r->x[0][i] = 1;
        r->x[1][i] = (h->c->t[i] - h->middle) / h->half;
    }
}

static void rows_bent(const hypothesis *h, double place)
{
    fit_rows *r = fit_rows_of(h->work);

    rows_line(h, place);
    r->terms = 3;
    r->prior[2] = (fit_prior){0, 0.3};
    for (int64_t i = 0; i < h->c->n; i++) r->x[2][i] = fmax(h->c->t[i] - place, 0) / h->half;
}

/* Chance that it bends to its side, and that from there to the end it goes that way for a hundredth at least: what only
 * stops falling, as polarisation does while a cell is conditioned, does not rise. */
static double chance_of_side(hypothesis *bent, double sign)
{
    const double least = 0.01;
    double left = (bent->c->t[bent->c->n - 1] - bent->best) / bent->half;
    double change[FIT_TERMS] = {0, 0, sign}, rise[FIT_TERMS] = {0, sign * left, sign * left};

    bent->rows(bent, bent->best);
    (void)fit_terms(bent->work, &bent->noise, 2);
    return fmin(fit_chance(bent->work, change, 0), fit_chance(bent->work, rise, least));
}

/* *bends: probability that it does, to either side. */
static void between(hypothesis *bent, const hypothesis *line, double sign, double *bends, bend *out)
{
    *bends = 1 / (1 + exp(line->log_evidence - bent->log_evidence));
    out->low = floor(search_quantile(bent, 0.05));
    out->high = ceil(search_quantile(bent, 0.95));
    for (int side = 0; out->high - out->low < 3; side = !side) *(side ? &out->low : &out->high) += side ? -1 : 1;
    out->cycle = fmin(fmax(round(bent->best), out->low), out->high);
    out->probability = *bends * chance_of_side(bent, sign);
}

static pm_status compare(const course *c, double sign, double *bends, bend *out, pm_error *err)
{
    fit_data data = {c->n, 1, c->t, {c->y[0], NULL}, c->width, {c->least[0], 0}};
    pm_scoped(fit_work) work = NULL;
    pm_status s = fit_work_new(&data, &work, err);

    if (s) return s;
    hypothesis bent = search_hypothesis(c, work), line = bent;
    bent.rows = rows_bent;
    line.rows = rows_line;
    line.placeless = true;
    search_places(&bent, SEARCH_ANEW, 0.2 * c->width);
    line.most_lag[0] = fmax(bent.noise.lag[0], 0);
    search_places(&line, SEARCH_ANEW, INFINITY);
    between(&bent, &line, sign, bends, out);
    return PM_OK;
}

/* ---- jumps -------------------------------------------------------------------------------------------------- */

enum { SIDE = 5 }; /* cycles on either side of a jump that stay where they are */

static double median_of(const double *y)
{
    double side[SIDE];

    memcpy(side, y, sizeof side);
    return pm_median(side, SIDE);
}

/* How far y[i] and what follows lie above what comes before: 0 where the level does not change there at once. */
static double jump_at(const double *y, int64_t i, double noise)
{
    double jump = median_of(y + i) - median_of(y + i - SIDE), least = fmax(8 * noise, 0.5 * fabs(jump));
    double before = fabs(y[i - 1] - y[i - SIDE]), after = fabs(y[i + SIDE - 1] - y[i]), step = fabs(y[i] - y[i - 1]);

    return step > least && fabs(jump) > least && before < 0.5 * fabs(jump) && after < 0.5 * fabs(jump) ? jump : 0;
}

static pm_status take_jumps_out(course *c, pm_error *err)
{
    double *y = c->y[0];
    pm_scoped_memory double *steps = calloc((size_t)c->n + 1, sizeof *steps);

    if (!steps) return pm_fail(err, PM_ERR_MEMORY, "no memory for a course of cycles");
    for (int64_t i = 1; i < c->n; i++) steps[i - 1] = fabs(y[i] - y[i - 1]);
    double noise = fmax(c->n > 1 ? pm_median(steps, c->n - 1) / 0.6745 / M_SQRT2 : 0, c->least[0]);
    double apart = c->n > 1 ? (c->t[c->n - 1] - c->t[0]) / (double)(c->n - 1) : 1;
    for (int64_t i = SIDE; i + SIDE <= c->n; i++) {
        if (c->t[i] - c->t[i - 1] > SIDE * apart) continue; /* cycles are missing, in which it went its way */
        double jump = jump_at(y, i, noise);
        for (int64_t k = i; k < c->n && jump != 0; k++) y[k] -= jump;
    }
    return PM_OK;
}

static pm_status bend_from(const course *c, double first, double sign, double *bends, bend *out, pm_error *err)
{
    course blocks;
    double last = c->t[c->n - 1], width = fmax(ceil((last - first + 1) / POINTS), 1);
    pm_status s = course_blocks(c, first, last, width, &blocks, err);

    *bends = 0;
    if (s) return s;
    if (blocks.n >= COURSE_FEWEST) s = compare(&blocks, sign, bends, out, err);
    course_leave(&blocks);
    return s;
}

pm_status bend_find(course *c, double sign, bend *out, pm_error *err)
{
    double first = c->t[0], bends;
    pm_status s = take_jumps_out(c, err);

    *out = (bend){NAN, NAN, NAN, NAN};
    for (bool again = true; !s && again;) {
        s = bend_from(c, first, sign, &bends, out, err);
        again = bends > 0.5 && out->probability < 0.5 && out->high >= first; /* to the other side: one may follow */
        first = out->high + 1;
    }
    return s;
}
