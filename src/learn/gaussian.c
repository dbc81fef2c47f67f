/* SPDX-License-Identifier: MIT */
/* Gaussian process regression of small tables (Rasmussen and Williams 2006, chapters 2 and 5): a smooth part (Matern
   5/2), a linear part with intercept, and noise, on standardised features and target. Its four numbers are those of the
   greatest marginal likelihood, with a wide prior that keeps them finite. */
#include "fit.h"

#include <math.h>
#include <string.h>

/* The likelihood is looked at some hundred times: of more rows than these it is that of a part, evenly spread. */
enum { MOST_ROWS = 2000, LIKELIHOOD_ROWS = 250, STEPS = 80, FILLINGS = 1000 };

void pm_gaussian_free(pm_gaussian *g)
{
    if (!g) return;
    pm_linear_free(g->frame);
    free(g->z);
    free(g->alpha);
    free(g);
}

/* ---- the covariance ---- */

double pm_gaussian_kernel(const double kernel[4], int p, const double *a, const double *b)
{
    double squares = 0, dot = 0;

    for (int f = 0; f < p; f++) {
        squares += (a[f] - b[f]) * (a[f] - b[f]);
        dot += a[f] * b[f];
    }
    double r = sqrt(5 * squares / p) / kernel[1];
    return kernel[0] * (1 + r + r * r / 3) * exp(-r) + kernel[2] * (1 + dot / p);
}

/* Lower half of the rows' covariance with noise, row i being row index[i] of z. */
static void fill_covariance(const double kernel[4], int p, const double *z, int n, const int64_t *index, double *k)
{
    for (int i = 0; i < n; i++) {
        const double *own = z + (index ? index[i] : i) * p;
        for (int j = 0; j <= i; j++)
            k[(int64_t)i * n + j] = pm_gaussian_kernel(kernel, p, own, z + (index ? index[j] : j) * p);
        k[(int64_t)i * n + i] += kernel[3];
    }
}

/* ---- its numbers ---- */

typedef struct evidence {
    int n, p;
    const double *z, *t;
    int64_t index[LIKELIHOOD_ROWS];
    double *k, *solution;
    const pm_run *run;
} evidence;

static const double prior_center[4] = {0, 0, 0, -2.3}, prior_width = 3;

static void numbers_of(const double *logarithm, double kernel[4])
{
    for (int i = 0; i < 4; i++) kernel[i] = exp(fmin(fmax(logarithm[i], -20), 20));
    kernel[3] += 1e-6;
}

/* Minus the logarithm of the marginal likelihood times the prior, without constants. */
static double minus_evidence(void *context, const double *logarithm)
{
    evidence *e = context;
    double kernel[4], sum = 0;

    if (pm_run_check(e->run, NULL)) return INFINITY; /* whoever asks for it asks for the reason too */
    numbers_of(logarithm, kernel);
    fill_covariance(kernel, e->p, e->z, e->n, e->index, e->k);
    for (int i = 0; i < e->n; i++) e->solution[i] = e->t[e->index[i]];
    if (pm_solve_symmetric(e->n, e->k, e->solution, NULL)) return INFINITY;
    for (int i = 0; i < e->n; i++) sum += e->t[e->index[i]] * e->solution[i] / 2 + log(e->k[(int64_t)i * e->n + i]);
    for (int i = 0; i < 4; i++) sum += pow((logarithm[i] - prior_center[i]) / prior_width, 2) / 2;
    return sum;
}

/* From short, middle and long lengths; the likelihood has several hills. */
static pm_status choose_kernel(int64_t n, int p, const double *z, const double *t, const pm_run *run, double kernel[4],
                               pm_error *err)
{
    static const double lengths[] = {-1.2, 0, 1.2};
    int rows = n < LIKELIHOOD_ROWS ? (int)n : LIKELIHOOD_ROWS;
    pm_scoped_memory double *k = malloc((size_t)rows * ((size_t)rows + 1) * sizeof *k);
    evidence e = {.n = rows, .p = p, .z = z, .t = t, .run = run};
    double least = INFINITY, best[4] = {0};
    pm_status s;

    if (!k) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    e.k = k;
    e.solution = k + (int64_t)rows * rows;
    for (int i = 0; i < rows; i++) e.index[i] = i * n / rows;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        double logarithm[4] = {-0.5, lengths[i], -1, prior_center[3]};
        double value = pm_simplex(4, minus_evidence, &e, 0.7, STEPS, logarithm);
        if (!(value < least)) continue;
        least = value;
        memcpy(best, logarithm, sizeof best);
    }
    if (least < INFINITY) pm_simplex(4, minus_evidence, &e, 0.3, 4 * STEPS, best);
    if ((s = pm_run_check(run, err))) return s;
    numbers_of(best, kernel);
    return least < INFINITY ? PM_OK : pm_fail(err, PM_ERR_DATA, "the rows determine no Gaussian process");
}

/* ---- fitting ---- */

/* alpha = covariance^-1 t. A censored row stands at what is expected beyond its bound c, of mean f = t - noise alpha:
   repeated, this climbs to the process that is likeliest given the bounds (expectation and maximisation). */
static pm_status solve(pm_gaussian *g, int p, const pm_data *d, const double *bound, const pm_run *run, double *t,
                       pm_error *err)
{
    int n = (int)g->n;
    pm_scoped_memory double *k = malloc((size_t)n * (size_t)n * sizeof *k + 1);
    double noise = g->kernel[3], sigma = sqrt(noise), moved = 1;
    pm_status s;

    if (!k) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    fill_covariance(g->kernel, p, g->z, n, NULL, k);
    if ((s = pm_factor_symmetric(n, k, err))) return s;
    for (int round = 0; round < FILLINGS && moved > 1e-9; round++) {
        if ((s = pm_run_check(run, err))) return s;
        memcpy(g->alpha, t, (size_t)n * sizeof *t);
        pm_solve_factored(n, k, g->alpha);
        moved = 0;
        for (int i = 0; i < n; i++) {
            if (pm_row_ended(d, i)) continue;
            double mean = t[i] - noise * g->alpha[i];
            double next = mean + sigma * pm_normal_hazard((bound[i] - mean) / sigma);
            moved = fmax(moved, fabs(next - t[i]));
            t[i] = next;
        }
    }
    return PM_OK;
}

static pm_status fit(const pm_data *d, const pm_learn_options *o, pm_gaussian *g, pm_error *err)
{
    pm_scoped_memory double *bound = malloc((size_t)d->n * 2 * sizeof *bound + 1);
    double squares = 0;
    pm_status s;

    if (!bound) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    double *t = bound + d->n;
    for (int64_t i = 0; i < d->n; i++) bound[i] = pm_learn_target(d, o, i);
    g->mean = pm_mean(bound, d->n);
    for (int64_t i = 0; i < d->n; i++) squares += (bound[i] - g->mean) * (bound[i] - g->mean) / (double)d->n;
    g->spread = squares > 0 ? sqrt(squares) : 1;
    for (int64_t i = 0; i < d->n; i++) t[i] = bound[i] = (bound[i] - g->mean) / g->spread;
    /* With censored rows the numbers are chosen once more, when what lies beyond the bounds has been filled in. */
    for (int round = 0; round < (d->upper ? 2 : 1); round++)
        if ((s = choose_kernel(d->n, d->p, g->z, t, o->run, g->kernel, err)) ||
            (s = solve(g, d->p, d, bound, o->run, t, err)))
            return s;
    return PM_OK;
}

pm_status pm_fit_gaussian(const pm_data *d, const pm_learn_options *o, pm_model *m, pm_error *err)
{
    pm_gaussian *g = m->gaussian = calloc(1, sizeof *g);
    pm_status s;

    if (!g) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    if (d->n > MOST_ROWS)
        return pm_fail_at(err, PM_ERR_LIMIT, pm_nowhere(), "choose boosted trees or the forest",
                          "a Gaussian process is for at most %d rows, and there are %lld", MOST_ROWS, (long long)d->n);
    g->n = d->n;
    g->z = malloc((size_t)(d->n * d->p + 1) * sizeof *g->z);
    g->alpha = malloc((size_t)(d->n + 1) * sizeof *g->alpha);
    if (!g->z || !g->alpha) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    if ((s = pm_linear_new(d, 0, &g->frame, err))) return s;
    pm_linear_scale(g->frame, d->p, d->n, d->x, g->z);
    return fit(d, o, g, err);
}

pm_status pm_gaussian_predict(const pm_gaussian *g, int p, int64_t n, const double *x, double *out, pm_error *err)
{
    pm_scoped_memory double *z = malloc((size_t)p * sizeof *z + 1);

    if (!z) return pm_fail(err, PM_ERR_MEMORY, "no memory to predict");
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        pm_linear_scale(g->frame, p, 1, x + i * p, z);
        for (int64_t j = 0; j < g->n; j++) sum += g->alpha[j] * pm_gaussian_kernel(g->kernel, p, z, g->z + j * p);
        out[i] = g->mean + g->spread * sum;
    }
    return PM_OK;
}
