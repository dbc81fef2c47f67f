/* SPDX-License-Identifier: MIT */
/* The laboratory's files against its truth: sums done here, the reader, the audit and the cycler. */
#include "laboratory.h"

#include <math.h>
#include <string.h>

#include "audit/audit.h"
#include "cycle/cycle.h"

/* Truth of a cell's cycle; the whole table is looked through. */
static double truth_of(const pm_table *cycles, const char *cell, int64_t cycle, const char *column)
{
    for (int64_t i = 0; i < pm_table_rows(cycles); i++)
        if (!strcmp(word_at(cycles, "cell_id", i), cell) && real_at(cycles, "cycle_count", i) == (double)cycle)
            return real_at(cycles, column, i);
    return NAN;
}

static bool negative_plates(int design)
{
    return design != PM_VIRTUAL_ANODE_FREE && design != PM_VIRTUAL_LI_CATHODE;
}

/* ---- charge ------------------------------------------------------------------------------------------------------- */

enum { MOST = 64 };

typedef struct charges {
    double integral_Ah[MOST][2], counter_Ah[MOST][2], hours[MOST][2]; /* per cycle; discharge, charge */
} charges;

/* Integral of the printed current within steps; the current flows from the step's first moment, 0.02 s before its first row
 * at most; the counters' highest value in each cycle. */
static void sum_up(const pm_table *rows, charges *q)
{
    *q = (charges){0};
    for (int64_t i = 0; i < pm_table_rows(rows); i++) {
        int cycle = (int)real_at(rows, "cycle_count", i);
        assert_in_range(cycle, 1, MOST - 1);
        q->counter_Ah[cycle][0] = fmax(q->counter_Ah[cycle][0], real_at(rows, "discharging_capacity_ah", i));
        q->counter_Ah[cycle][1] = fmax(q->counter_Ah[cycle][1], real_at(rows, "charging_capacity_ah", i));
        if (i == 0 || real_at(rows, "step_count", i) != real_at(rows, "step_count", i - 1)) continue;
        double s = real_at(rows, "test_time_second", i) - real_at(rows, "test_time_second", i - 1);
        double A = (real_at(rows, "current_ampere", i) + real_at(rows, "current_ampere", i - 1)) / 2;
        if (A == 0) continue;
        q->integral_Ah[cycle][A > 0] += fabs(A) * s / 3600;
        q->hours[cycle][A > 0] += s / 3600;
    }
}

/* noise 0: rounding only; else what an offset of 4 standard deviations adds. */
static void check_charges(const char *cell, int design, const pm_table *cycles, double offset_A)
{
    pm_scoped(pm_table) rows = laboratory_table(cell, ".bdf.csv");
    charges *q = malloc(sizeof *q);
    sum_up(rows, q);
    int plates = !negative_plates(design), last = (int)real_at(rows, "cycle_count", pm_table_rows(rows) - 1);
    for (int n = 1; n <= last; n++)
        for (int strips = 0; strips < 2; strips++) {
            int way = strips ? !plates : plates;
            double right = truth_of(cycles, cell, n, strips ? "stripping_capacity_ah" : "plating_capacity_ah");
            double off = offset_A * (q->hours[n][way] + 0.1);
            assert_close(q->counter_Ah[n][way], right, 0, 0.6e-9 + off);
            /* 0.05 uA of rounding all the time, 0.02 s without a row at 1.3 mA */
            assert_close(q->integral_Ah[n][way], right, 0, 5e-8 * q->hours[n][way] + 1e-8 + off);
        }
    free(q);
}

static void charge_in_the_file_is_the_charge_passed(void **state)
{
    (void)state;
    for (int design = PM_VIRTUAL_LI_CU; design <= PM_VIRTUAL_LI_CATHODE; design++)
        for (int noisy = 0; noisy < 2; noisy++) {
            pm_virtual_lab_options o = {.electrolytes = 2,
                                        .cells = 2,
                                        .cycles = 6,
                                        .design = (pm_virtual_design)design,
                                        .noise = noisy ? 1 : -1};
            pm_scoped(pm_table) truth = live_laboratory(o, 5);
            pm_scoped(pm_table) cycles = laboratory_table("truth_cycles", ".csv");
            assert_int_equal(pm_table_rows(truth), 4);
            for (int64_t i = 0; i < 4; i++)
                check_charges(word_at(truth, "cell_id", i), design, cycles, noisy ? 8e-7 : 0);
        }
}

/* ---- the house's own readers -------------------------------------------------------------------------------------- */

typedef struct looked {
    pm_table *findings, *cycles;
    pm_cycle_summary summary;
} looked;

static void look(const char *cell, looked *l)
{
    pm_error err = {0};
    pm_scoped(pm_reader) reader = NULL;
    pm_scoped(pm_audit) audit = NULL;
    pm_scoped(pm_cycler) cycler = NULL;
    pm_cell told;
    char *path = laboratory_path(cell, ".bdf.csv");
    assert_good(pm_cell_find(path, &told, &err), &err);
    assert_string_equal(told.cell_id, cell);
    assert_close(told.area_cm2, 1.27, 0, 0);
    assert_good(pm_reader_open(path, NULL, NULL, &reader, &err), &err);
    assert_good(pm_audit_new(reader, NULL, &audit, &err), &err);
    assert_good(pm_cycler_new(&(pm_cycle_options){.kind = told.kind}, &cycler, &err), &err);
    for (const pm_table *batch;;) {
        assert_good(pm_reader_next(reader, &batch, &err), &err);
        if (!batch) break;
        assert_good(pm_audit_push(audit, batch, &err), &err);
        assert_good(pm_cycler_push(cycler, batch, &err), &err);
    }
    assert_good(pm_audit_result(audit, &l->findings, &err), &err);
    assert_good(pm_cycler_cycles(cycler, &l->cycles, &err), &err);
    assert_good(pm_cycler_summary(cycler, &l->summary, &err), &err);
}

static void forget(looked *l)
{
    pm_table_free(l->findings);
    pm_table_free(l->cycles);
}

static bool found(const looked *l, const char *code)
{
    for (int64_t i = 0; i < pm_table_rows(l->findings); i++)
        if (!strcmp(word_at(l->findings, "code", i), code)) return true;
    return false;
}

static void files_are_sound(void **state)
{
    (void)state;
    for (int design = PM_VIRTUAL_LI_CU; design <= PM_VIRTUAL_LI_CATHODE; design++) {
        pm_virtual_lab_options o = {.electrolytes = 2, .cells = 2, .cycles = 10, .design = (pm_virtual_design)design};
        pm_scoped(pm_table) truth = live_laboratory(o, 2);
        for (int64_t i = 0; i < 4; i++) {
            looked l;
            look(word_at(truth, "cell_id", i), &l);
            assert_int_equal(pm_findings_count(l.findings, "error"), 0);
            assert_int_equal(pm_findings_count(l.findings, "warning"), 0);
            assert_string_equal(pm_kind_name(l.summary.kind), word_at(truth, "kind", i));
            assert_int_equal(l.summary.cycles, real_at(truth, "cycles", i));
            if (design == PM_VIRTUAL_LI_CU_RESERVOIR) assert_true(l.summary.reservoir.found);
            forget(&l);
        }
    }
}

/* An offset d shifts an efficiency by d (T_strip + CE T_plate) / Q: 8e-7 A of four deviations, 2 h, 1.27 mAh: 0.13 points. */
static void efficiencies_and_polarisations_come_back(void **state)
{
    (void)state;
    pm_scoped(pm_table) truth =
        live_laboratory((pm_virtual_lab_options){.electrolytes = 5, .cells = 1, .cycles = 12}, 3);
    pm_scoped(pm_table) cycles = laboratory_table("truth_cycles", ".csv");
    for (int64_t i = 0; i < pm_table_rows(truth); i++) {
        const char *cell = word_at(truth, "cell_id", i);
        looked l;
        look(cell, &l);
        for (int64_t n = 1; n <= pm_table_rows(l.cycles); n++) {
            double efficiency = truth_of(cycles, cell, n, "coulombic_efficiency");
            double polarisation = truth_of(cycles, cell, n, "polarisation_volt");
            assert_close(real_at(l.cycles, "coulombic_efficiency", n - 1), efficiency, 0, 1.3e-3);
            /* the median of the plateau is below the mean of all */
            assert_close(real_at(l.cycles, "polarisation_volt", n - 1), 0.85 * polarisation, 0.25, 0);
        }
        forget(&l);
    }
}

/* ---- sampling ----------------------------------------------------------------------------------------------------- */

typedef struct dip {
    int64_t cycle;
    double lowest_V[3]; /* of the first 200 s in which lithium can be plated, by cycle */
    double began_s;
} dip;

static pm_status deepest(void *context, const pm_virtual_sample *s, pm_error *err)
{
    (void)err;
    dip *d = context;
    if (s->cycle > 2 || s->current_A >= 0) return PM_OK;
    if (s->cycle != d->cycle) d->began_s = s->time_s;
    d->cycle = s->cycle;
    if (s->time_s < d->began_s + 200) d->lowest_V[s->cycle] = fmin(d->lowest_V[s->cycle], s->voltage_V);
    return PM_OK;
}

/* The same cell without a cycler. */
static dip live(int64_t electrolyte, uint64_t seed)
{
    pm_virtual_parameters p;
    pm_virtual_population_cell(&(pm_virtual_population){.seed = seed}, electrolyte, 0, &p);
    double nominal = 1.27 / p.area_cm2;
    dip d = {0};
    pm_virtual_protocol o = {.cycles = 2,
                             .current_mA_per_cm2 = nominal,
                             .capacity_mAh_per_cm2 = nominal,
                             .seed = seed,
                             .index = (uint64_t)electrolyte << 32};
    pm_virtual_sink sink = {&d, deepest, NULL};
    pm_virtual_end end;
    pm_error err = {0};
    assert_good(pm_virtual_live(&p, &o, &sink, &end, &err), &err);
    return d;
}

static dip dip_in_file(const char *cell)
{
    pm_scoped(pm_table) rows = laboratory_table(cell, ".bdf.csv");
    dip d = {0};
    for (int64_t i = 0; i < pm_table_rows(rows); i++) {
        pm_virtual_sample s = {.cycle = (int64_t)real_at(rows, "cycle_count", i),
                               .current_A = real_at(rows, "current_ampere", i),
                               .voltage_V = real_at(rows, "voltage_volt", i),
                               .time_s = real_at(rows, "test_time_second", i)};
        assert_int_equal(deepest(&d, &s, NULL), PM_OK);
    }
    return d;
}

static void the_dip_of_nucleation_is_caught(void **state)
{
    (void)state;
    enum { CELLS = 15 };
    pm_scoped(pm_table) truth =
        live_laboratory((pm_virtual_lab_options){.electrolytes = CELLS, .cells = 1, .cycles = 2}, 4);
    int near[3] = {0};
    for (int64_t i = 0; i < CELLS; i++) {
        dip right = live(i, 4), seen = dip_in_file(word_at(truth, "cell_id", i));
        for (int n = 1; n <= 2; n++) {
            assert_true(seen.lowest_V[n] > right.lowest_V[n] - 2e-3); /* 0.3 mV of noise */
            near[n] += fabs(seen.lowest_V[n] - right.lowest_V[n]) < 5e-3 + 1e-3;
        }
    }
    print_message("dips within 6 mV: %d of the first, %d of the second platings of %d\n", near[1], near[2], CELLS);
    assert_true(near[1] + near[2] >= 2 * CELLS * 8 / 10);
}

static void rows_come_by_events_or_by_time(void **state)
{
    (void)state;
    for (int by_time = 0; by_time < 2; by_time++) {
        pm_virtual_lab_options o = {
            .electrolytes = 1, .cells = 1, .cycles = 2, .noise = -1, .sample_s = by_time ? 30 : 0};
        pm_scoped(pm_table) truth = live_laboratory(o, 1);
        pm_scoped(pm_table) rows = laboratory_table("e001-c1", ".bdf.csv");
        assert_int_equal(real_at(truth, "rows", 0), pm_table_rows(rows));
        for (int64_t i = 1; i + 1 < pm_table_rows(rows); i++) {
            double s = real_at(rows, "test_time_second", i) - real_at(rows, "test_time_second", i - 1);
            double V = real_at(rows, "voltage_volt", i) - real_at(rows, "voltage_volt", i - 1);
            double step = real_at(rows, "step_count", i);
            assert_true(s > 0 && s < (by_time ? 30.0015 : 60.0015));
            bool inside = real_at(rows, "step_count", i - 1) == step && real_at(rows, "step_count", i + 1) == step;
            if (!inside) continue;
            if (by_time)
                assert_close(s, 30, 0, 0.0015);
            else
                assert_true(s > 59.9985 || (s > 0.4985 && fabs(V) > 4.85e-3));
        }
    }
}

/* ---- faults ------------------------------------------------------------------------------------------------------- */

static void faults_are_found(void **state)
{
    (void)state;
    pm_virtual_lab_options o = {.electrolytes = 6, .cells = 2, .cycles = 31, .no_shorts = true, .family = 3};
    int n[4] = {0}, backwards = 0;
    for (int bit = 0; bit < 4; bit++) {
        o.faults = 1u << bit;
        pm_scoped(pm_table) truth = live_laboratory(o, 8);
        for (int64_t i = 0; i < pm_table_rows(truth); i++) {
            const char *fault = word_at(truth, "faults", i);
            looked l;
            look(word_at(truth, "cell_id", i), &l);
            if (!fault) {
                assert_int_equal(pm_findings_count(l.findings, "error"), 0);
                assert_int_equal(pm_findings_count(l.findings, "warning"), 0);
            } else {
                assert_string_equal(fault, pm_virtual_fault_name(bit));
                n[bit]++;
            }
            if (fault && bit == 0) assert_true(found(&l, "time-backwards"));
            if (fault && bit == 1) assert_true(found(&l, "rows-missing"));
            if (fault && bit == 2) assert_true((double)l.summary.cycles < real_at(truth, "cycles", i));
            if (fault && bit == 3) {
                bool again = found(&l, "time-backwards") || found(&l, "tests-joined");
                assert_true(again || found(&l, "wall-clock-jump"));
                backwards += again;
            }
            forget(&l);
        }
    }
    for (int bit = 0; bit < 4; bit++) assert_in_range(n[bit], 2, 10); /* half of twelve */
    assert_in_range(backwards, 1, n[3] - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(charge_in_the_file_is_the_charge_passed),  CASE(files_are_sound),
        CASE(efficiencies_and_polarisations_come_back), CASE(the_dip_of_nucleation_is_caught),
        CASE(rows_come_by_events_or_by_time),           CASE(faults_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
