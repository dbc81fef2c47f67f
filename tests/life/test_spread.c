/* SPDX-License-Identifier: MIT */
/* Spreads and intervals of how long a cell lasts, beside draws. */
#include "bookkeeping.h"
#include "support.h"

#include <math.h>

static void spreads_are_those_of_draws(void **state)
{
    (void)state;
    enum { N = 20000 };
    static double end[N];
    pm_random random = pm_random_stream(5, "test/life", 0);
    pm_budget_spread spread;
    pm_error err = {0};
    int limits[4] = {0};
    assert_good(pm_budget_uncertain(&book_design, &book_rates, &spread, &err), &err);
    for (int i = 0; i < N; i++) {
        pm_budget_design d = book_design;
        d.n_to_p.ratio.value += d.n_to_p.ratio.deviation * pm_random_normal(&random);
        d.electrolyte_g_per_Ah.value += d.electrolyte_g_per_Ah.deviation * pm_random_normal(&random);
        pm_budget_life life = book_forward(&d, &book_rates);
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
        pm_budget_life life = book_forward(&one, &r);
        end[i] = life.end;
        by_lithium += life.limit == PM_LIMIT_LITHIUM;
    }
    assert_close(spread.end_low, pm_quantile(end, N, 0.05), 2e-3, 0);
    assert_close(spread.end_high, pm_quantile(end, N, 0.95), 2e-3, 0);
    assert_close(spread.probability[PM_LIMIT_LITHIUM], (double)by_lithium / N, 0, 2e-3);
    assert_in_range(by_lithium, N / 10, N - N / 10);
}

/* A cathode that loses nothing ends nothing: the interval is that of the foil, (0.7 +- 1.645 0.05)/0.01. */
static void spreads_beside_a_cathode_without_loss(void **state)
{
    (void)state;
    pm_budget_design d = {.n_to_p = {{0.7, 0.05}, PM_N_TO_P_FOIL}, .electrolyte_g_per_Ah = {9, 0.1}};
    pm_budget_rates r = {.coulombic_efficiency_lithium = 0.99, .cathode_retention = 1};
    pm_budget_spread spread;
    pm_error err = {0};

    assert_good(pm_budget_uncertain(&d, &r, &spread, &err), &err);
    assert_close(spread.end_low, (0.7 - 1.6448536 * 0.05) / 0.01, 1e-6, 0);
    assert_close(spread.end_high, (0.7 + 1.6448536 * 0.05) / 0.01, 1e-6, 0);
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
            pm_budget_life life = book_forward(&one, &r);
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
    assert_int_equal(book_forward(&wet, &ever).limit, PM_LIMIT_UNKNOWN);
    assert_close(spread.probability[PM_LIMIT_UNKNOWN], 1, 0, 0);
    assert_close(spread.probability[PM_LIMIT_ELECTROLYTE], 0, 0, 0);
    assert_true(isinf(spread.end_high));
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
        end[i] = margin > 0 ? book_cycles_to(foil, 1 - foil / gone, margin / (0.5 * 90 / 26.801)) : 0;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spreads_are_those_of_draws),
        cmocka_unit_test(spreads_without_foil_are_those_of_draws),
        cmocka_unit_test(spreads_beside_a_cathode_without_loss),
        cmocka_unit_test(spreads_of_losses_that_fade_out),
        cmocka_unit_test(the_cathode_ends_what_loses_no_more),
        cmocka_unit_test(a_dry_cell_has_the_interval_of_draws),
        cmocka_unit_test(dry_at_its_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
