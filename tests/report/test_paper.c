/* SPDX-License-Identifier: MIT */
/* A cell on paper. */
#include "markup.h"
#include "shown.h"

#include <math.h>
#include <string.h>

typedef struct paper {
    pm_design told, filled;
    uint64_t assumed;
    pm_design_result result;
    pm_design_check checks[PM_DESIGN_CHECKS];
    pm_table *designs, *front;
    pm_report_design shown;
} paper;

static void paper_leave(paper *p)
{
    pm_table_free(p->designs);
    pm_table_free(p->front);
}
#define scoped_paper __attribute__((__cleanup__(paper_leave))) paper

static void draw_up(paper *p)
{
    const pm_design_output *energy, *life;
    pm_design_axis axes[PM_DESIGN_AXES];
    pm_error err;
    const char *deck = pm_design_example();
    assert_good(pm_design_parse_deck(deck, (int64_t)strlen(deck), "d.yaml", &p->told, &err), &err);
    p->filled = p->told;
    assert_good(pm_design_fill(&p->filled, &p->assumed, &err), &err);
    assert_good(pm_design_compute(&p->told, &p->result, &err), &err);
    int n = pm_design_usual_axes(&p->told, axes);
    assert_good(pm_design_output_find("specific_energy", &energy, &err), &err);
    assert_good(pm_design_output_find("cycle_life", &life, &err), &err);
    assert_good(pm_design_front(&p->told, n, axes, energy, life, NULL, &p->front, &err), &err);
    assert_good(pm_design_sweep(&p->told, n, axes, NULL, &p->designs, &err), &err);
    p->shown = (pm_report_design){.path = evil,
                                  .design = &p->filled,
                                  .assumed = p->assumed,
                                  .result = &p->result,
                                  .n_checks = pm_design_checks(&p->filled, &p->result, p->checks),
                                  .checks = p->checks,
                                  .designs = p->designs,
                                  .front = p->front};
}

/* 346.7 Wh/kg: the example is a published cell of 350 (Niu et al. 2021). */
static void a_design_is_shown_with_parts_and_front(void **state)
{
    (void)state;
    scoped_paper p = {0};
    pm_scoped(pm_out) out = NULL;
    char words[128];
    draw_up(&p);
    const char *text = show(NULL, &p.shown, &out);
    has(text, ">346.7\u00a0Wh/kg<");
    has(text, "below 400 Wh/kg");
    has(text, "On paper: script&gt;&amp;");
    for (int i = 0; i < p.result.parts; i++) {
        has(text, p.result.part[i].name);
        snprintf(words, sizeof words, ">%.1f</td>", 100 * p.result.part[i].mass_g / p.result.mass_g);
        has(text, words);
    }
    for (int i = 0; i < p.shown.n_checks; i++) has(text, p.checks[i].source);
    has(text, "film_thickness 113\u00a0um");
    double best = real_at(p.front, "specific_energy_wh_per_kg", 0);
    snprintf(words, sizeof words, "<tr><td class=\"number\">%.0f</td>", best);
    has(text, words);
    int64_t drawn = occurrences(text, "h.01"), rows = pm_table_rows(p.front);
    assert_true(drawn > rows + 100 && drawn < rows + 1700); /* legend, front, a part of the others */
}

static void a_design_without_a_life_says_what_is_needed(void **state)
{
    (void)state;
    scoped_paper p = {0};
    pm_scoped(pm_out) out = NULL;
    pm_error why = {.code = PM_ERR_DATA, .message = "no <i>life</i>"};
    draw_up(&p);
    p.shown.front = p.shown.designs = NULL;
    p.shown.no_front = &why;
    p.result.cycle_life = NAN;
    const char *text = show(NULL, &p.shown, &out);
    has(text, "no &lt;i&gt;life&lt;/i&gt;");
    has(text, "<code>lithium_efficiency</code>");
    has(text, "needs the efficiency of lithium");
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    scoped_paper p = {0};
    draw_up(&p);
    fail_each_allocation(NULL, &p.shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_design_is_shown_with_parts_and_front),
        cmocka_unit_test(a_design_without_a_life_says_what_is_needed),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
