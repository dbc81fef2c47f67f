/* SPDX-License-Identifier: MIT */
/* The closed forms beside a slow bookkeeping, cycle by cycle; spreads beside draws; what makes no sense. */
#include "life/life.h"
#include "support.h"

#include <math.h>
#include <string.h>

static const pm_budget_design base_design = {.n_to_p = {{1.5, 0.075}, PM_N_TO_P_FOIL},
                                             .cathode_mAh_per_cm2 = 4,
                                             .electrolyte_g_per_Ah = {3.7, 0.2},
                                             .depth = 0.9};
static const pm_budget_rates base_rates = {.coulombic_efficiency_lithium = 0.995,
                                           .acceleration = 0.004,
                                           .cathode_retention = 0.9995,
                                           .calendar_mAh_per_cm2_per_h = 1e-4,
                                           .calendar_mAh_per_cm2_per_sqrt_h = 1e-3,
                                           .hours_per_cycle = 10};

/* A tenth of a cycle at a time. */
static double slow_lithium(const pm_budget_design *d, const pm_budget_rates *r, double reserve)
{
    double n = 0, lost = 0, step = 0.01;
    while (lost < reserve) {
        double h = r->hours_per_cycle, middle = n + step / 2;
        double cycling = d->depth * pow(r->cathode_retention, middle) * (1 - r->coulombic_efficiency_lithium) *
                         exp(r->acceleration * middle);
        double rest = r->calendar_mAh_per_cm2_per_h * h * step +
                      r->calendar_mAh_per_cm2_per_sqrt_h * (sqrt((n + step) * h) - sqrt(n * h));
        lost += cycling * step + rest / d->cathode_mAh_per_cm2;
        n += step;
    }
    return n;
}

static pm_budget_life forward(const pm_budget_design *d, const pm_budget_rates *r)
{
    pm_budget_life life;
    pm_error err = {0};
    assert_good(pm_budget_forward(d, r, &life, &err), &err);
    return life;
}

static void reserves_end_where_slow_bookkeeping_says(void **state)
{
    (void)state;
    pm_budget_life life = forward(&base_design, &base_rates);
    double per_loss = 0.5 * 90 / 26.801;
    assert_close(life.lithium, slow_lithium(&base_design, &base_rates, 1.5), 1e-3, 0);
    assert_close(life.electrolyte, slow_lithium(&base_design, &base_rates, 2.5 / per_loss), 1e-3, 0);
    assert_close(life.cathode, log(0.8) / log(0.9995), 1e-9, 0);
    assert_true(life.end == fmin(life.lithium, fmin(life.electrolyte, life.cathode)));
}

static void conventions_differ_by_the_cathode(void **state)
{
    (void)state;
    pm_budget_design total = base_design;
    total.n_to_p = (pm_n_to_p){{2.5, 0.075}, PM_N_TO_P_TOTAL};
    assert_close(forward(&total, &base_rates).lithium, forward(&base_design, &base_rates).lithium, 1e-12, 0);
    assert_close(forward(&total, &base_rates).normalised_cycle_life,
                 forward(&base_design, &base_rates).normalised_cycle_life, 1e-12, 0);
}

/* The series falls short of lithium in the cycle behind n*, and its product of efficiencies is its capacity. */
static void the_series_agrees_with_the_ends(void **state)
{
    (void)state;
    pm_scoped(pm_table) t = NULL;
    pm_error err = {0};
    pm_budget_rates rates = base_rates;
    rates.calendar_mAh_per_cm2_per_h = rates.calendar_mAh_per_cm2_per_sqrt_h = 0;
    pm_budget_life life = forward(&base_design, &rates);
    assert_good(pm_budget_series(&base_design, &rates, 600, &t, &err), &err);
    int64_t first = 0;
    while (real_at(t, "stage4", first) == 0) first++;
    assert_int_equal(first, (int64_t)floor(life.lithium));
    assert_close(real_at(t, "coulombic_efficiency", first - 1), 0.9998, 1e-12, 0);
    double product = real_at(t, "capacity_retention", first);
    int64_t n = first + 1;
    for (; real_at(t, "capacity_retention", n) > 0.9 * 0.8; n++) {
        product *= real_at(t, "coulombic_efficiency_lithium", n);
        assert_close(real_at(t, "capacity_retention", n), product, 1e-9, 0);
        assert_close(real_at(t, "coulombic_efficiency", n), real_at(t, "coulombic_efficiency_lithium", n), 1e-12, 0);
    }
    assert_close((double)n, life.retained, 0, 1.5);
    assert_close(real_at(t, "lithium_reserve", 99) + real_at(t, "lithium_lost", 99), 1.5, 1e-12, 0);
}

static void spreads_are_those_of_draws(void **state)
{
    (void)state;
    enum { N = 20000 };
    static double end[N];
    pm_random random = pm_random_stream(5, "test/life", 0);
    pm_budget_spread spread;
    pm_error err = {0};
    int limits[4] = {0};
    assert_good(pm_budget_uncertain(&base_design, &base_rates, &spread, &err), &err);
    for (int i = 0; i < N; i++) {
        pm_budget_design d = base_design;
        d.n_to_p.ratio.value += d.n_to_p.ratio.deviation * pm_random_normal(&random);
        d.electrolyte_g_per_Ah.value += d.electrolyte_g_per_Ah.deviation * pm_random_normal(&random);
        pm_budget_life life = forward(&d, &base_rates);
        end[i] = life.end;
        limits[life.limit]++;
    }
    assert_close(spread.end_low, pm_quantile(end, N, 0.05), 5e-3, 0);
    assert_close(spread.end_high, pm_quantile(end, N, 0.95), 5e-3, 0);
    double sum = 0;
    for (int i = 0; i < 4; i++) {
        assert_close(spread.probability[i], (double)limits[i] / N, 0, 0.012);
        sum += spread.probability[i];
    }
    assert_close(sum, 1, 0, 1e-9);
    assert_true(limits[PM_LIMIT_LITHIUM] > 1000 && limits[PM_LIMIT_ELECTROLYTE] > 1000);
}

/* Lithium counted in one sum, foil and cathode: each cycle plates what the cathode takes, or all there is, and loses its
 * part. The first cycle by which so much is lost. */
static int slow_cycles_to(double foil, double efficiency, double lost)
{
    double there = foil + 1, gone = 0;
    int n = 0;
    while (gone < lost && n < 100000) {
        double plated = fmin(1, there);
        gone += plated * (1 - efficiency);
        there -= plated * (1 - efficiency);
        n++;
    }
    return n;
}

/* 251 for the cell without foil; what was plated each cycle shrinks once there is none. */
static void electrolyte_outlasts_the_foil_as_a_slow_sum_says(void **state)
{
    (void)state;
    const double foils[] = {0, 0.2, 0.5, 2}, efficiencies[] = {0.995, 0.97};
    const double margin = 1.2 / (0.5 * 90 / 26.801), um = 4.850 * 4;
    for (int f = 0; f < 4; f++)
        for (int e = 0; e < 2; e++) {
            pm_budget_design d = {.n_to_p = {{foils[f], 0}, PM_N_TO_P_FOIL},
                                  .anode_free = foils[f] == 0,
                                  .cathode_mAh_per_cm2 = 4,
                                  .electrolyte_g_per_Ah = {2.4, 0}};
            pm_budget_rates r = {
                .coulombic_efficiency_lithium = efficiencies[e], .cathode_retention = 1, .retention = 0.25};
            pm_budget_life life = forward(&d, &r);
            assert_close(ceil(life.electrolyte), slow_cycles_to(foils[f], efficiencies[e], margin), 0, 0);
            assert_close(ceil(life.retained), slow_cycles_to(foils[f], efficiencies[e], foils[f] + 0.75), 0, 0);
            if (f == 0) assert_close(life.swelling_um, margin * um, 1e-3, 0);
        }
    pm_budget_design bare = {.anode_free = true, .electrolyte_g_per_Ah = {3.4, 0}}; /* more than all lithium takes up */
    pm_budget_rates r = {.coulombic_efficiency_lithium = 0.99};
    assert_true(isinf(forward(&bare, &r).electrolyte));
}

/* Everything at once: the ends are where the series passes them. */
static void ends_lie_where_the_series_passes_them(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        pm_scoped(pm_table) t = NULL;
        pm_error err = {0};
        pm_budget_design d = base_design;
        pm_budget_rates r = base_rates;
        int64_t dry = 0, down = 0;
        d.anode_free = k % 2;
        d.n_to_p.ratio.value = 0.6;
        d.electrolyte_g_per_Ah.value = d.anode_free ? 2.2 : 3;
        r.retention = 0.3;
        if (k > 1) r.calendar_mAh_per_cm2_per_h = r.calendar_mAh_per_cm2_per_sqrt_h = 0;
        pm_budget_life life = forward(&d, &r);
        assert_good(pm_budget_series(&d, &r, 2000, &t, &err), &err);
        while (real_at(t, "electrolyte_gram_per_ah", dry) > 1.2) dry++;
        while (real_at(t, "capacity_retention", down) > 0.3 * 0.9) down++;
        assert_close(ceil(life.electrolyte), (double)dry + 1, 0, 0);
        assert_close(ceil(life.retained), (double)down + 1, 0, 0);
        if (!d.anode_free) assert_true(life.electrolyte > life.lithium + 5);
    }
}

static double normal_quantile(double q)
{
    double low = -10, high = 10;
    while (high - low > 1e-9) *(0.5 * erfc(-(low + high) / 2 * M_SQRT1_2) < q ? &low : &high) = (low + high) / 2;
    return low;
}

static void spreads_without_foil_are_those_of_draws(void **state)
{
    (void)state;
    enum { N = 4001 };
    static double end[N];
    pm_budget_design d = {.anode_free = true, .electrolyte_g_per_Ah = {1.7, 0.1}};
    pm_budget_rates r = {.coulombic_efficiency_lithium = 0.995, .acceleration = 0.002, .retention = 0.7};
    pm_budget_spread spread;
    pm_error err = {0};
    int by_lithium = 0;
    assert_good(pm_budget_uncertain(&d, &r, &spread, &err), &err);
    for (int i = 0; i < N; i++) { /* evenly over the normal's quantiles */
        pm_budget_design one = d;
        one.electrolyte_g_per_Ah = (pm_uncertain){1.7 + 0.1 * normal_quantile((i + 0.5) / N), 0};
        pm_budget_life life = forward(&one, &r);
        end[i] = life.end;
        by_lithium += life.limit == PM_LIMIT_LITHIUM;
    }
    assert_close(spread.end_low, pm_quantile(end, N, 0.05), 2e-3, 0);
    assert_close(spread.end_high, pm_quantile(end, N, 0.95), 2e-3, 0);
    assert_close(spread.probability[PM_LIMIT_LITHIUM], (double)by_lithium / N, 0, 2e-3);
    assert_in_range(by_lithium, N / 10, N - N / 10);
}

/* Losses that fade out: from some cycle on nothing is lost to speak of, and which cycle it is the loss does not say. */
static void spreads_of_losses_that_fade_out(void **state)
{
    (void)state;
    enum { N = 41 };
    double end[N];
    pm_random random = pm_random_stream(10, "test/life", 0);
    pm_error err = {0};
    for (int deck = 0; deck < 30; deck++) {
        pm_budget_design d = {.anode_free = deck % 3 > 0,
                              .n_to_p = {{0.02 + 0.3 * pm_random_uniform(&random), 0}, PM_N_TO_P_FOIL},
                              .electrolyte_g_per_Ah = {1.3 + 0.6 * pm_random_uniform(&random), 0.3}};
        pm_budget_rates r = {.coulombic_efficiency_lithium = 1 - 0.004 * pm_random_uniform(&random),
                             .acceleration = -0.06 * pm_random_uniform(&random),
                             .retention = 0.2 + 0.7 * pm_random_uniform(&random),
                             .cathode_retention = deck % 2 ? 1 : 0.9998};
        pm_budget_spread spread;
        int limits[4] = {0};
        assert_good(pm_budget_uncertain(&d, &r, &spread, &err), &err);
        for (int i = 0; i < N; i++) {
            pm_budget_design one = d;
            double drawn = d.electrolyte_g_per_Ah.value + 0.3 * normal_quantile((i + 0.5) / N);
            one.electrolyte_g_per_Ah = (pm_uncertain){fmax(drawn, 1e-6), 0};
            pm_budget_life life = forward(&one, &r);
            end[i] = life.end;
            limits[life.limit]++;
        }
        for (int i = 0; i < 4; i++) assert_close(spread.probability[i], (double)limits[i] / N, 0, 1.0 / N);
        /* rising with the amount of electrolyte: the quantile lies between its neighbours */
        assert_true(spread.end_low >= end[N / 20 - 1] * 0.999 && spread.end_low <= end[N / 20 + 1] * 1.001);
        assert_true(spread.end_high >= end[N - N / 20 - 2] * 0.999 && spread.end_high <= end[N - N / 20] * 1.001);
    }
}

/* The cathode ends at ln 0.181/ln 0.9998 in the three quarters of cells whose electrolyte is enough for all that is ever
 * lost, which is 0.001358/0.03921 of P: 1.2 g/Ah and 1.679 g/Ah of that. */
static void the_cathode_ends_what_loses_no_more(void **state)
{
    (void)state;
    pm_budget_design d = {.anode_free = true, .electrolyte_g_per_Ah = {1.58, 0.474}};
    pm_budget_rates r = {.coulombic_efficiency_lithium = 0.998642, .acceleration = -0.03921, .retention = 0.181};
    pm_budget_spread spread;
    pm_error err = {0};
    double enough = 1.2 + 0.001358 / 0.03921 * 0.5 * 90 / 26.801;
    assert_good(pm_budget_uncertain(&d, &r, &spread, &err), &err);
    assert_close(spread.end_low, 0, 0, 0);
    assert_close(spread.end_high, log(0.181) / log(0.9998), 1e-9, 0);
    assert_close(spread.probability[PM_LIMIT_CATHODE], 0.5 * erfc((enough - 1.58) / 0.474 * M_SQRT1_2), 0, 2e-3);
    pm_budget_design wet = {.anode_free = true, .electrolyte_g_per_Ah = {2, 0}};
    pm_budget_rates ever = {.coulombic_efficiency_lithium = 0.99999, .acceleration = -1, .cathode_retention = 1};
    assert_good(pm_budget_uncertain(&wet, &ever, &spread, &err), &err);
    assert_int_equal(forward(&wet, &ever).limit, PM_LIMIT_UNKNOWN);
    assert_close(spread.probability[PM_LIMIT_UNKNOWN], 1, 0, 0);
    assert_close(spread.probability[PM_LIMIT_ELECTROLYTE], 0, 0, 0);
    assert_true(isinf(spread.end_high));
}

static pm_budget_needed needed_of(const pm_budget_design *d, const pm_budget_rates *r, double cycles)
{
    pm_budget_needed needed;
    pm_error err = {0};
    assert_good(pm_budget_efficiency_needed(d, r, cycles, &needed, &err), &err);
    return needed;
}

/* N/P 10, 99 %, acceleration 0.2: 1 - CE is 1 at ln(100)/0.2 = 23.03. By then (1 - 0.01)/0.2 = 4.95 of P is lost, and the
 * other 5.05 of the foil at P a cycle: 28.08, not the closed form's ln(201)/0.2 = 26.5. No cycle loses what it did not
 * plate. */
static void no_more_is_lost_than_plated(void **state)
{
    (void)state;
    pm_scoped(pm_table) t = NULL;
    pm_error err = {0};
    pm_budget_design d = {.n_to_p = {{10, 0}, PM_N_TO_P_FOIL}};
    pm_budget_rates r = {.coulombic_efficiency_lithium = 0.99, .acceleration = 0.2, .cathode_retention = 1};
    pm_budget_life life = forward(&d, &r);
    assert_close(life.all_lost_from, log(100) / 0.2, 1e-12, 0);
    assert_close(life.lithium, log(100) / 0.2 + 10 - 0.99 / 0.2, 1e-12, 0);
    assert_close(needed_of(&d, &r, life.lithium).efficiency, 0.99, 0, 1e-9);
    assert_good(pm_budget_series(&d, &r, 40, &t, &err), &err);
    for (int64_t i = 1; i < 40; i++) {
        double lost = real_at(t, "lithium_lost", i) - real_at(t, "lithium_lost", i - 1);
        double inefficiency = 1 - real_at(t, "coulombic_efficiency_lithium", i);
        bool full = real_at(t, "stage4", i) == 0;
        assert_true(lost <= 1 + 1e-12);
        if (full) assert_close(lost, inefficiency, 1e-9, 1e-12);
    }
    pm_budget_design fading = base_design;
    pm_budget_rates fast = base_rates;
    fading.n_to_p.ratio.value = 8;
    fast.acceleration = 0.1;
    double n = 0, lost = 0;
    for (const double step = 1e-4; lost < 8; n += step) {
        double middle = n + step / 2, part = fmin(0.005 * exp(0.1 * middle), 1);
        lost += 0.9 * pow(0.9995, middle) * part * step;
        lost += (1e-4 * 10 * step + 1e-3 * (sqrt((n + step) * 10) - sqrt(n * 10))) / 4;
    }
    assert_close(forward(&fading, &fast).lithium, n, 0, 1e-3);
}

static void backwards_undoes_forwards(void **state)
{
    (void)state;
    pm_budget_life life = forward(&base_design, &base_rates);
    assert_int_equal(life.limit, PM_LIMIT_ELECTROLYTE);
    assert_close(needed_of(&base_design, &base_rates, life.end).efficiency, 0.995, 0, 1e-9);
    pm_budget_design wet = base_design;
    wet.electrolyte_g_per_Ah.value = 20;
    assert_close(needed_of(&wet, &base_rates, forward(&wet, &base_rates).lithium).efficiency, 0.995, 0, 1e-9);
    pm_budget_design bare = {.anode_free = true}, dry = {.anode_free = true, .electrolyte_g_per_Ah = {1.4, 0}};
    for (double k = -0.01; k < 0.02; k += 0.01) {
        pm_budget_rates rates = {.coulombic_efficiency_lithium = 0.99, .cathode_retention = 0.9999, .acceleration = k};
        assert_close(needed_of(&bare, &rates, forward(&bare, &rates).retained).efficiency, 0.99, 0, 1e-7);
        assert_int_equal(forward(&dry, &rates).limit, PM_LIMIT_ELECTROLYTE);
        assert_close(needed_of(&dry, &rates, forward(&dry, &rates).end).efficiency, 0.99, 0, 1e-7);
    }
    /* one that gets better fast enough never loses a fifth: sums of x exp(k n) stay below x / -k */
    pm_budget_rates better = {.coulombic_efficiency_lithium = 0.99, .cathode_retention = 1, .acceleration = -0.1};
    assert_true(isinf(forward(&bare, &better).retained));
}

/* 0.9998^1115.6 = 0.8; calendar loss alone of 1e-2 of P in each cycle; 1 g/Ah where the pores take 1.2. */
static void what_forbids_a_life(void **state)
{
    (void)state;
    pm_budget_design d = {.n_to_p = {{1, 0}, PM_N_TO_P_FOIL}, .cathode_mAh_per_cm2 = 4};
    pm_budget_rates r = {.coulombic_efficiency_lithium = 0.99};
    pm_budget_needed needed = needed_of(&d, &r, 5000);
    assert_int_equal(needed.forbids, PM_LIMIT_CATHODE);
    assert_close(needed.ends, log(0.8) / log(0.9998), 1e-9, 0);
    assert_true(isnan(needed.efficiency));
    needed = needed_of(&d, &r, 1000);
    assert_int_equal(needed.forbids, PM_LIMIT_UNKNOWN);
    r.calendar_mAh_per_cm2_per_h = 4e-3;
    r.hours_per_cycle = 10;
    needed = needed_of(&d, &r, 500);
    assert_int_equal(needed.forbids, PM_LIMIT_LITHIUM);
    assert_close(needed.ends, 100, 1e-6, 0);
    d.electrolyte_g_per_Ah.value = 1;
    needed = needed_of(&d, &r, 50);
    assert_int_equal(needed.forbids, PM_LIMIT_ELECTROLYTE);
    assert_close(needed.ends, 0, 0, 0);
}

/* sum over n of -ln(1 - x exp(k n)), by small steps. */
static void the_fall_of_a_declining_efficiency(void **state)
{
    (void)state;
    pm_budget_design bare = {.anode_free = true};
    pm_budget_rates rates = {.coulombic_efficiency_lithium = 0.98, .cathode_retention = 1, .retention = 0.1};
    rates.acceleration = 0.05;
    double n = 0, fall = 0;
    while (fall < log(10)) {
        fall -= 0.001 * log(1 - 0.02 * exp(0.05 * (n + 0.0005)));
        n += 0.001;
    }
    assert_close(forward(&bare, &rates).retained, n, 0, 0.02); /* between cycles capacity is taken to fall evenly */
}

static void mean_efficiency_has_an_interval(void **state)
{
    (void)state;
    pm_n_to_p known = {{2, 0}, PM_N_TO_P_FOIL}, vague = {{2, 0.1}, PM_N_TO_P_FOIL};
    double plated[3] = {190, 200, 210}, sharp[3] = {200, 200, 200};
    pm_estimate e;
    pm_error err = {0};
    assert_good(pm_budget_mean_efficiency(&known, plated, &e, &err), &err);
    assert_close(e.value, 0.99, 0, 1e-12);
    assert_close(e.low, 1 - 2.0 / 190, 0, 1e-12);
    assert_close(e.high, 1 - 2.0 / 210, 0, 1e-12);
    assert_good(pm_budget_mean_efficiency(&vague, sharp, &e, &err), &err);
    assert_close(e.high - e.low, 2 * 1.645 * 0.1 / 200, 1e-3, 0);
    plated[0] = 0;
    assert_int_equal(pm_budget_mean_efficiency(&known, plated, &e, &err), PM_ERR_ARGUMENT);
}

/* Of a cell whose foil was gone after so much was plated (standard deviation beside it): when it was, or will be, dry. Each
 * draw has its own E/C, N/P and place of stage 4, and counts lithium cycle by cycle. */
static void dry_by_draws(pm_uncertain ratio, pm_uncertain electrolyte, double plated, double deviation)
{
    enum { N = 20000 };
    static double end[N];
    pm_random random = pm_random_stream(9, "test/dry", 0);
    pm_budget_design d = {.n_to_p = {ratio, PM_N_TO_P_FOIL}, .electrolyte_g_per_Ah = electrolyte};
    pm_budget_rates r = {.cathode_retention = 1};
    double bounds[3] = {plated - 1.6449 * deviation, plated, plated + 1.6449 * deviation};
    pm_estimate efficiency, dry;
    pm_error err = {0};

    assert_good(pm_budget_mean_efficiency(&d.n_to_p, bounds, &efficiency, &err), &err);
    assert_good(pm_budget_dry(&d, &r, &efficiency, &dry, &err), &err);
    for (int i = 0; i < N; i++) {
        double foil = ratio.value + ratio.deviation * pm_random_normal(&random);
        double margin = electrolyte.value + electrolyte.deviation * pm_random_normal(&random) - 1.2;
        double gone = plated + deviation * pm_random_normal(&random);
        end[i] = margin > 0 ? slow_cycles_to(foil, 1 - foil / gone, margin / (0.5 * 90 / 26.801)) : 0;
    }
    assert_close(dry.value, pm_quantile(end, N, 0.5), 0.02, 0.5);
    assert_close(dry.low, pm_quantile(end, N, 0.05), 0.04, 0.5);
    assert_close(dry.high, pm_quantile(end, N, 0.95), 0.04, 0.5);
}

static void a_dry_cell_has_the_interval_of_draws(void **state)
{
    (void)state;
    dry_by_draws((pm_uncertain){2, 0}, (pm_uncertain){2.4, 0.05}, 200, 0);  /* E/C alone */
    dry_by_draws((pm_uncertain){2, 0.1}, (pm_uncertain){2.4, 0}, 200, 0);   /* N/P alone */
    dry_by_draws((pm_uncertain){2, 0}, (pm_uncertain){2.4, 0}, 200, 6);     /* stage 4 alone */
    dry_by_draws((pm_uncertain){2, 0.1}, (pm_uncertain){2.4, 0.1}, 200, 6); /* all */
    dry_by_draws((pm_uncertain){1, 0.03}, (pm_uncertain){3, 0.1}, 100, 2);  /* behind the foil's end */
}

static void dry_at_its_ends(void **state)
{
    (void)state;
    pm_budget_design d = {.n_to_p = {{1, 0}, PM_N_TO_P_FOIL}, .electrolyte_g_per_Ah = {1, 0}};
    pm_budget_rates r = {.cathode_retention = 1};
    pm_estimate efficiency = {0.99, 0.99, 0.99}, dry;
    pm_error err = {0};

    assert_good(pm_budget_dry(&d, &r, &efficiency, &dry, &err), &err);
    assert_true(dry.value == 0 && dry.low == 0 && dry.high == 0); /* below the least from the start */
    d.electrolyte_g_per_Ah = (pm_uncertain){9, 0.1};
    assert_good(pm_budget_dry(&d, &r, &efficiency, &dry, &err), &err);
    assert_true(isinf(dry.value) && isinf(dry.low) && isinf(dry.high)); /* more than all lithium can use */
    d.electrolyte_g_per_Ah = (pm_uncertain){0, 0};
    assert_int_equal(pm_budget_dry(&d, &r, &efficiency, &dry, &err), PM_ERR_ARGUMENT);
    d.electrolyte_g_per_Ah.value = 2;
    d.n_to_p.ratio.value = 0;
    assert_int_equal(pm_budget_dry(&d, &r, &efficiency, &dry, &err), PM_ERR_ARGUMENT);
}

static void anode_free_products(void **state)
{
    (void)state;
    double capacity[] = {2, 1.8, 1.62, 1.5}, efficiency[] = {0.8, 0.9, 0.9, 0.9}, product[4];
    pm_anode_free_check check;
    pm_error err = {0};
    assert_good(pm_anode_free_product(4, capacity, efficiency, 0.02, product, &check, &err), &err);
    assert_close(check.product, 0.729, 1e-12, 0);
    assert_close(check.capacity, 0.75, 1e-12, 0);
    assert_int_equal(check.parts, 3);
    assert_close(product[0], 1, 0, 0);
    assert_good(pm_anode_free_product(3, capacity, efficiency, 0.02, NULL, &check, &err), &err);
    assert_int_equal(check.parts, -1);
    efficiency[2] = NAN;
    assert_int_equal(pm_anode_free_product(4, capacity, efficiency, 0.02, NULL, &check, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "cycle 3"));
}

static void refused(void (*change)(pm_budget_design *, pm_budget_rates *), const char *words)
{
    pm_budget_design d = base_design;
    pm_budget_rates r = base_rates;
    pm_budget_life life;
    pm_error err = {0};
    change(&d, &r);
    assert_int_equal(pm_budget_forward(&d, &r, &life, &err), PM_ERR_ARGUMENT);
    if (!strstr(err.message, words) && !strstr(err.hint, words)) fail_msg("%s (%s)", err.message, err.hint);
}
static void zero(pm_budget_design *d, pm_budget_rates *r)
{
    (void)r;
    d->n_to_p.ratio.value = 0;
}
static void total_one(pm_budget_design *d, pm_budget_rates *r)
{
    (void)r;
    d->n_to_p = (pm_n_to_p){{1, 0}, PM_N_TO_P_TOTAL};
}
static void percent(pm_budget_design *d, pm_budget_rates *r)
{
    (void)d;
    r->coulombic_efficiency_lithium = 99.5;
}
static void above_one(pm_budget_design *d, pm_budget_rates *r)
{
    (void)d;
    r->coulombic_efficiency_lithium = 1.01;
}
static void no_hours(pm_budget_design *d, pm_budget_rates *r)
{
    (void)d;
    r->hours_per_cycle = 0;
}
static void nothing_left(pm_budget_design *d, pm_budget_rates *r)
{
    (void)r;
    d->dead_porosity = NAN;
}

static void too_much(pm_budget_design *d, pm_budget_rates *r)
{
    (void)r;
    d->n_to_p.ratio.value = 1e20;
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    refused(too_much, "more than 10000");
    refused(zero, "anode-free");
    refused(total_one, "above 1");
    refused(percent, "percent");
    refused(above_one, "below 1");
    refused(no_hours, "hours of a cycle");
    refused(nothing_left, "porosity");
    pm_n_to_p_convention convention;
    assert_int_equal(pm_n_to_p_convention_parse("foils", &convention, NULL), PM_ERR_ARGUMENT);
    assert_int_equal(pm_n_to_p_convention_parse("total", &convention, NULL), PM_OK);
    assert_int_equal(convention, PM_N_TO_P_TOTAL);
    assert_string_equal(pm_limit_name(PM_LIMIT_CATHODE), "cathode");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reserves_end_where_slow_bookkeeping_says),
        cmocka_unit_test(conventions_differ_by_the_cathode),
        cmocka_unit_test(the_series_agrees_with_the_ends),
        cmocka_unit_test(spreads_are_those_of_draws),
        cmocka_unit_test(electrolyte_outlasts_the_foil_as_a_slow_sum_says),
        cmocka_unit_test(ends_lie_where_the_series_passes_them),
        cmocka_unit_test(spreads_without_foil_are_those_of_draws),
        cmocka_unit_test(spreads_of_losses_that_fade_out),
        cmocka_unit_test(the_cathode_ends_what_loses_no_more),
        cmocka_unit_test(no_more_is_lost_than_plated),
        cmocka_unit_test(backwards_undoes_forwards),
        cmocka_unit_test(what_forbids_a_life),
        cmocka_unit_test(the_fall_of_a_declining_efficiency),
        cmocka_unit_test(mean_efficiency_has_an_interval),
        cmocka_unit_test(a_dry_cell_has_the_interval_of_draws),
        cmocka_unit_test(dry_at_its_ends),
        cmocka_unit_test(anode_free_products),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
