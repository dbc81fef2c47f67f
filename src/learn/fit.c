/* SPDX-License-Identifier: MIT */
/* What all who fit models share. */
#include "fit.h"

#include <math.h>

pm_learn_options pm_learn_defaults(const pm_learn_options *given)
{
    pm_learn_options o = given ? *given : (pm_learn_options){0};

    if (!o.learner) o.learner = PM_BOOSTED;
    if (!o.trees) o.trees = o.learner == PM_FOREST ? 300 : 100;
    if (!o.depth && o.learner == PM_BOOSTED) o.depth = 3;
    if (!o.least_leaf) o.least_leaf = 1;
    if (!(o.rate > 0)) o.rate = 0.1;
    o.penalty = o.penalty < 0 ? 0 : o.penalty > 0 ? o.penalty : 1;
    if (!(o.row_share > 0)) o.row_share = 1;
    return o;
}

double pm_learn_target(const pm_data *d, const pm_learn_options *o, int64_t row)
{
    return o->log_target ? log10(d->target[row]) : d->target[row];
}

void pm_softmax(int n, double *margin)
{
    double most = margin[0], sum = 0;

    for (int k = 1; k < n; k++) most = fmax(most, margin[k]);
    for (int k = 0; k < n; k++) sum += margin[k] = exp(margin[k] - most);
    for (int k = 0; k < n; k++) margin[k] /= sum;
}
