/* SPDX-License-Identifier: MIT */
/* Probabilities that mean what they say: temperature, Platt's sigmoid, prediction sets with coverage for new groups. */
#include "fit.h"

#include <math.h>
#include <string.h>

/* ---- temperature ---- */

void pm_heat(double temperature, int64_t n, int classes, double *probability)
{
    for (int64_t i = 0; i < n; i++) {
        double *p = probability + i * classes;
        for (int k = 0; k < classes; k++) p[k] = log(fmax(p[k], 1e-12)) / temperature;
        pm_softmax(classes, p);
    }
}

static double loss_at(const pm_data *d, const double *probability, const int32_t *fold, int leave_out,
                      double temperature)
{
    double loss = 0, p[32];

    for (int64_t i = 0; i < d->n; i++) {
        if (fold && fold[i] == leave_out) continue;
        memcpy(p, probability + i * d->classes, (size_t)d->classes * sizeof *p);
        pm_heat(temperature, 1, d->classes, p);
        loss -= log(fmax(p[d->y[i]], 1e-12));
    }
    return loss;
}

/* The loss is smooth and has one minimum in 1/T: golden section over log T. */
double pm_temperature(const pm_data *d, const double *probability, const int32_t fold[], int leave_out)
{
    static const double golden = 0.61803398874989485;
    double low = log(0.2), high = log(10);

    if (d->classes < 2 || d->classes > 32) return 1;
    while (high - low > 1e-3) {
        double a = high - golden * (high - low), b = low + golden * (high - low);
        if (loss_at(d, probability, fold, leave_out, exp(a)) < loss_at(d, probability, fold, leave_out, exp(b)))
            high = b;
        else
            low = a;
    }
    double best = exp((low + high) / 2);
    bool gains = loss_at(d, probability, fold, leave_out, best) < loss_at(d, probability, fold, leave_out, 1);
    return gains ? best : 1;
}

/* ---- Platt ---- */

pm_status pm_platt(int64_t n, const double *score, const int *label, double *a, double *b, pm_error *err)
{
    double ones = 0, theta[2];

    for (int64_t i = 0; i < n; i++) ones += label[i] != 0;
    double zeros = (double)n - ones;
    if (ones == 0 || zeros == 0) return pm_fail(err, PM_ERR_DATA, "a sigmoid needs labels of both kinds");
    theta[0] = 0;
    theta[1] = log((zeros + 1) / (ones + 1));
    for (int step = 0; step < 100; step++) { /* Newton; p = 1/(1 + exp(A s + B)) */
        double g[2] = {0}, h[4] = {1e-12, 0, 0, 1e-12};
        for (int64_t i = 0; i < n; i++) {
            double p = 1 / (1 + exp(theta[0] * score[i] + theta[1]));
            double t = label[i] ? (ones + 1) / (ones + 2) : 1 / (zeros + 2), w = p * (1 - p);
            g[0] += (p - t) * score[i];
            g[1] += p - t;
            h[0] += w * score[i] * score[i];
            h[2] += w * score[i];
            h[3] += w;
        }
        pm_status s = pm_solve_symmetric(2, h, g, err);
        if (s) return s;
        theta[0] += g[0];
        theta[1] += g[1];
        if (fabs(g[0]) + fabs(g[1]) < 1e-14) break;
    }
    *a = theta[0];
    *b = theta[1];
    return PM_OK;
}

/* ---- prediction sets ---- */

typedef struct scored {
    double score, weight;
} scored;

static int by_score(const void *a, const void *b)
{
    double l = ((const scored *)a)->score, r = ((const scored *)b)->score;
    return (l > r) - (l < r);
}

/* Does row i count, and with which score? */
typedef struct residuals {
    const pm_data *d;
    const double *predicted;
    const int32_t *fold;
    int leave_out;
    bool of_logarithm;
} residuals;

static bool counts(const residuals *w, int64_t i)
{
    return !(w->fold && w->fold[i] == w->leave_out) && (w->d->classes || pm_row_ended(w->d, i));
}

static double score_of(const residuals *w, int64_t i)
{
    const double *p = w->predicted;

    if (w->d->classes) return 1 - p[i * w->d->classes + w->d->y[i]];
    return w->of_logarithm ? fabs(log10(p[i]) - log10(w->d->target[i])) : fabs(p[i] - w->d->target[i]);
}

/* The least score that the rows of a new group reach with the probability; `most` where the groups do not tell. */
static pm_status quantile_over_groups(const residuals *w, double coverage, double most, double *out, pm_error *err)
{
    const pm_data *d = w->d;
    pm_scoped_memory scored *all = calloc((size_t)d->n + 1, sizeof *all);
    pm_scoped_memory int64_t *rows = calloc((size_t)d->groups + 1, sizeof *rows);
    int64_t n = 0, groups = 0;

    if (!all || !rows) return pm_fail(err, PM_ERR_MEMORY, "no memory for prediction sets");
    for (int64_t i = 0; i < d->n; i++)
        if (counts(w, i)) groups += rows[d->group[i]]++ == 0;
    for (int64_t i = 0; i < d->n; i++)
        if (counts(w, i)) all[n++] = (scored){score_of(w, i), 1 / (double)rows[d->group[i]]};
    qsort(all, (size_t)n, sizeof *all, by_score);
    double need = coverage * (double)(groups + 1), weight = 0;
    *out = most;
    for (int64_t i = 0; i < n; i++) {
        weight += all[i].weight;
        if (weight < need - 1e-9) continue;
        *out = all[i].score;
        break;
    }
    return PM_OK;
}

pm_status pm_conformal(const pm_data *d, const double *probability, const int32_t fold[], int leave_out,
                       double coverage, double *threshold, pm_error *err)
{
    residuals w = {d, probability, fold, leave_out, false};

    return quantile_over_groups(&w, coverage, 1, threshold, err);
}

pm_status pm_conformal_residual(const pm_data *d, const double *predicted, const int32_t fold[], int leave_out,
                                double coverage, bool of_logarithm, double *half_width, pm_error *err)
{
    residuals w = {d, predicted, fold, leave_out, of_logarithm};

    if (!d->target) return pm_fail(err, PM_ERR_ARGUMENT, "intervals are of numbers, and these are classes");
    for (int64_t i = 0; of_logarithm && i < d->n; i++)
        if (counts(&w, i) && !(predicted[i] > 0 && d->target[i] > 0))
            return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "ask for intervals of the target itself",
                              "row %lld: its target or its prediction is not above zero, and has no logarithm",
                              (long long)i + 1);
    return quantile_over_groups(&w, coverage, INFINITY, half_width, err);
}

uint32_t pm_prediction_set(const double *probability, int classes, double threshold)
{
    uint32_t set = 0;
    int best = 0;

    for (int k = 0; k < classes && k < 32; k++) {
        if (1 - probability[k] <= threshold) set |= UINT32_C(1) << k;
        if (probability[k] > probability[best]) best = k;
    }
    return set | UINT32_C(1) << best;
}
