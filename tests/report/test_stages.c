/* SPDX-License-Identifier: MIT */
/* Stages of a life on the page, against the numbers they are from. */
#include "markup.h"
#include "report/stages.h"
#include "shown.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void a_foil_that_is_used_up_is_told_with_its_interval(void **state)
{
    (void)state;
    scoped_shown s = {0};
    char words[160];
    live(&s, PM_LI_CATHODE, &used_up, 0.5);
    assert_int_equal(s.stages.stage, 4);
    s.text = show(&s.cell, NULL, &s.out);
    snprintf(words, sizeof words, "Fits stage 4, from cycle\u00a0%.0f on", s.stages.start[4].cycle);
    has(s.text, words);
    snprintf(words, sizeof words, "<small>%.0f to %.0f</small>", s.stages.start[4].low, s.stages.start[4].high);
    has(s.text, words);
    has(s.text, "<b>lithium</b>");
    snprintf(words, sizeof words, "%.2f\u00a0%% (%.2f to %.2f)", 100 * s.stages.coulombic_efficiency_lithium_mean.value,
             100 * s.stages.coulombic_efficiency_lithium_mean.low,
             100 * s.stages.coulombic_efficiency_lithium_mean.high);
    has(s.text, words);
    has(s.text, "<small>fits stage 4</small>"); /* overview */
    assert_int_equal(occurrences(s.text, "class=\"s4\""), 1);
    for (int i = 0; s.stages.cannot_know[i]; i++) has(s.text, s.stages.cannot_know[i]);
}

/* Each rule is named where the thresholds see nothing and the foil is used up. */
static void two_rules_do_not_deny_each_other(void **state)
{
    (void)state;
    scoped_shown s = {0};
    char words[160];
    pm_life_label label = {.outcome = PM_CENSORED,
                           .cycles = 200,
                           .polarisation_change = NAN,
                           .coulombic_efficiency_change = NAN,
                           .criterion = "none crossed"};
    pm_report_fate fate = {.cycles = 2, .label = &label};
    live(&s, PM_LI_CATHODE, &used_up, 0.5);
    s.cell.fate = &fate;
    s.text = show(&s.cell, NULL, &s.out);
    has(s.text, "<dt>Class, by thresholds</dt><dd><b>no threshold crossed, 200\u00a0cycles</b>");
    snprintf(words, sizeof words, "<dt>By another rule</dt><dd><b>stage 4, from cycle\u00a0%.0f</b>",
             s.stages.start[4].cycle);
    has(s.text, words);
    lacks(s.text, "no\u00a0failure");
    s.stages.start[4].told = PM_TOLD_NO;
    s.stages.stage = 1;
    pm_out_free(s.out);
    s.text = show(&s.cell, NULL, &s.out);
    lacks(s.text, "By another rule");
}

/* A table of cycles: plots by cycle, stages and lithium, and nothing that only records have. */
static void a_table_of_cycles_has_a_page(void **state)
{
    (void)state;
    scoped_shown s = {0};
    live(&s, PM_LI_CATHODE, &used_up, 0.5);
    s.cell.records = s.cell.half_cycles = NULL;
    s.text = show(&s.cell, NULL, &s.out);
    has(s.text, "id=\"cell-1-capacity\"");
    has(s.text, "id=\"cell-1-efficiency\"");
    has(s.text, "id=\"cell-1-reserve\"");
    has(s.text, "Fits stage 4");
    lacks(s.text, "nothing to draw");
    lacks(s.text, "not a record of a test");
    lacks(s.text, "cell-1-voltage");
}

/* Heights of the points of a picture's line; returns how many. */
static int points_of(const char *text, const char *id, double y[], int most)
{
    const char *at = strstr(text, id);
    int n = 0;
    const char *close = at ? strstr(at, "</svg>") : NULL; /* the last line: the first is the legend's */
    for (const char *next = at; next && (next = strstr(next + 1, "class=\"line c0\" d=\"M")) && next < close;)
        at = next;
    if (!at) return 0;
    at = strstr(at, "d=\"") + 3;
    while (n < most && (*at == 'M' || *at == 'L')) {
        char *end;
        strtod(at + 1, &end);
        y[n++] = strtod(end, &end);
        at = end;
    }
    return n;
}

/* The line falls in proportion to what was charged, to nothing where stage 4 begins: sums made here. */
static void the_reserve_falls_with_what_is_plated(void **state)
{
    (void)state;
    enum { MOST = 240 };
    scoped_shown s = {0};
    double y[MOST], plated[MOST], sum = 0, whole = 0;
    live(&s, PM_LI_CATHODE, &used_up, 0.5);
    s.text = show(&s.cell, NULL, &s.out);
    int n = points_of(s.text, "cell-1-reserve\"", y, MOST);
    assert_int_equal(n, pm_table_rows(s.cycles));
    for (int i = 0; i < n; i++) {
        double charge = real_at(s.cycles, "charging_capacity_ah", i), cycle = real_at(s.cycles, "cycle_count", i);
        whole += charge * fmin(1, fmax(0, s.stages.start[4].cycle - 0.5 - (cycle - 1)));
        plated[i] = sum += charge;
    }
    for (int i = 0; i < n; i++) {
        double left = fmax(0, 1 - plated[i] / whole), first = 1 - plated[0] / whole;
        assert_close((y[n - 1] - y[i]) / (y[n - 1] - y[0]), left / first, 0, 0.003);
    }
}

static void without_n_to_p_it_says_what_is_needed(void **state)
{
    (void)state;
    scoped_shown s = {0};
    live(&s, PM_LI_CATHODE, &used_up, 0);
    s.text = show(&s.cell, NULL, &s.out);
    has(s.text, "it needs N/P");
    has(s.text, "<code>--n-to-p 1.5</code>");
    lacks(s.text, "cell-1-reserve");
    assert_int_equal(occurrences(s.text, "needs N/P, told in the sidecar"), 3);
}

static void while_foil_is_left_there_are_bounds(void **state)
{
    (void)state;
    scoped_shown s = {0};
    pm_virtual_life young = used_up;
    young.n_to_p = 3;
    live(&s, PM_LI_CATHODE, &young, 3);
    assert_int_equal(s.stages.start[4].told, PM_TOLD_NO);
    s.text = show(&s.cell, NULL, &s.out);
    has(s.text, "at least ");
    has(s.text, "at most ");
    has(s.text, "A bound: capacity does not show the foil");
    assert_int_equal(occurrences(s.text, "class=\"s4\""), 0);
}

static void what_cannot_be_told_is_not_drawn(void **state)
{
    (void)state;
    scoped_shown s = {0};
    live(&s, PM_LI_CATHODE, &used_up, 0.5);
    s.stages.start[4] = (pm_stage_start){PM_TOLD_CANNOT, 0.4, NAN, NAN, NAN, "capacity"};
    s.stages.start[2] = s.stages.start[3] = (pm_stage_start){PM_TOLD_NO, 0.01, NAN, NAN, NAN, evil};
    s.stages.stage = 1;
    s.text = show(&s.cell, NULL, &s.out);
    has(s.text, "Fits stage 1 or 4.");
    has(s.text, "cannot be told</td><td>0.40<small>that it has begun</small>");
    has(s.text, "class=\"s1 unsure\"");
    has(s.text, "anything between all of it and none may be left");
    lacks(s.text, "cell-1-reserve");
}

static void stages_that_may_be_are_named(void **state)
{
    (void)state;
    const pm_told no = PM_TOLD_NO, yes = PM_TOLD_YES, may = PM_TOLD_CANNOT;
    const struct {
        pm_told told[5];
        int stage;
        const char *name;
    } cases[] = {{{no, yes, no, no, no}, 1, "stage 1"},
                 {{no, yes, may, no, yes}, 1, "stage 1 or 2"},
                 {{no, yes, may, no, yes}, 4, "stage 4"},
                 {{no, yes, may, may, may}, 1, "stage 1, 2, 3 or 4"},
                 {{no, yes, yes, no, may}, 2, "stage 2 or 4"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pm_stages s = {0};
        char name[STAGE_NAME];
        for (int k = 1; k <= PM_STAGES; k++) s.start[k].told = cases[i].told[k];
        stage_name(&s, cases[i].stage, name);
        assert_string_equal(name, cases[i].name);
    }
}

/* The product of efficiencies from the second cycle on. */
static void an_anode_free_cell_shows_its_product(void **state)
{
    (void)state;
    scoped_shown s = {0};
    pm_virtual_life life = used_up;
    double product = 1;
    char words[80];
    life.n_to_p = 1e-6;
    life.cycles = 60;
    live(&s, PM_ANODE_FREE, &life, 0);
    s.text = show(&s.cell, NULL, &s.out);
    for (int64_t i = 1; i < pm_table_rows(s.cycles); i++) product *= real_at(s.cycles, "coulombic_efficiency", i);
    snprintf(words, sizeof words, "the product is %.3f", product);
    has(s.text, words);
    has(s.text, "from the first cycle: there is no foil");
    lacks(s.text, "needs N/P");
}

static void why_there_are_no_stages_is_told(void **state)
{
    (void)state;
    scoped_shown s = {0};
    pm_error why = {.code = PM_ERR_DATA, .message = "<b>too few</b>", .hint = "<i>more</i>"};
    live(&s, PM_LI_CATHODE, &used_up, 0.5);
    s.reserve = (pm_report_reserve){.no_stages = &why};
    s.text = show(&s.cell, NULL, &s.out);
    has(s.text, "No stages: &lt;b&gt;too few&lt;/b&gt;.");
    has(s.text, "Hint: &lt;i&gt;more");
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    scoped_shown s = {0};
    live(&s, PM_LI_CATHODE, &used_up, 0.5);
    fail_each_allocation(&s.cell, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_foil_that_is_used_up_is_told_with_its_interval),
        cmocka_unit_test(two_rules_do_not_deny_each_other),
        cmocka_unit_test(a_table_of_cycles_has_a_page),
        cmocka_unit_test(the_reserve_falls_with_what_is_plated),
        cmocka_unit_test(without_n_to_p_it_says_what_is_needed),
        cmocka_unit_test(while_foil_is_left_there_are_bounds),
        cmocka_unit_test(what_cannot_be_told_is_not_drawn),
        cmocka_unit_test(stages_that_may_be_are_named),
        cmocka_unit_test(an_anode_free_cell_shows_its_product),
        cmocka_unit_test(why_there_are_no_stages_is_told),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
