/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: XGBoost's booster behind its adapter. Serving never sees it; tests and benchmarks compare with what
 * XGBoost itself says of the model that it grew.
 */
#ifndef PM_LEARN_BOOSTER_H
#define PM_LEARN_BOOSTER_H

#include "learn.h"
#include "trees.h"

typedef struct pm_booster pm_booster;

/** Options with all defaults filled in. PM_ERR_FEATURE where XGBoost is not installed. */
PM_CHECK pm_status pm_booster_train(const pm_data *data, const pm_learn_options *options, pm_booster **out,
                                    pm_error *err);
/** Its trees as ours, into `trees` with room for the bases. Censored lives: of their natural logarithm. */
PM_CHECK pm_status pm_booster_adopt(pm_booster *booster, pm_trees *trees, pm_error *err);
/** XGBoost's own values of the same margins: Shapley values [n][outputs][p + 1], or with `pairs` interactions
 *  [n][outputs][p + 1][p + 1], both with the expectation as the last feature. */
PM_CHECK pm_status pm_booster_explain(pm_booster *booster, int64_t n, const double *x, bool pairs, int threads,
                                      double *phi, pm_error *err);
/** "1.7.4" */
void pm_booster_version(const pm_booster *booster, char text[32]);
void pm_booster_free(pm_booster *booster);
PM_SCOPED(pm_booster, pm_booster_free)

#endif
