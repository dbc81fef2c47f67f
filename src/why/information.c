/* SPDX-License-Identifier: MIT */
/* What a measurement is expected to tell: the mutual information of its reading and the hypothesis. */
#include "why/model.h"

#include <math.h>

/* Probability of a reading (one leaf of each observable) under a hypothesis, among the values that are left. */
static double of_reading(const why_method *m, const pm_why_case *c, const int *leaf, const double (*p)[WHY_LEAVES])
{
    double product = 1;

    for (int i = 0; i < m->n_measures; i++) {
        int o = m->measures[i];
        uint32_t left = c->told[o].leaves;
        product *= p[o][leaf[i]];
        if (left) product /= why_mass(p[o], left);
    }
    return product;
}

/* The next reading that was not excluded; false at the end. */
static bool next_reading(const why_method *m, const pm_why_case *c, int *leaf)
{
    for (int i = 0; i < m->n_measures; i++) {
        const why_observable *o = &c->graph->observable[m->measures[i]];
        uint32_t left = c->told[m->measures[i]].leaves;
        do leaf[i]++;
        while (leaf[i] < o->n_leaves && left && !(left >> leaf[i] & 1));
        if (leaf[i] < o->n_leaves) return true;
        for (leaf[i] = 0; left && !(left >> leaf[i] & 1);) leaf[i]++;
    }
    return false;
}

double why_information(const why_method *m, const pm_why_case *c, int n, const double *weight,
                       const double (*const *p)[WHY_LEAVES])
{
    int leaf[WHY_MEASURES] = {0};
    double bit = 0;

    for (int i = 0; i < m->n_measures; i++) {
        uint32_t left = c->told[m->measures[i]].leaves;
        while (left && !(left >> leaf[i] & 1)) leaf[i]++;
    }
    do {
        double total = 0;
        for (int i = 0; i < n; i++) total += weight[i] * of_reading(m, c, leaf, p[i]);
        for (int i = 0; i < n; i++) {
            double one = of_reading(m, c, leaf, p[i]);
            if (one > 0 && total > 0) bit += weight[i] * one * log2(one / total);
        }
    } while (next_reading(m, c, leaf));
    return bit > 0 ? bit : 0;
}
