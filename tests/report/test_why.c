/* SPDX-License-Identifier: MIT */
/* Mechanisms that fit: the picture and the words. */
#include "report/graph.h"
#include "shown.h"

#include <math.h>
#include <string.h>

typedef struct reasoned {
    pm_why *graph;
    pm_why_case known;
    pm_why_answer *answer;
    pm_report_why why;
} reasoned;

static void reasoned_leave(reasoned *r)
{
    pm_why_answer_free(r->answer);
    pm_why_free(r->graph);
}
#define scoped_reasoned __attribute__((__cleanup__(reasoned_leave))) reasoned

static void reason(reasoned *r, int n, const char *const seen[], const char *condition)
{
    pm_error err;
    assert_good(pm_why_new(&r->graph, &err), &err);
    r->known = pm_why_case_start(r->graph, PM_WHY_LIQUID);
    for (int i = 0; i < n; i++) assert_good(pm_why_observe(&r->known, seen[i], evil, &err), &err);
    if (condition) assert_good(pm_why_condition(&r->known, condition, &err), &err);
    assert_good(pm_why_answer_new(&r->known, &r->answer, &err), &err);
    r->why = (pm_report_why){&r->known, r->answer};
}

static const char *const stepped[] = {"coulombic_efficiency=step-down", "capacity_knee=yes", "polarisation=rising"};

static void candidates_evidence_and_measurement_are_shown(void **state)
{
    (void)state;
    scoped_shown s = {0};
    scoped_reasoned r = {0};
    char words[160];
    live(&s, PM_LI_CATHODE, &used_up, 0.5);
    reason(&r, 3, stepped, "low-np");
    s.cell.why = &r.why;
    s.text = show(&s.cell, NULL, &s.out);
    has(s.text, "Fits best: exhaustion of active Li in bulk LMA");
    has(s.text, "consistent with what is known");
    has(s.text, "<b>low-np</b>");
    has(s.text, r.answer->measurements[0].name);
    for (int i = 0; i < graph_shown(r.answer); i++) {
        const pm_why_candidate *c = &r.answer->candidates[i];
        snprintf(words, sizeof words, "<span class=\"share\">%.0f\u00a0%%</span>", 100 * c->probability);
        has(s.text, words);
    }
    has(s.text, "&lt;script&gt;alert(1)");
    has(s.text, "no measured frequencies");
}

/* While foil is left a stable capacity is no evidence, and the page says so. */
static void what_a_reserve_hides_is_shown(void **state)
{
    (void)state;
    static const char *const stable[] = {"capacity=stable", "polarisation=rising"};
    scoped_shown s = {0};
    scoped_reasoned r = {0};
    live(&s, PM_LI_CATHODE, &used_up, 0.5);
    reason(&r, 2, stable, NULL);
    s.cell.why = &r.why;
    s.text = show(&s.cell, NULL, &s.out);
    has(s.text, "<b>Not weighed.</b> While foil is left it refills the cathode");
}

/* Whether solid arrows lead from a box to another. */
static bool leads(const graph *g, int from, int to, int steps)
{
    if (from == to) return true;
    for (int k = 0; steps && k < g->n_arrows; k++)
        if (g->arrow[k].from == from && g->arrow[k].link == GRAPH_FITS && leads(g, g->arrow[k].to, to, steps - 1))
            return true;
    return false;
}

static int box_called(const graph *g, int node, const char *text)
{
    for (int i = 0; i < g->n_boxes; i++)
        if (g->box[i].node == node && (node >= 0 || !strcmp(g->box[i].text, text))) return i;
    return -1;
}

static void the_picture_holds_what_speaks_for_a_candidate(void **state)
{
    (void)state;
    scoped_reasoned r = {0};
    graph g;
    reason(&r, 3, stepped, "low-np");
    graph_collect(&r.why, &g);
    assert_false(g.cut);
    for (int i = 0; i < graph_shown(r.answer); i++) {
        const pm_why_candidate *c = &r.answer->candidates[i];
        int box = box_called(&g, c->node, "");
        assert_true(box >= 0);
        assert_close(g.box[box].probability, c->probability, 0, 0);
        for (int k = 0; k < r.answer->n_evidence; k++) {
            const pm_why_evidence *e = &c->evidence[k];
            if (!(e->bit > 0)) continue;
            bool condition = !strcmp(e->text, "low-np");
            int end = condition ? box_called(&g, e->path[0], "") : box_called(&g, -1, e->text);
            assert_true(end >= 0);
            assert_true(condition ? leads(&g, end, box, 5) : leads(&g, box, end, 6));
        }
    }
}

static void every_arrow_says_what_a_source_says(void **state)
{
    (void)state;
    scoped_reasoned r = {0};
    graph g;
    pm_error err;
    reason(&r, 3, stepped, NULL);
    graph_collect(&r.why, &g);
    assert_true(g.n_arrows > 5);
    for (int k = 0; k < g.n_arrows; k++) {
        pm_scoped(pm_out) out = NULL;
        assert_good(pm_out_open(NULL, false, &out, &err), &err);
        graph_say(out, &g, &g.arrow[k], "(", ")");
        assert_good(pm_out_commit(out, &err), &err);
        const char *said = pm_out_memory(out, NULL);
        if (!strstr(said, "2025,") && !strstr(said, "2026,"))
            fail_msg("%s to %s: '%s'", g.box[g.arrow[k].from].label, g.box[g.arrow[k].to].label, said);
    }
}

static void boxes_do_not_overlap(void **state)
{
    (void)state;
    static const char *const many[] = {"capacity=falling", "polarisation=rising", "short=soft", "swelling=yes",
                                       "gas=yes"};
    for (int n = 1; n <= 5; n++) {
        scoped_reasoned r = {0};
        graph g;
        reason(&r, n, many, NULL);
        graph_collect(&r.why, &g);
        graph_lay(&g);
        assert_true(g.n_layers <= GRAPH_LAYERS);
        for (int i = 0; i < g.n_boxes; i++) {
            assert_true(g.box[i].y - g.box[i].height / 2 >= 0 && g.box[i].y + g.box[i].height / 2 <= g.height);
            for (int k = 0; k < i; k++)
                if (g.box[i].layer == g.box[k].layer)
                    assert_true(fabs(g.box[i].y - g.box[k].y) >= (g.box[i].height + g.box[k].height) / 2);
        }
    }
}

/* A sign is some 8 by 8: no two on each other, in pictures that are crowded. */
static void signs_do_not_overlap(void **state)
{
    (void)state;
    enum { MOST = 400 };
    static const char *const many[] = {"capacity=falling", "polarisation=rising", "coulombic_efficiency=step-down",
                                       "swelling=yes", "gas=yes"};
    for (int n = 1; n <= 5; n++) {
        scoped_shown s = {0};
        scoped_reasoned r = {0};
        double x[MOST], y[MOST];
        int signs = 0;
        live(&s, PM_LI_CATHODE, &used_up, 0.5);
        reason(&r, n, many, "low-np");
        s.cell.why = &r.why;
        s.text = show(&s.cell, NULL, &s.out);
        for (const char *at = s.text; (at = strstr(at, "<text class=\"sign middle\" x=\"")); at++, signs++) {
            assert_true(signs < MOST);
            assert_int_equal(sscanf(at, "<text class=\"sign middle\" x=\"%lf\" y=\"%lf\"", &x[signs], &y[signs]), 2);
        }
        assert_true(signs > 2);
        for (int i = 0; i < signs; i++)
            for (int k = 0; k < i; k++) assert_true(fabs(x[i] - x[k]) >= 8 || fabs(y[i] - y[k]) >= 8);
    }
}

static void long_names_are_broken_at_blanks(void **state)
{
    (void)state;
    static const char text[] = "anode-to-cathode capacity ratio of-a-word-that-is-too-long-for-it end";
    static const char *const lines[] = {"anode-to-cathode", "capacity ratio", "of-a-word-that-is-too-long-for-it",
                                        "end"};
    const char *line;
    for (int i = 0; i < 4; i++) {
        int n = graph_line(text, i, &line);
        assert_int_equal(n, strlen(lines[i]));
        assert_memory_equal(line, lines[i], (size_t)n);
    }
    assert_int_equal(graph_line(text, 4, &line), 0);
}

static void what_points_nowhere_is_not_drawn(void **state)
{
    (void)state;
    static const char *const stable[] = {"polarisation=stable"};
    scoped_shown s = {0};
    scoped_reasoned r = {0};
    live(&s, PM_LI_CATHODE, &used_up, 0.5);
    reason(&r, 1, stable, NULL);
    s.cell.why = &r.why;
    s.text = show(&s.cell, NULL, &s.out);
    has(s.text, "Nothing that was measured of this cell points to a mechanism.");
    lacks(s.text, "cell-1-graph");
    pm_out_free(s.out);
    s.cell.why = &(pm_report_why){&r.known, NULL};
    s.text = show(&s.cell, NULL, &s.out);
    has(s.text, "None can be told");
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    scoped_shown s = {0};
    scoped_reasoned r = {0};
    live(&s, PM_LI_CATHODE, &used_up, 0.5);
    reason(&r, 3, stepped, NULL);
    s.cell.why = &r.why;
    fail_each_allocation(&s.cell, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidates_evidence_and_measurement_are_shown),
        cmocka_unit_test(what_a_reserve_hides_is_shown),
        cmocka_unit_test(the_picture_holds_what_speaks_for_a_candidate),
        cmocka_unit_test(every_arrow_says_what_a_source_says),
        cmocka_unit_test(boxes_do_not_overlap),
        cmocka_unit_test(signs_do_not_overlap),
        cmocka_unit_test(long_names_are_broken_at_blanks),
        cmocka_unit_test(what_points_nowhere_is_not_drawn),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
