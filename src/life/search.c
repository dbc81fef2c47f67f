/* SPDX-License-Identifier: MIT */
#include "life/search.h"

#include <math.h>

hypothesis search_hypothesis(const course *c, fit_work *work)
{
    double first = c->t[0], last = c->t[c->n - 1];

    return (hypothesis){.c = c,
                        .work = work,
                        .most_lag = {0.9, 0.9},
                        .knee = NAN,
                        .middle = (first + last) / 2,
                        .half = (last - first) / 2,
                        .first = c->t[c->n > 30 ? 6 : 3],
                        .last = last - 0.5};
}

/* Evidence at places spread evenly over a range; the noise is that left at the best. */
static void scan(hypothesis *h, double first, double last, int places)
{
    double most = -INFINITY;

    h->n = places;
    h->spacing = (last - first) / places;
    for (int i = 0; i < places; i++) {
        double place = first + (i + 0.5) * h->spacing;
        h->rows(h, place);
        fit_result f = fit_terms(h->work, &h->noise, 1);
        h->place[i] = place;
        h->log_at[i] = f.log_evidence + (h->log_allowed ? h->log_allowed(h, place) : 0);
        if (!(h->log_at[i] > most)) continue;
        most = h->log_at[i];
        h->best = place;
        h->at_best = f;
    }
}

static void take_noise(hypothesis *h)
{
    for (int round = 0; round < 3; round++) {
        h->rows(h, h->best);
        h->at_best = fit_terms(h->work, &h->noise, 2);
        h->noise = fit_noise_left(h->work, &h->noise, h->most_lag);
    }
}

double search_highest(const hypothesis *h)
{
    double most = -INFINITY;

    for (int i = 0; i < h->n; i++) most = fmax(most, h->log_at[i]);
    return most;
}

/* Logarithm of the mean evidence over all places, those outside the range scanned being nothing. */
static double average(const hypothesis *h)
{
    double most = search_highest(h), sum = 0;

    if (isinf(most)) return most;
    for (int i = 0; i < h->n; i++) sum += exp(h->log_at[i] - most);
    return most + log(sum * h->spacing / (h->last - h->first));
}

/* The range outside of which there is next to nothing. */
static bool narrow(const hypothesis *h, double *first, double *last)
{
    double most = search_highest(h), low = INFINITY, high = -INFINITY;

    for (int i = 0; i < h->n; i++) {
        if (!(h->log_at[i] > most - 12)) continue;
        low = fmin(low, h->place[i]);
        high = fmax(high, h->place[i]);
    }
    *first = fmax(low - 1.5 * h->spacing, h->first);
    *last = fmin(high + 1.5 * h->spacing, h->last);
    return isfinite(most) && *last - *first < 0.5 * (h->spacing * h->n);
}

void search_places(hypothesis *h, search_known known, double finest)
{
    double first = h->first, last = h->last;
    int places = h->placeless ? 1 : SEARCH_PLACES;

    if (known == SEARCH_ANEW) {
        h->best = (first + last) / 2;
        h->noise = fit_noise_start(h->work);
        scan(h, first, last, places);
    }
    if (known != SEARCH_NOISE_KNOWN) take_noise(h);
    scan(h, first, last, places);
    while (h->spacing > finest && narrow(h, &first, &last)) scan(h, first, last, places);
    h->log_evidence = average(h);
}

double search_quantile(const hypothesis *h, double q)
{
    double most = search_highest(h), sum = 0, passed = 0;

    for (int i = 0; i < h->n; i++) sum += exp(h->log_at[i] - most);
    for (int i = 0; i < h->n; i++) {
        double part = exp(h->log_at[i] - most) / sum;
        if (passed + part >= q) return h->place[i] + h->spacing * ((q - passed) / fmax(part, 1e-12) - 0.5);
        passed += part;
    }
    return h->place[h->n - 1];
}

/* Logarithm of the mean of two evidences. */
double search_either(double a, double b)
{
    double most = fmax(a, b);

    return isinf(most) ? most : most + log1p(exp(-fabs(a - b))) - M_LN2;
}
