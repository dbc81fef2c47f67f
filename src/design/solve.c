/* SPDX-License-Identifier: MIT */
/* The value of one input at which one output meets a target. */
#include "design.h"

#include <math.h>

enum { STEPS = 256, HALVINGS = 200, SOLUTIONS = 4 };

typedef struct search {
    const pm_design *told;
    const pm_design_axis *axis;
    const pm_design_output *output;
    double target;
    double least, most;       /* of the output */
    double at_least, at_most; /* where */
    double root[SOLUTIONS];   /* the first of them */
    int roots;
} search;

/* Output less target; NaN where there is none. *s is the failure of a design that cannot be. */
static double excess(const search *at, double value, pm_status *s, pm_error *err)
{
    pm_design d = *at->told;
    pm_design_result r;
    pm_design_set(&d, at->axis->input, value);
    *s = pm_design_compute(&d, &r, err);
    return *s ? NAN : pm_design_read(&r, at->output) - at->target;
}

static double step(double low, double high, int i)
{
    double x = (double)i / STEPS;
    if (low > 0 && high / low > 20) return i == STEPS ? high : low * pow(high / low, x);
    return low + (high - low) * x;
}

/* Bisection: to the last bit or nearly, whatever the output's shape. */
static double bisect(const search *at, double low, double high, bool rises)
{
    pm_status s;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        if ((excess(at, middle, &s, NULL) >= 0) == rises)
            high = middle;
        else
            low = middle;
    }
    return low + (high - low) / 2;
}

static void take(search *at, double value, double output)
{
    if (output < at->least) at->least = output, at->at_least = value;
    if (output > at->most) at->most = output, at->at_most = value;
}

/* Looks at a range in steps and keeps the extremes and where the target is crossed. The failure is the first one, where
 * every design of the range failed. */
static pm_status scan(search *at, double from, double to, pm_error *err)
{
    double before = NAN;
    bool any = false;
    pm_error first = {0};
    pm_status s, failed = PM_OK;
    for (int i = 0; i <= STEPS; i++) {
        double value = step(from, to, i), now = excess(at, value, &s, failed ? NULL : &first);
        if (s && !failed) failed = s;
        any = any || !isnan(now);
        if (!isnan(now)) take(at, value, now + at->target);
        if (!isnan(now) && !isnan(before) && (now >= 0) != (before >= 0) && at->roots < SOLUTIONS)
            at->root[at->roots++] = bisect(at, step(from, to, i - 1), value, now >= 0);
        before = now;
    }
    if (any) return PM_OK;
    if (failed && err) *err = first;
    return failed ? failed : pm_fail(err, PM_ERR_DATA, "%s is not there for this design", at->output->key);
}

/* A peak or a trough between two steps may reach the target where the steps do not. */
static pm_status scan_closer(search *at, pm_error *err)
{
    const pm_design_axis *a = at->axis;
    double peaks[] = {at->at_most, at->at_least};
    pm_status s;
    for (int k = 0; k < 2 && !at->roots; k++) {
        double low = a->low, high = a->high;
        for (int i = 0; i <= STEPS; i++) {
            double value = step(a->low, a->high, i);
            if (value < peaks[k]) low = value;
            if (value > peaks[k]) high = fmin(high, value);
        }
        if ((s = scan(at, low, high, err))) return s;
    }
    return PM_OK;
}

/* A value with the unit that people use. */
static void show(double value, const char *unit, const char *shown, char text[48])
{
    pm_unit from, to;
    if (!pm_unit_parse(unit, &from, NULL) && !pm_unit_parse(shown, &to, NULL) &&
        !pm_unit_convert(from, to, 1, &value, NULL))
        snprintf(text, 48, "%.5g%s%s", value, shown[0] == '1' ? "" : " ", shown[0] == '1' ? "" : shown);
}

static pm_status none(const search *at, pm_error *err)
{
    const pm_design_output *o = at->output;
    const pm_design_input *k = at->axis->input;
    char low[48] = "", high[48] = "", least[48] = "", most[48] = "", target[48] = "";
    show(at->axis->low, k->unit, k->shown, low);
    show(at->axis->high, k->unit, k->shown, high);
    show(at->least, o->unit, o->shown, least);
    show(at->most, o->unit, o->shown, most);
    show(at->target, o->unit, o->shown, target);
    if (at->most - at->least <= 1e-12 * fabs(at->most) || at->most == at->least)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "another input has to change",
                          "%s does not depend on %s here: it is %s", o->key, k->key, most);
    return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "change another input too",
                      "no %s from %s to %s gives %s %s: it is %s to %s", k->key, low, high, o->key, target, least,
                      most);
}

static pm_status several(const search *at, pm_error *err)
{
    const pm_design_input *k = at->axis->input;
    char first[48] = "", second[48] = "";
    show(at->root[0], k->unit, k->shown, first);
    show(at->root[1], k->unit, k->shown, second);
    return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "narrow the range to one of them",
                      "%s does not only rise or only fall with %s: the target is met at %s, at %s%s", at->output->key,
                      k->key, first, second, at->roots > 2 ? " and beyond" : "");
}

/* The output may rise or fall with the number. */
static double whole(const search *at, double value)
{
    double below = floor(value), above = ceil(value);
    pm_status s;
    if (fabs(value - round(value)) < 1e-9) return round(value);
    if (below < at->axis->low) return above;
    if (above > at->axis->high) return below;
    return excess(at, below, &s, NULL) >= 0 ? below : above;
}

pm_status pm_design_solve(const pm_design *told, const pm_design_axis *axis, const pm_design_output *output,
                          double target, double *value, pm_error *err)
{
    search at = {.told = told, .axis = axis, .output = output, .target = target};
    pm_status s;
    if (!isfinite(target)) return pm_fail(err, PM_ERR_ARGUMENT, "the target is no finite number");
    if (!(axis->low < axis->high)) return pm_fail(err, PM_ERR_ARGUMENT, "the range of %s is empty", axis->input->key);
    at.least = INFINITY;
    at.most = -INFINITY;
    if ((s = scan(&at, axis->low, axis->high, err))) return s;
    if (!at.roots && (s = scan_closer(&at, err))) return s;
    if (!at.roots) return none(&at, err);
    if (at.roots > 1) return several(&at, err);
    *value = pm_design_is_whole(axis->input) ? whole(&at, at.root[0]) : at.root[0];
    return PM_OK;
}
