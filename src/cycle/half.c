/* SPDX-License-Identifier: MIT */
#include "half.h"

#include <math.h>
#include <stdlib.h>

double half_charge_As(const half *h)
{
    return fmax(h->sign * pm_sum_value(h->charge_As), 0.0);
}

double half_charge_Ah(const half *h)
{
    return half_charge_As(h) / 3600.0;
}

double half_energy_Wh(const half *h)
{
    return h->sign * pm_sum_value(h->energy_Ws) / 3600.0;
}

double half_mean_V(const half *h)
{
    double charge = pm_sum_value(h->gross_As);
    return charge == 0 ? (double)NAN : pm_sum_value(h->gross_Ws) / charge;
}

bool half_alternates(const half *h)
{
    return h->pulsed_As > 0.5 * pm_sum_value(h->gross_As);
}

/** Joins neighbours two by two, the voltage weighted by charge. */
static void halve(curve *c)
{
    for (int64_t i = 0; i < c->n / 2; i++) {
        curve_point a = c->point[2 * i], b = c->point[2 * i + 1];
        double charge = a.charge_As + b.charge_As;
        double part = charge > 0 ? b.charge_As / charge : 0.5;
        c->point[i] = (curve_point){charge, a.voltage_V + part * (b.voltage_V - a.voltage_V)};
    }
    c->n /= 2;
}

pm_status curve_add(curve *c, double charge_As, double voltage_V, pm_error *err)
{
    pm_status s;
    if (c->n == c->capacity && (s = pm_grow(&c->point, &c->capacity, c->n + 1, sizeof *c->point, err))) return s;
    c->point[c->n++] = (curve_point){charge_As, voltage_V};
    c->charge_As += charge_As;
    if (c->n == CURVE_FULL) halve(c);
    return PM_OK;
}

pm_status curve_join(curve *c, const curve *more, pm_error *err)
{
    pm_status s;
    for (int64_t i = 0; i < more->n; i++)
        if ((s = curve_add(c, more->point[i].charge_As, more->point[i].voltage_V, err))) return s;
    return PM_OK;
}

/** Appends the points of c that lie in the window [from, to] of charge, each with its part inside; *passed goes on. */
static int64_t cut_window(const curve *c, double from, double to, double *passed, double *voltage, double *weight)
{
    int64_t n = 0;
    for (int64_t i = 0; c && i < c->n && *passed < to; i++) {
        double start = *passed, end = start + c->point[i].charge_As;
        double inside = (end < to ? end : to) - (start > from ? start : from);
        *passed = end;
        if (!(inside > 0)) continue;
        voltage[n] = c->point[i].voltage_V;
        weight[n++] = inside;
    }
    return n;
}

pm_status curve_plateau(const curve *c, const curve *more, double *voltage_V, pm_error *err)
{
    int64_t n = c->n + (more ? more->n : 0);
    double total = c->charge_As + (more ? more->charge_As : 0), passed = 0;
    *voltage_V = (double)NAN;
    if (!(total > 0)) return PM_OK;
    double *voltage = malloc((size_t)n * 2 * sizeof *voltage);
    if (!voltage) return pm_fail(err, PM_ERR_MEMORY, "no memory for a voltage curve of %lld points", (long long)n);
    double *weight = voltage + n;
    int64_t inside = cut_window(c, 0.4 * total, 0.8 * total, &passed, voltage, weight);
    inside += cut_window(more, 0.4 * total, 0.8 * total, &passed, voltage + inside, weight + inside);
    if (inside > 0) *voltage_V = pm_weighted_median(voltage, weight, inside);
    free(voltage);
    return PM_OK;
}

pm_status half_list_push(half_list *list, const half *h, pm_error *err)
{
    pm_status s;
    if (half_charge_As(h) == 0) return PM_OK;
    if (list->charge_maximum_As < 1e-3 * half_charge_As(h) && list->current_maximum_A < 1e-2 * h->current_maximum_A)
        list->n = 0;
    if ((s = pm_grow(&list->item, &list->capacity, list->n + 1, sizeof *list->item, err))) return s;
    list->item[list->n++] = *h;
    list->charge_maximum_As = fmax(list->charge_maximum_As, half_charge_As(h));
    list->current_maximum_A = fmax(list->current_maximum_A, h->current_maximum_A);
    return PM_OK;
}
