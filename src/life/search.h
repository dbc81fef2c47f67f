/* SPDX-License-Identifier: MIT */
/* Private to the room: a hypothesis whose place along the cycles is not known, averaged over all places it may have. */
#ifndef PM_LIFE_SEARCH_H
#define PM_LIFE_SEARCH_H

#include "life/course.h"

enum { SEARCH_PLACES = 16 };

typedef struct hypothesis hypothesis;
struct hypothesis {
    const course *c;
    fit_work *work;
    void (*rows)(const hypothesis *h, double place);          /* fills in fit_rows_of(work) */
    double (*log_allowed)(const hypothesis *h, double place); /* of the last fit; NULL = all is allowed */
    bool placeless;
    double middle, half;         /* of the stretch: terms are in units of it */
    double first, last;          /* places */
    double most_lag[FIT_SERIES]; /* a step looks like noise that lasts: how long it may */
    /* for rows: */
    double n_to_p;       /* 0 = not known */
    double knee;         /* of the cathode, before lithium runs short; NaN = none */
    const double *steps; /* in the line of a bend, known */
    int n_steps;
    double short_from; /* where it runs short, while the place of the knee is looked for */
    /* what was found: */
    double best, log_evidence; /* averaged over places */
    fit_result at_best;
    fit_noise noise;
    int n;
    double place[SEARCH_PLACES], log_at[SEARCH_PLACES], spacing;
};
/* All members that are not found but rows, log_allowed and n_to_p. */
hypothesis search_hypothesis(const course *c, fit_work *work);
/* What of h->best and h->noise is known before: nothing, the place, or the noise. */
typedef enum search_known { SEARCH_ANEW, SEARCH_PLACE_KNOWN, SEARCH_NOISE_KNOWN } search_known;
/* Looks for the likeliest places and the noise that is left there, until places are `finest` apart. */
void search_places(hypothesis *h, search_known known, double finest);
/* Of the place. */
double search_quantile(const hypothesis *h, double q);
/* Logarithm of the evidence at the best place, and of the mean of two evidences. */
double search_highest(const hypothesis *h);
double search_either(double a, double b);

#endif
