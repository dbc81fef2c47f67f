/* SPDX-License-Identifier: MIT */
/* Student's t, Welch, Holm, Kaplan and Meier, permutations. */
#include "compare.h"

#include <math.h>
#include <string.h>

enum { SPLITS_MOST = 20000, DRAWS = 9999, CELLS_EXACT = 62 };

/* ---- Student's t ---- */

/* The continued fraction of I_x(a, b) by Lentz's method (DLMF 8.17.22); fast for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
    double c = 1, d = 1 - (a + b) * x / (a + 1), f;

    d = 1 / d;
    f = d;
    for (int m = 1; m < 1000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / (1 + even * d);
        c = 1 + even / c;
        f *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / (1 + odd * d);
        c = 1 + odd / c;
        f *= d * c;
        if (fabs(d * c - 1) < 1e-15) break;
    }
    return f;
}

/* I_x(a, b) */
static double beta_share(double a, double b, double x)
{
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double compare_t_tail(double t, double freedom)
{
    double outside = beta_share(freedom / 2, 0.5, freedom / (freedom + t * t));

    return isnan(t) || isnan(freedom) ? NAN : t < 0 ? outside / 2 : 1 - outside / 2;
}

double compare_t_upper(double tail, double freedom)
{
    double low = 0, high = 2;

    if (!(freedom > 0)) return NAN;
    while (compare_t_tail(-high, freedom) > tail) high *= 2; /* the lower tail: near 1 digits are lost */
    while (high - low > 1e-13 * high) {
        double middle = (low + high) / 2;
        if (middle == low || middle == high) break;
        *(compare_t_tail(-middle, freedom) > tail ? &low : &high) = middle;
    }
    return high;
}

/* ---- means ---- */

static void set_interval(compare_estimate *e)
{
    double half = compare_t_upper(0.025, e->freedom) * e->error;

    e->low = e->mean - half;
    e->high = e->mean + half;
}

compare_estimate compare_mean(const compare_sample *s)
{
    compare_estimate e = {pm_mean(s->value, s->n), NAN, NAN, NAN, NAN, NAN};
    pm_sum squares = {0, 0};

    if (s->n < 2) return e;
    for (int64_t i = 0; i < s->n; i++) pm_sum_add(&squares, (s->value[i] - e.mean) * (s->value[i] - e.mean));
    e.freedom = (double)(s->n - 1);
    e.deviation = sqrt(pm_sum_value(squares) / e.freedom);
    e.error = e.deviation / sqrt((double)s->n);
    set_interval(&e);
    return e;
}

/* ---- lives ---- */

typedef struct life {
    double time;
    bool failed;
} life;

/* At the same time failures come before those that were watched no longer. */
static int by_time(const void *a, const void *b)
{
    const life *l = a, *r = b;
    return l->time != r->time ? (l->time > r->time) - (l->time < r->time)
                              : (l->failed < r->failed) - (l->failed > r->failed);
}

static void sort_lives(const compare_sample *s, life *out)
{
    for (int64_t i = 0; i < s->n; i++) out[i] = (life){s->value[i], !(s->censored && s->censored[i] == 1)};
    qsort(out, (size_t)s->n, sizeof *out, by_time);
}

double compare_horizon(const compare_sample *s)
{
    double longest = -INFINITY, failed = -INFINITY;

    for (int64_t i = 0; i < s->n; i++) {
        longest = fmax(longest, s->value[i]);
        if (!(s->censored && s->censored[i] == 1)) failed = fmax(failed, s->value[i]);
    }
    return failed >= longest ? (double)INFINITY : longest;
}

/* Area under the survival curve of sorted lives up to the horizon, from the i-th life on; before it the curve is at
 * `alive` since time `from`. */
static double area_behind(int64_t n, const life *l, int64_t i, double from, double alive, double horizon)
{
    double area = 0;

    for (; i < n && l[i].time < horizon; i++) {
        area += alive * (l[i].time - from);
        from = l[i].time;
        if (l[i].failed) alive *= (double)(n - i - 1) / (double)(n - i);
    }
    return isfinite(horizon) ? area + alive * (horizon - from) : area;
}

static double life_mean(int64_t n, const life *l, double horizon)
{
    return area_behind(n, l, 0, 0, 1, horizon);
}

pm_status compare_life(const compare_sample *s, double horizon, compare_estimate *out, pm_error *err)
{
    pm_scoped_memory life *l = malloc((size_t)(s->n + 1) * sizeof *l);
    double alive = 1, variance = 0, failures = 0;

    if (!l) return pm_fail(err, PM_ERR_MEMORY, "no memory for lives");
    sort_lives(s, l);
    *out = (compare_estimate){life_mean(s->n, l, horizon), NAN, NAN, NAN, NAN, NAN};
    for (int64_t i = 0; i < s->n && l[i].time <= horizon; i++) {
        double at_risk = (double)(s->n - i), left = at_risk - 1;
        if (!l[i].failed) continue;
        failures++;
        alive *= left / at_risk;
        double area = area_behind(s->n, l, i + 1, l[i].time, alive, horizon);
        if (left > 0) variance += area * area / (at_risk * left);
    }
    if (failures < 2) return PM_OK; /* too little to tell a spread */
    out->freedom = failures - 1;
    out->error = sqrt(variance * failures / (failures - 1));
    set_interval(out);
    out->low = fmax(out->low, 0);
    out->high = fmin(out->high, horizon); /* no mean up to there is longer */
    return PM_OK;
}

/* ---- differences ---- */

compare_contrast compare_welch(const compare_estimate *a, const compare_estimate *b)
{
    double va = a->error * a->error, vb = b->error * b->error, error = sqrt(va + vb);
    compare_contrast c = {a->mean - b->mean, NAN, NAN, NAN};

    if (!(error > 0)) return c;
    c.error = error;
    c.freedom = (va + vb) * (va + vb) / (va * va / a->freedom + vb * vb / b->freedom);
    c.p = 2 * compare_t_tail(-fabs(c.difference) / error, c.freedom);
    return c;
}

double compare_half_width(const compare_contrast *c, int64_t n)
{
    return compare_t_upper(0.025 / (double)n, c->freedom) * c->error;
}

/* The cells of both groups, and room to part them anew. */
typedef struct pool {
    int64_t n, first; /* cells, those of the first group */
    life *all, *a, *b;
    double horizon, least;
} pool;

/* Whether the lives of this split differ by no less than those observed. */
static bool differs(const pool *p, uint64_t in_first)
{
    int64_t na = 0, nb = 0;

    for (int64_t i = 0; i < p->n; i++) { /* `all` is sorted, so both parts are */
        if (in_first >> i & 1)
            p->a[na++] = p->all[i];
        else
            p->b[nb++] = p->all[i];
    }
    return fabs(life_mean(na, p->a, p->horizon) - life_mean(nb, p->b, p->horizon)) >= p->least * (1 - 1e-12);
}

static double binomial(int64_t n, int64_t k)
{
    double c = 1;

    for (int64_t i = 1; i <= k; i++) c = c * (double)(n - k + i) / (double)i;
    return c;
}

/* All subsets of `first` cells in turn (Gosper). */
static double all_splits(const pool *p)
{
    uint64_t set = ((uint64_t)1 << p->first) - 1, end = (uint64_t)1 << p->n;
    double count = 0, all = 0;

    while (set < end) {
        count += differs(p, set);
        all++;
        uint64_t low = set & -set, next = set + low;
        set = ((set ^ next) / low >> 2) | next;
    }
    return count / all;
}

static double drawn_splits(const pool *p, uint64_t seed)
{
    pm_random r = pm_random_stream(seed, "early/compare", (uint64_t)p->n);
    double count = 1;

    for (int k = 0; k < DRAWS; k++) {
        uint64_t set = 0;
        for (int64_t i = 0, need = p->first; i < p->n && need; i++) {
            if (pm_random_uniform(&r) * (double)(p->n - i) >= (double)need) continue;
            set |= (uint64_t)1 << i;
            need--;
        }
        count += differs(p, set);
    }
    return count / (DRAWS + 1);
}

pm_status compare_permuted(const compare_sample *a, const compare_sample *b, double horizon, uint64_t seed, double *p,
                           pm_error *err)
{
    int64_t n = a->n + b->n;
    pm_scoped_memory life *room = malloc((size_t)(2 * n + 1) * sizeof *room);
    pool x = {n, a->n, room, NULL, NULL, horizon, 0};

    if (!room) return pm_fail(err, PM_ERR_MEMORY, "no memory for permutations");
    *p = NAN;
    if (a->n < 1 || b->n < 1 || n > CELLS_EXACT) return PM_OK;
    sort_lives(a, room);
    sort_lives(b, room + a->n);
    x.least = fabs(life_mean(a->n, room, horizon) - life_mean(b->n, room + a->n, horizon));
    qsort(room, (size_t)n, sizeof *room, by_time);
    x.a = room + n;
    x.b = x.a + a->n;
    *p = binomial(n, a->n) <= SPLITS_MOST ? all_splits(&x) : drawn_splits(&x, seed);
    return PM_OK;
}

/* ---- many differences ---- */

typedef struct ranked {
    double p;
    int64_t at;
} ranked;

static int by_p(const void *a, const void *b)
{
    double l = ((const ranked *)a)->p, r = ((const ranked *)b)->p;
    return (l > r) - (l < r);
}

pm_status compare_holm(int64_t n, double *p, pm_error *err)
{
    pm_scoped_memory ranked *r = malloc((size_t)(n + 1) * sizeof *r);
    double before = 0;
    int64_t m = 0;

    if (!r) return pm_fail(err, PM_ERR_MEMORY, "no memory for adjusted probabilities");
    for (int64_t i = 0; i < n; i++)
        if (!isnan(p[i])) r[m++] = (ranked){p[i], i};
    qsort(r, (size_t)m, sizeof *r, by_p);
    for (int64_t k = 0; k < m; k++) {
        before = fmin(1, fmax(before, (double)(m - k) * r[k].p));
        p[r[k].at] = before;
    }
    return PM_OK;
}
