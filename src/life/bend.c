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
        r->x[i][0][0] = 1;
        r->x[i][0][1] = (h->c->t[i] - h->middle) / h->half;
    }
}

static void rows_bent(const hypothesis *h, double place)
{
    fit_rows *r = fit_rows_of(h->work);

    rows_line(h, place);
    r->terms = 3;
    r->prior[2] = (fit_prior){0, 0.3};
    for (int64_t i = 0; i < h->c->n; i++) r->x[i][0][2] = fmax(h->c->t[i] - place, 0) / h->half;
}

static double log_to_its_side(const hypothesis *h, double place)
{
    double part[FIT_TERMS] = {0, 0, h->sign};

    (void)place;
    return log(fmax(2 * fit_chance(h->work, part, 0), 1e-300));
}

static pm_status compare(const course *c, double sign, bend *out, pm_error *err)
{
    fit_data data = {c->n, 1, c->t, {c->y[0], NULL}, c->width};
    pm_scoped(fit_work) work = NULL;
    pm_status s = fit_work_new(&data, &work, err);

    if (s) return s;
    hypothesis bent = search_hypothesis(c, work), line = bent;
    bent.rows = rows_bent;
    bent.log_allowed = log_to_its_side;
    bent.sign = sign;
    line.rows = rows_line;
    line.placeless = true;
    search_places(&bent, SEARCH_ANEW, 0.2 * c->width);
    line.most_lag[0] = fmax(bent.noise.lag[0], 0);
    search_places(&line, SEARCH_ANEW, INFINITY);
    *out = (bend){1 / (1 + exp(line.log_evidence - bent.log_evidence)), round(bent.best),
                  floor(search_quantile(&bent, 0.05)), ceil(search_quantile(&bent, 0.95))};
    for (int side = 0; out->high - out->low < 3; side = !side) *(side ? &out->low : &out->high) += side ? -1 : 1;
    out->cycle = fmin(fmax(out->cycle, out->low), out->high);
    return PM_OK;
}

pm_status bend_find(const course *c, double sign, bend *out, pm_error *err)
{
    course blocks;
    double first = c->t[0], last = c->t[c->n - 1], width = fmax(ceil((last - first + 1) / POINTS), 1);
    pm_status s = course_blocks(c, first, last, width, &blocks, err);

    if (s) return s;
    s = compare(&blocks, sign, out, err);
    course_leave(&blocks);
    return s;
}
