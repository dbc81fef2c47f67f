/* SPDX-License-Identifier: MIT */
/* The closed forms beside a slow bookkeeping, cycle by cycle; what makes no sense. */
#include "bookkeeping.h"
#include "support.h"

#include <math.h>
#include <string.h>

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

static void reserves_end_where_slow_bookkeeping_says(void **state)
{
    (void)state;
    pm_budget_life life = book_forward(&book_design, &book_rates);
    double per_loss = 0.5 * 90 / 26.801;
    assert_close(life.lithium, slow_lithium(&book_design, &book_rates, 1.5), 1e-3, 0);
    assert_close(life.electrolyte, slow_lithium(&book_design, &book_rates, 2.5 / per_loss), 1e-3, 0);
    assert_close(life.cathode, log(0.8) / log(0.9995), 1e-9, 0);
    assert_true(life.end == fmin(life.lithium, fmin(life.electrolyte, life.cathode)));
}

static void conventions_differ_by_the_cathode(void **state)
{
    (void)state;
    pm_budget_design total = book_design;
    total.n_to_p = (pm_n_to_p){{2.5, 0.075}, PM_N_TO_P_TOTAL};
    assert_close(book_forward(&total, &book_rates).lithium, book_forward(&book_design, &book_rates).lithium, 1e-12, 0);
    assert_close(book_forward(&total, &book_rates).normalised_cycle_life,
                 book_forward(&book_design, &book_rates).normalised_cycle_life, 1e-12, 0);
}

/* The series falls short of lithium in the cycle behind n*, and its product of efficiencies is its capacity. */
static void the_series_agrees_with_the_ends(void **state)
{
    (void)state;
    pm_scoped(pm_table) t = NULL;
    pm_error err = {0};
    pm_budget_rates rates = book_rates;
    rates.calendar_mAh_per_cm2_per_h = rates.calendar_mAh_per_cm2_per_sqrt_h = 0;
    pm_budget_life life = book_forward(&book_design, &rates);
    assert_good(pm_budget_series(&book_design, &rates, 600, &t, &err), &err);
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
            pm_budget_life life = book_forward(&d, &r);
            assert_close(ceil(life.electrolyte), book_cycles_to(foils[f], efficiencies[e], margin), 0, 0);
            assert_close(ceil(life.retained), book_cycles_to(foils[f], efficiencies[e], foils[f] + 0.75), 0, 0);
            if (f == 0) assert_close(life.swelling_um, margin * um, 1e-3, 0);
        }
    pm_budget_design bare = {.anode_free = true, .electrolyte_g_per_Ah = {3.4, 0}}; /* more than all lithium takes up */
    pm_budget_rates r = {.coulombic_efficiency_lithium = 0.99};
    assert_true(isinf(book_forward(&bare, &r).electrolyte));
}

/* Everything at once: the ends are where the series passes them. */
static void ends_lie_where_the_series_passes_them(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        pm_scoped(pm_table) t = NULL;
        pm_error err = {0};
        pm_budget_design d = book_design;
        pm_budget_rates r = book_rates;
        int64_t dry = 0, down = 0;
        d.anode_free = k % 2;
        d.n_to_p.ratio.value = 0.6;
        d.electrolyte_g_per_Ah.value = d.anode_free ? 2.2 : 3;
        r.retention = 0.3;
        if (k > 1) r.calendar_mAh_per_cm2_per_h = r.calendar_mAh_per_cm2_per_sqrt_h = 0;
        pm_budget_life life = book_forward(&d, &r);
        assert_good(pm_budget_series(&d, &r, 2000, &t, &err), &err);
        while (real_at(t, "electrolyte_gram_per_ah", dry) > 1.2) dry++;
        while (real_at(t, "capacity_retention", down) > 0.3 * 0.9) down++;
        assert_close(ceil(life.electrolyte), (double)dry + 1, 0, 0);
        assert_close(ceil(life.retained), (double)down + 1, 0, 0);
        if (!d.anode_free) assert_true(life.electrolyte > life.lithium + 5);
    }
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
    pm_budget_life life = book_forward(&d, &r);
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
    pm_budget_design fading = book_design;
    pm_budget_rates fast = book_rates;
    fading.n_to_p.ratio.value = 8;
    fast.acceleration = 0.1;
    double n = 0, lost = 0;
    for (const double step = 1e-4; lost < 8; n += step) {
        double middle = n + step / 2, part = fmin(0.005 * exp(0.1 * middle), 1);
        lost += 0.9 * pow(0.9995, middle) * part * step;
        lost += (1e-4 * 10 * step + 1e-3 * (sqrt((n + step) * 10) - sqrt(n * 10))) / 4;
    }
    assert_close(book_forward(&fading, &fast).lithium, n, 0, 1e-3);
}

static void backwards_undoes_forwards(void **state)
{
    (void)state;
    pm_budget_life life = book_forward(&book_design, &book_rates);
    assert_int_equal(life.limit, PM_LIMIT_ELECTROLYTE);
    assert_close(needed_of(&book_design, &book_rates, life.end).efficiency, 0.995, 0, 1e-9);
    pm_budget_design wet = book_design;
    wet.electrolyte_g_per_Ah.value = 20;
    assert_close(needed_of(&wet, &book_rates, book_forward(&wet, &book_rates).lithium).efficiency, 0.995, 0, 1e-9);
    pm_budget_design bare = {.anode_free = true}, dry = {.anode_free = true, .electrolyte_g_per_Ah = {1.4, 0}};
    for (double k = -0.01; k < 0.02; k += 0.01) {
        pm_budget_rates rates = {.coulombic_efficiency_lithium = 0.99, .cathode_retention = 0.9999, .acceleration = k};
        assert_close(needed_of(&bare, &rates, book_forward(&bare, &rates).retained).efficiency, 0.99, 0, 1e-7);
        assert_int_equal(book_forward(&dry, &rates).limit, PM_LIMIT_ELECTROLYTE);
        assert_close(needed_of(&dry, &rates, book_forward(&dry, &rates).end).efficiency, 0.99, 0, 1e-7);
    }
    /* one that gets better fast enough never loses a fifth: sums of x exp(k n) stay below x / -k */
    pm_budget_rates better = {.coulombic_efficiency_lithium = 0.99, .cathode_retention = 1, .acceleration = -0.1};
    assert_true(isinf(book_forward(&bare, &better).retained));
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
    assert_close(book_forward(&bare, &rates).retained, n, 0,
                 0.02); /* between cycles capacity is taken to fall evenly */
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
    pm_budget_design d = book_design;
    pm_budget_rates r = book_rates;
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
        cmocka_unit_test(electrolyte_outlasts_the_foil_as_a_slow_sum_says),
        cmocka_unit_test(ends_lie_where_the_series_passes_them),
        cmocka_unit_test(no_more_is_lost_than_plated),
        cmocka_unit_test(backwards_undoes_forwards),
        cmocka_unit_test(what_forbids_a_life),
        cmocka_unit_test(the_fall_of_a_declining_efficiency),
        cmocka_unit_test(mean_efficiency_has_an_interval),
        cmocka_unit_test(anode_free_products),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
