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
    pm_table *designs, *front, *loadings;
    pm_why *graph;
    pm_design_move moves[PM_DESIGN_MOVES];
    pm_why_effects effects;
    pm_design_spread spread;
    pm_report_design shown;
} paper;

static void paper_leave(paper *p)
{
    pm_table_free(p->designs);
    pm_table_free(p->front);
    pm_table_free(p->loadings);
    pm_why_effects_clear(&p->effects);
    pm_why_free(p->graph);
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
    assert_good(pm_design_output_find("cycle_life_total", &life, &err), &err);
    assert_good(pm_design_front(&p->told, n, axes, energy, life, NULL, &p->front, NULL, &err), &err);
    assert_good(pm_design_sweep(&p->told, n, axes, NULL, &p->designs, &err), &err);
    pm_design_axis loading = {axes[0].input, 1e-3, 12e-3, 12};
    assert_good(pm_design_sweep(&p->told, 1, &loading, NULL, &p->loadings, &err), &err);
    p->shown = (pm_report_design){.path = evil,
                                  .design = &p->filled,
                                  .assumed = p->assumed,
                                  .result = &p->result,
                                  .n_checks = pm_design_checks(&p->filled, &p->result, p->checks),
                                  .checks = p->checks,
                                  .loadings = p->loadings,
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

/* The example has N/P 1.006 and 20 um: lower and thinner than the 1.5-2.5 and 50 um that the reviews give. */
static void what_it_stresses_stands_with_sources(void **state)
{
    (void)state;
    scoped_paper p = {0};
    pm_scoped(pm_out) out = NULL;
    pm_why_change change[PM_DESIGN_MOVES];
    pm_error err;
    draw_up(&p);
    p.shown.n_moves = pm_design_moves(&p.filled, &p.result, p.moves);
    assert_int_equal(p.shown.n_moves, 2);
    assert_good(pm_why_new(&p.graph, &err), &err);
    assert_good(pm_why_change_parse(p.graph, "n-to-p=down", &change[0], &err), &err);
    assert_good(pm_why_change_parse(p.graph, "li-thickness=down", &change[1], &err), &err);
    assert_good(pm_why_effects_of(p.graph, PM_WHY_LIQUID, 2, change, &p.effects, &err), &err);
    p.shown.moves = p.moves;
    p.shown.graph = p.graph;
    p.shown.effects = &p.effects;
    const char *text = show(NULL, &p.shown, &out);
    has(text, "<b>n-to-p down</b>: here 1.006; ");
    has(text, "<b>li-thickness down</b>: here 20\u00a0um; thin lithium is below 50 um");
    has(text, "<b>stresses</b> exhaustion of active Li in bulk LMA: with little lithium the anode is depleted sooner");
    has(text, "<b>relieves</b> porous dead-Li layer, locally insufficient electrolyte wettability: thin lithium");
    /* once each: a sentence with all that it is said of */
    assert_int_equal(occurrences(text, "yet 20 um lasted 600 cycles and 50 um 450"), 1);
    fail_each_allocation(NULL, &p.shown);
}

/* The stack of docs/design.md: 44.8 Wh/kg more from 2 to 3 mAh/cm2, 4.2 from 11 to 12; drawn as a curve that bends. */
static void diminishing_returns_are_drawn(void **state)
{
    (void)state;
    scoped_paper p = {0};
    pm_scoped(pm_out) out = NULL;
    char words[160];
    draw_up(&p);
    p.spread = (pm_design_spread){{1.006, 0.05}, 364.2, 515.2, {0}};
    p.shown.spread = &p.spread;
    p.shown.notes = (const char *const[]){"<b>dry</b>"};
    p.shown.n_notes = 1;
    const char *text = show(NULL, &p.shown, &out);
    has(text, "id=\"design-1-loading\"");
    double first =
        real_at(p.loadings, "specific_energy_wh_per_kg", 1) - real_at(p.loadings, "specific_energy_wh_per_kg", 0);
    assert_close(real_at(p.loadings, "specific_energy_wh_per_kg", 2) -
                     real_at(p.loadings, "specific_energy_wh_per_kg", 1),
                 44.8, 0.002, 0);
    snprintf(words, sizeof words, "%.3g\u00a0Wh/kg from 1 to 2\u00a0mAh/cm\u00b2", first);
    has(text, words);
    has(text, "for the next from this design\u2019s 4.10 on");
    has(text, "364 to 515 for 90\u00a0% of such cells");
    has(text, "1.006 \u00b1 0.050");
    has(text, "<li>&lt;b&gt;dry&lt;/b&gt;</li>");
    p.shown.loadings = NULL;
    pm_out_free(out);
    out = NULL;
    lacks(show(NULL, &p.shown, &out), "design-1-loading");
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
        cmocka_unit_test(what_it_stresses_stands_with_sources),
        cmocka_unit_test(diminishing_returns_are_drawn),
        cmocka_unit_test(a_design_without_a_life_says_what_is_needed),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
