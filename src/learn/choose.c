/* SPDX-License-Identifier: MIT */
/* Which of several ways to learn predicts best, decided within the rows that are given. */
#include "fit.h"

#include <math.h>
#include <string.h>

/* ---- the loss that decides ---- */

static double error_of_logarithm(const pm_data *d, const double *p)
{
    double squares = 0;

    for (int64_t i = 0; i < d->n; i++) {
        double way = log10(fmax(p[i], 1e-300)) - log10(d->target[i]);
        squares += way * way / (double)d->n;
    }
    return sqrt(squares);
}

static bool is_censored(const pm_data *d)
{
    for (int64_t i = 0; i < d->n; i++)
        if (!pm_row_ended(d, i)) return true;
    return false;
}

static pm_status loss_of(const pm_data *d, const double *p, bool of_logarithm, double *loss, pm_error *err)
{
    pm_scores scores;
    pm_errors errors;
    pm_status s;

    if (d->classes) {
        if ((s = pm_scores_of(d, p, 0, 0, NULL, &scores, err))) return s;
        *loss = scores.log_loss.value;
        pm_scores_leave(&scores);
        return PM_OK;
    }
    if ((s = pm_errors_of(d, p, 0, 0, NULL, &errors, err))) return s;
    *loss = is_censored(d) ? 1 - errors.concordance.value : of_logarithm ? error_of_logarithm(d, p) : errors.rmse.value;
    return PM_OK;
}

/* ---- choosing ---- */

static pm_status check_choice(const pm_data *d, const pm_choice *c, pm_error *err)
{
    if (c->n < 1) return pm_fail(err, PM_ERR_ARGUMENT, "there is no way to learn among which to choose");
    for (int k = 1; k < c->n; k++)
        if (!d->classes && c->candidates[k].log_target != c->candidates[0].log_target)
            return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "set log_target in all of them or in none",
                              "errors of a target and of its logarithm cannot be compared");
    return PM_OK;
}

pm_status pm_choose(const pm_data *d, const pm_choice *c, const pm_run *run, int *best, double *loss, pm_error *err)
{
    size_t width = d->classes ? (size_t)d->classes : 1;
    pm_scoped_memory int32_t *fold = calloc((size_t)d->n + 1, sizeof *fold);
    pm_scoped_memory double *out = malloc(((size_t)d->n + 1) * width * sizeof *out);
    int folds, chosen = -1;
    double own, least = INFINITY;
    pm_status s;

    if (!fold || !out) return pm_fail(err, PM_ERR_MEMORY, "no memory to choose");
    if ((s = check_choice(d, c, err)) || (s = pm_split(d, c->by, c->folds, c->seed, fold, &folds, err))) return s;
    for (int k = 0; k < c->n; k++) {
        if ((s = pm_cross_predict(d, &c->candidates[k], fold, folds, run, out, err))) return s;
        if ((s = loss_of(d, out, c->candidates[0].log_target, &own, err))) return s;
        if (loss) loss[k] = own;
        if (!(own < least)) continue;
        least = own;
        chosen = k;
    }
    if (chosen < 0)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "give more cells that were watched to their end",
                          "no two rows tell which of the predictions is better");
    *best = chosen;
    return PM_OK;
}

/* ---- nested ---- */

typedef struct nest {
    const pm_choice *choice;
    const pm_run *run;
    int *chosen;
} nest;

static pm_status learn_best(const void *context, int64_t fold, const pm_data *others, pm_model **out, pm_error *err)
{
    const nest *w = context;
    int best = 0;
    pm_status s = pm_choose(others, w->choice, w->run, &best, NULL, err);

    if (s) return s;
    if (w->chosen) w->chosen[fold] = best;
    return pm_learn_or_majority(others, &w->choice->candidates[best], out, err);
}

pm_status pm_cross_nested(const pm_data *d, const pm_choice *choice, const int32_t fold[], int folds, const pm_run *run,
                          double *out, int chosen[], pm_error *err)
{
    nest w = {choice, run, chosen};

    return pm_cross(d, fold, folds, run, learn_best, &w, out, err);
}
