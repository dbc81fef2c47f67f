/* SPDX-License-Identifier: MIT */
/* Least value of a function of a few numbers, without derivatives (Nelder and Mead, Computer Journal 1965, 7, 308). */
#include "fit.h"

#include <math.h>
#include <string.h>

enum { MOST = PM_SIMPLEX_MOST };

typedef struct corner {
    double x[MOST], value;
} corner;

typedef struct simplex {
    int n;
    double (*f)(void *context, const double *x);
    void *context;
    corner at[MOST + 1];
} simplex;

static int by_value(const void *a, const void *b)
{
    double l = ((const corner *)a)->value, r = ((const corner *)b)->value;
    return (l > r) - (l < r);
}

/* On the line from the worst corner through the middle of the others: part = 1 is as far behind it. */
static corner mirrored(simplex *s, double part)
{
    corner c;

    for (int j = 0; j < s->n; j++) {
        double middle = 0;
        for (int i = 0; i < s->n; i++) middle += s->at[i].x[j] / s->n;
        c.x[j] = middle + part * (middle - s->at[s->n].x[j]);
    }
    c.value = s->f(s->context, c.x);
    return c;
}

static void shrink(simplex *s)
{
    for (int i = 1; i <= s->n; i++) {
        for (int j = 0; j < s->n; j++) s->at[i].x[j] = (s->at[i].x[j] + s->at[0].x[j]) / 2;
        s->at[i].value = s->f(s->context, s->at[i].x);
    }
}

static void step(simplex *s)
{
    corner *worst = &s->at[s->n], c = mirrored(s, 1);

    if (c.value < s->at[0].value) {
        corner further = mirrored(s, 2);
        *worst = further.value < c.value ? further : c;
    } else if (c.value < s->at[s->n - 1].value) {
        *worst = c;
    } else {
        corner inside = mirrored(s, c.value < worst->value ? 0.5 : -0.5);
        if (inside.value < fmin(c.value, worst->value))
            *worst = inside;
        else
            shrink(s);
    }
}

double pm_simplex(int n, double (*f)(void *context, const double *x), void *context, double first_step, int steps,
                  double *x)
{
    simplex s = {.n = n, .f = f, .context = context};

    for (int i = 0; i <= n; i++) {
        for (int j = 0; j < n; j++) s.at[i].x[j] = x[j] + (i == j + 1 ? first_step : 0);
        s.at[i].value = f(context, s.at[i].x);
    }
    for (int k = 0; k < steps; k++) {
        qsort(s.at, (size_t)n + 1, sizeof *s.at, by_value);
        if (s.at[n].value - s.at[0].value < 1e-9 * (1 + fabs(s.at[0].value))) break;
        step(&s);
    }
    qsort(s.at, (size_t)n + 1, sizeof *s.at, by_value);
    memcpy(x, s.at[0].x, (size_t)n * sizeof *x);
    return s.at[0].value;
}
