/* SPDX-License-Identifier: MIT */
/* A line that bends once, to one side, beside one that does not and one that steps. */
#include "life/bend.h"
#include "life/search.h"

#include <math.h>
#include <string.h>

enum { POINTS = 200 };

/* Terms of a line, of the steps in it that are known, and of what is looked for. */
enum { LEVEL, SLOPE, STEPS, MOST_STEPS = FIT_TERMS - STEPS - 1 };

static void rows_line(const hypothesis *h, double place)
{
    fit_rows *r = fit_rows_of(h->work);

    (void)place;
    r->terms = STEPS + h->n_steps;
    r->prior[LEVEL] = (fit_prior){0, 10};
    r->prior[SLOPE] = (fit_prior){0, 1};
    for (int k = 0; k < h->n_steps; k++) r->prior[STEPS + k] = (fit_prior){0, 0.3};
    for (int64_t i = 0; i < h->c->n; i++) {
        r->x[LEVEL][i] = 1;
        r->x[SLOPE][i] = (h->c->t[i] - h->middle) / h->half;
        for (int k = 0; k < h->n_steps; k++) r->x[STEPS + k][i] = h->c->t[i] > h->steps[k];
    }
}

static void rows_bent(const hypothesis *h, double place)
{
    fit_rows *r = fit_rows_of(h->work);

    rows_line(h, place);
    r->prior[r->terms] = (fit_prior){0, 0.3};
    for (int64_t i = 0; i < h->c->n; i++) r->x[r->terms][i] = fmax(h->c->t[i] - place, 0) / h->half;
    r->terms++;
}

static void rows_stepped(const hypothesis *h, double place)
{
    fit_rows *r = fit_rows_of(h->work);

    rows_line(h, place);
    r->prior[r->terms] = (fit_prior){0, 0.3};
    for (int64_t i = 0; i < h->c->n; i++) r->x[r->terms][i] = h->c->t[i] > place;
    r->terms++;
}

/* Chance that it bends to its side, and that from there to the end it goes that way for a hundredth at least: what only
 * stops falling, as polarisation does while a cell is conditioned, does not rise. Capacity that rose before, as while a
 * cathode is activated, must fall by more. */
static double chance_of_side(hypothesis *bent, const bend_kind *kind)
{
    double cycles = bent->c->t[bent->c->n - 1] - bent->best, left = cycles / bent->half;
    double least = fmax(0.01, kind->least_rate * cycles);
    double change[FIT_TERMS] = {0}, after[FIT_TERMS] = {0}, before[FIT_TERMS] = {0};

    bent->rows(bent, bent->best);
    (void)fit_terms(bent->work, &bent->noise, 2);
    int bends = STEPS + bent->n_steps;
    before[SLOPE] = 1;
    change[bends] = kind->sign;
    after[SLOPE] = after[bends] = kind->sign * left;
    if (kind->sign < 0 && fit_chance(bent->work, before, 0) > 0.5) least = fmax(least, 0.05);
    return fmin(fit_chance(bent->work, change, 0), fit_chance(bent->work, after, least));
}

/* What a look at a stretch tells besides the bend: the probability that there is one, to either side; and the place of a
 * step, as where rate or temperature change, if one fits better (else NaN): it is no bend, and hides one. */
typedef struct seen {
    double bends, step;
} seen;

/* What is looked for, and the steps that are known. */
typedef struct search_for {
    bend_kind kind;
    double steps[MOST_STEPS];
    int n_steps;
} search_for;

static void between(hypothesis *bent, const hypothesis *line, const bend_kind *kind, seen *look, bend *out)
{
    look->bends = 1 / (1 + exp(line->log_evidence - bent->log_evidence));
    out->low = floor(search_quantile(bent, 0.05));
    out->high = ceil(search_quantile(bent, 0.95));
    for (int side = 0; out->high - out->low < 3; side = !side) *(side ? &out->low : &out->high) += side ? -1 : 1;
    out->cycle = fmin(fmax(round(bent->best), out->low), out->high);
    out->probability = look->bends * chance_of_side(bent, kind);
}

static pm_status compare(const course *c, const search_for *of, seen *look, bend *out, pm_error *err)
{
    fit_data data = {c->n, 1, c->t, {c->y[0], NULL}, c->width, {c->least[0], 0}};
    pm_scoped(fit_work) work = NULL;
    pm_status s = fit_work_new(&data, &work, err);

    if (s) return s;
    hypothesis bent = search_hypothesis(c, work), line, stepped;
    bent.steps = of->steps;
    bent.n_steps = of->n_steps;
    line = stepped = bent;
    bent.rows = rows_bent;
    stepped.rows = rows_stepped;
    line.rows = rows_line;
    line.placeless = true;
    search_places(&bent, SEARCH_ANEW, 0.2 * c->width);
    line.most_lag[0] = fmax(bent.noise.lag[0], 0);
    search_places(&line, SEARCH_ANEW, INFINITY);
    look->step = NAN;
    if (bent.log_evidence > line.log_evidence) {
        search_places(&stepped, SEARCH_ANEW, c->width);
        if (stepped.log_evidence > bent.log_evidence + 3) look->step = stepped.best;
    }
    between(&bent, &line, &of->kind, look, out);
    return PM_OK;
}

/* ---- jumps -------------------------------------------------------------------------------------------------- */

enum { SIDE = 5 }; /* cycles on either side of a jump that stay where they are */

/* Whether y[i] and what follows lie on another level than what comes before, at once. */
static bool jumps_at(const double *y, int64_t i, double noise)
{
    double jump = course_median(y + i, SIDE) - course_median(y + i - SIDE, SIDE),
           least = fmax(8 * noise, 0.5 * fabs(jump));
    double before = fabs(y[i - 1] - y[i - SIDE]), after = fabs(y[i + SIDE - 1] - y[i]), step = fabs(y[i] - y[i - 1]);

    return step > least && fabs(jump) > least && before < 0.5 * fabs(jump) && after < 0.5 * fabs(jump);
}

static pm_status find_jumps(const course *c, search_for *of, pm_error *err)
{
    const double *y = c->y[0];
    pm_scoped_memory double *steps = calloc((size_t)c->n + 1, sizeof *steps);

    if (!steps) return pm_fail(err, PM_ERR_MEMORY, "no memory for a course of cycles");
    for (int64_t i = 1; i < c->n; i++) steps[i - 1] = fabs(y[i] - y[i - 1]);
    double noise = fmax(c->n > 1 ? pm_median(steps, c->n - 1) / 0.6745 / M_SQRT2 : 0, c->least[0]);
    double apart = c->n > 1 ? (c->t[c->n - 1] - c->t[0]) / (double)(c->n - 1) : 1;
    for (int64_t i = SIDE; i + SIDE <= c->n && of->n_steps < MOST_STEPS; i++) {
        if (c->t[i] - c->t[i - 1] > SIDE * apart) continue; /* cycles are missing, in which it went its way */
        if (jumps_at(y, i, noise)) of->steps[of->n_steps++] = (c->t[i - 1] + c->t[i]) / 2;
    }
    return PM_OK;
}

/* Those behind a cycle. */
static void keep_steps(search_for *of, double first)
{
    int n = 0;

    for (int k = 0; k < of->n_steps; k++)
        if (of->steps[k] > first) of->steps[n++] = of->steps[k];
    of->n_steps = n;
}

/* ---- all of it ---------------------------------------------------------------------------------------------- */

static pm_status bend_from(const course *c, double first, const search_for *of, seen *look, bend *out, pm_error *err)
{
    course blocks;
    double last = c->t[c->n - 1], width = fmax(ceil((last - first + 1) / POINTS), 1);
    pm_status s = course_blocks(c, first, last, width, &blocks, err);

    *look = (seen){0, NAN};
    if (s) return s;
    if (blocks.n >= COURSE_FEWEST) s = compare(&blocks, of, look, out, err);
    course_leave(&blocks);
    return s;
}

pm_status bend_find(const course *c, const bend_kind *kind, bend *out, pm_error *err)
{
    enum { MOST_LOOKS = 24 };
    search_for of = {.kind = *kind};
    double first = c->t[0];
    pm_status s = find_jumps(c, &of, err);

    *out = (bend){NAN, NAN, NAN, NAN};
    if (s) return s;
    for (int i = 0; i < MOST_LOOKS; i++) {
        seen look;
        if ((s = bend_from(c, first, &of, &look, out, err))) return s;
        if (!isnan(look.step) && of.n_steps < MOST_STEPS) {
            of.steps[of.n_steps++] = look.step;
        } else {
            if (!(look.bends > 0.5 && out->probability < 0.5 && out->high >= first)) return PM_OK;
            first = out->high + 1; /* to the other side: one may follow */
            keep_steps(&of, first);
        }
    }
    return PM_OK;
}
