/* SPDX-License-Identifier: MIT */
/* A cell for tests of budgets, and its lithium counted slowly. */
#ifndef PM_TESTS_LIFE_BOOKKEEPING_H
#define PM_TESTS_LIFE_BOOKKEEPING_H

#include "life/life.h"

extern const pm_budget_design book_design;
extern const pm_budget_rates book_rates;
pm_budget_life book_forward(const pm_budget_design *d, const pm_budget_rates *r);
/* Lithium counted in one sum, foil and cathode: each cycle plates what the cathode takes, or all there is, and loses its
 * part. The first cycle by which so much is lost. */
int book_cycles_to(double foil, double efficiency, double lost);

#endif
