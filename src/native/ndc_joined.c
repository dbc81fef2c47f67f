/* SPDX-License-Identifier: MIT */
/* What stands beside the voltages and currents since version 11: the clock and the counters, and the steps. */
#include "ndc.h"

#include <math.h>
#include <stdlib.h>

/* Where the numbers of a row of run information stand. */
enum { STEP_MS = 0, CHARGE = 5, DISCHARGE = 9, CHARGE_ENERGY = 13, DISCHARGE_ENERGY = 17 };
enum { DT_MS = 29, UNIX_S = 33, STEP = 37, INDEX = 41, UNIX_MS = 45 };

/* Versions 14 and 17 count Ah and Wh, the others mAs and mWs. */
static double per_hour_unit(int version)
{
    return version == 14 || version == 17 ? 1 : 3.6e6;
}

static ndc_run run_of(const uint8_t *p, double divide)
{
    return (ndc_run){.index = pm_u32(p + INDEX),
                     .dt_ms = pm_i32(p + DT_MS),
                     .step_ms = pm_u32(p + STEP_MS),
                     .unix_ms = pm_u32(p + UNIX_S) * INT64_C(1000) + pm_u16(p + UNIX_MS),
                     .charge = fabs((double)pm_f32(p + CHARGE)) / divide,
                     .discharge = fabs((double)pm_f32(p + DISCHARGE)) / divide,
                     .charge_energy = fabs((double)pm_f32(p + CHARGE_ENERGY)) / divide,
                     .discharge_energy = fabs((double)pm_f32(p + DISCHARGE_ENERGY)) / divide};
}

/* The instrument's numbers of steps need not begin with 1 or rise by 1: the step file has a row for each change. */
static pm_status add_run(ndc_test *t, const uint8_t *p, int version, pm_error *err)
{
    uint32_t number = pm_u32(p + STEP);
    pm_status s = pm_grow(&t->run, &t->runs_room, t->n_runs + 1, sizeof *t->run, err);

    if (s) return s;
    ndc_run *r = &t->run[t->n_runs];
    *r = run_of(p, per_hour_unit(version));
    if (t->n_runs > 0) r->step = t->run[t->n_runs - 1].step + (number != t->step_number);
    t->step_number = number;
    t->n_runs++;
    return PM_OK;
}

static int by_index(const void *a, const void *b)
{
    const ndc_run *x = a, *y = b;

    if (x->index != y->index) return x->index < y->index ? -1 : 1;
    if (x->step != y->step) return x->step < y->step ? -1 : 1; /* as they stood in the file */
    return x->step_ms < y->step_ms ? -1 : x->step_ms > y->step_ms;
}

/* In the order of the rows; the first of several for one row counts. */
static void put_in_order(ndc_test *t)
{
    int64_t kept = 0, gap = 0;
    bool sorted = true;

    for (int64_t i = 1; i < t->n_runs && sorted; i++) sorted = t->run[i - 1].index <= t->run[i].index;
    if (!sorted) qsort(t->run, (size_t)t->n_runs, sizeof *t->run, by_index);
    for (int64_t i = 0; i < t->n_runs; i++) {
        if (t->run[i].index == 0 || (kept && t->run[i].index == t->run[kept - 1].index)) continue;
        if (kept && t->run[i].index - t->run[kept - 1].index > gap) gap = t->run[i].index - t->run[kept - 1].index;
        t->run[kept++] = t->run[i];
    }
    t->n_runs = kept;
    t->reach = kept ? t->run[kept - 1].index + (gap > 128 ? gap : 128) : 0;
}

typedef pm_status (*add_row)(ndc_test *t, const uint8_t *p, int version, pm_error *err);

static pm_status read_rows(ndc_test *t, const ndc_source *source, int type, ndc_pages *p, add_row add, pm_error *err)
{
    ndc_page page = {.places = 1};
    pm_status s = ndc_pages_open(source, type, p, err);

    while (!s && page.places > 0) {
        s = ndc_pages_next(p, &page, err);
        int i = 0, n = 0;
        for (i = ndc_page_run(&page, i, &n); !s && n > 0; i = ndc_page_run(&page, i, &n))
            for (; n > 0 && !s; n--, i++) s = add(t, page.row + i * p->layout->size, p->layout->version, err);
    }
    ndc_pages_close(p);
    return s;
}

pm_status ndc_read_runs(ndc_test *t, pm_error *err)
{
    pm_status s = read_rows(t, &t->run_source, NDC_RUN, &t->run_pages, add_run, err);

    if (!s) put_in_order(t);
    return s;
}

static pm_status add_step(ndc_test *t, const uint8_t *p, int version, pm_error *err)
{
    pm_status s = pm_grow(&t->step, &t->steps_room, t->n_steps + 1, sizeof *t->step, err);

    (void)version;
    if (!s) t->step[t->n_steps++] = (ndc_step){pm_u32(p), pm_u32(p + 4), p[24]};
    return s;
}

pm_status ndc_read_steps(ndc_test *t, pm_error *err)
{
    return read_rows(t, &t->step_source, NDC_STEP, &t->step_pages, add_step, err);
}
