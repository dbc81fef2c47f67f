/* SPDX-License-Identifier: MIT */
/* Units that contradict each other: voltage against energy over capacity and against what a cell can have, and two
 * columns of one quantity against each other. */
#include "audit/checker.h"

#include <math.h>

static const double CELL_V = 100, PACK_V = 1000, LARGEST_V = 1e4, SMALL_V = 0.02;

/* Two columns of one quantity: how many rows that are not zero agree, how many disagree by one and the same factor, how many
 * otherwise; and the rows that are not equal. */
typedef struct pair {
    double factor, offset, first, second;
    int64_t agree, others;
    pm_audit_rows rows, shifted;
} pair;

static const struct {
    int capacity, energy;
} counters[3] = {{PM_AUDIT_STEP_CAPACITY, PM_AUDIT_STEP_ENERGY},
                 {PM_AUDIT_CHARGED, PM_AUDIT_CHARGED_ENERGY},
                 {PM_AUDIT_DISCHARGED, PM_AUDIT_DISCHARGED_ENERGY}};

typedef struct units {
    double last_V, last_capacity_Ah[3], last_energy_Wh[3];
    double energy_Wh, product_Wh; /* as reported, and from voltage and reported capacity */
    int64_t voltages, high;
    double largest_V;
    pair pairs[PM_AUDIT_NUMBERS], counters[2]; /* counters: charge and discharge against the one for both */
} units;

static void push_sizes(units *u, const double *voltage, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        double size_V = fabs(voltage[i]);
        if (!(size_V < INFINITY)) continue;
        u->voltages++;
        u->high += size_V > CELL_V;
        if (size_V > u->largest_V) u->largest_V = size_V;
    }
}

static void push_energy(units *u, int k, const double *voltage, const pm_audit_batch *b)
{
    const double *capacity = b->number[counters[k].capacity], *energy = b->number[counters[k].energy];
    if (!capacity || !energy) return;
    double last_V = u->last_V;
    for (int64_t i = 0; i < b->n; i++) {
        double capacity_Ah = fabs(capacity[i]) - u->last_capacity_Ah[k];
        double energy_Wh = fabs(energy[i]) - u->last_energy_Wh[k],
               product_Wh = fabs(voltage[i] + last_V) / 2 * capacity_Ah;
        bool within = !b->new_step[i] && capacity_Ah > 0 && energy_Wh > 0 && product_Wh < INFINITY;
        if (within) {
            u->energy_Wh += energy_Wh;
            u->product_Wh += product_Wh;
        }
        u->last_capacity_Ah[k] = fabs(capacity[i]);
        u->last_energy_Wh[k] = fabs(energy[i]);
        last_V = voltage[i];
    }
}

static void push_pair(pair *p, const pm_audit *audit, const double *x, const double *y, int64_t first, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i])) continue;
        if (y[i] != x[i]) {
            if (!p->shifted.count) p->offset = y[i] - x[i];
            pm_audit_mark(&p->shifted, audit, first + i);
        }
        if (x[i] == 0 || y[i] == 0) continue;
        double factor = pm_audit_unit_factor(fabs(y[i] / x[i]), 0.005);
        if (y[i] * x[i] < 0) factor = -factor;
        if (factor == 1) {
            p->agree++;
        } else if (!isnan(factor) && (!p->rows.count || factor == p->factor)) {
            if (!p->rows.count) {
                p->factor = factor;
                p->first = x[i];
                p->second = y[i];
            }
            pm_audit_mark(&p->rows, audit, first + i);
        } else {
            p->others++;
        }
    }
}

static void push_pairs(units *u, const pm_audit *audit, const pm_audit_batch *b)
{
    const double *both = b->number[PM_AUDIT_STEP_CAPACITY];
    for (int k = 0; k < PM_AUDIT_NUMBERS; k++)
        if (b->number[k] && b->second[k]) push_pair(&u->pairs[k], audit, b->number[k], b->second[k], b->first, b->n);
    for (int k = 0; k < 2; k++) {
        const double *one = b->number[PM_AUDIT_CHARGED + k];
        if (one && both) push_pair(&u->counters[k], audit, one, both, b->first, b->n);
    }
}

static pm_status push(void *state, const pm_audit *audit, const pm_audit_batch *b, pm_error *err)
{
    (void)err;
    units *u = state;
    const double *voltage = b->number[PM_AUDIT_VOLTAGE];
    if (voltage) {
        push_sizes(u, voltage, b->n);
        for (int k = 0; k < 3; k++) push_energy(u, k, voltage, b);
        u->last_V = voltage[b->n - 1];
    }
    push_pairs(u, audit, b);
    return PM_OK;
}

/* ---- what follows ------------------------------------------------------------------------------------------- */

static void say_voltage(const units *u, const pm_audit *audit, pm_audit_out *out)
{
    double by_energy = u->energy_Wh > 0 ? pm_audit_unit_factor(u->product_Wh / u->energy_Wh, 0.1) : NAN;
    bool high = u->high * 2 > u->voltages && u->largest_V <= LARGEST_V;
    bool low = u->voltages && u->largest_V < SMALL_V && by_energy == 1e-3;
    if (!high && !low) return;
    if (high && by_energy == 1) return; /* a battery of many cells */
    bool certain = low || by_energy == 1000 || u->largest_V > PACK_V;
    pm_audit_rows all = {.count = pm_audit_row_count(audit), .first = 1, .last = pm_audit_row_count(audit)};
    pm_finding f = pm_audit_finding("voltage-unit", certain ? "error" : "warning", PM_AUDIT_VOLTAGE, &all);
    f.factor = high ? 1000 : 1e-3;
    f.observed = u->largest_V;
    f.expected = u->largest_V / f.factor;
    f.reconcilable = certain;
    char energy[96] = "";
    if (u->energy_Wh > 0)
        snprintf(energy, sizeof energy, "; its energies say %.3g times less", u->product_Wh / u->energy_Wh);
    pm_audit_say(out, f, certain ? "--reconcile divides the voltages by the factor" : NULL,
                 "voltages reach %.6g V, which is %.4g V if the unit is wrong by %g%s", u->largest_V, f.expected,
                 f.factor, energy);
}

static const char *spelled(const pm_audit *audit, int number)
{
    const pm_source_column *source = pm_audit_source(audit, number);
    return source && source->source_name && *source->source_name ? source->source_name : pm_audit_name(number);
}

/* other: the second column, PM_AUDIT_NUMBERS where it is the same quantity once more */
static void say_pair(const pair *p, int number, int other, const pm_audit *audit, pm_audit_out *out)
{
    int64_t compared = p->agree + p->others + p->rows.count;
    if (p->rows.count && p->rows.count * 10 >= compared * 9) {
        pm_finding f = pm_audit_finding("columns-disagree", "error", number, &p->rows);
        f.expected = p->first;
        f.observed = p->second;
        f.factor = p->factor;
        char second[128];
        if (other < PM_AUDIT_NUMBERS)
            snprintf(second, sizeof second, "'%.64s'", spelled(audit, other));
        else
            snprintf(second, sizeof second, "the file's second column of %s", pm_audit_name(number));
        pm_audit_say(out, f, "the file cannot say which is right; '--map' chooses a column",
                     "%s is %g times '%.64s' in %lld of %lld rows that are not zero", second, p->factor,
                     spelled(audit, number), (long long)p->rows.count, (long long)compared);
    } else if (number == PM_AUDIT_CYCLE && p->shifted.count) {
        pm_finding f = pm_audit_finding("columns-disagree", "note", number, &p->shifted);
        f.expected = 0;
        f.observed = p->offset;
        pm_audit_say(out, f, NULL, "the file's second cycle count differs in %lld rows, first by %+g",
                     (long long)p->shifted.count, p->offset);
    }
}

static void result(const void *state, const pm_audit *audit, pm_audit_out *out)
{
    const units *u = state;
    say_voltage(u, audit, out);
    for (int k = 0; k < PM_AUDIT_NUMBERS; k++) say_pair(&u->pairs[k], k, PM_AUDIT_NUMBERS, audit, out);
    for (int k = 0; k < 2; k++) say_pair(&u->counters[k], PM_AUDIT_CHARGED + k, PM_AUDIT_STEP_CAPACITY, audit, out);
}

const pm_audit_checker pm_audit_units = {.state_size = sizeof(units), .push = push, .result = result};
