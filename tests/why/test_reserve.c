/* SPDX-License-Identifier: MIT */
/* What a reserve of lithium hides (rules 1 and 3 of the review): while foil is left, a stable capacity and efficiency say nothing
 * of the lithium side. Likelihoods are written out here by hand, from the numbers at the head of graph.yaml. */
#include "support.h"

#include "why/why.h"

#include <math.h>
#include <string.h>

/* The mechanism shows by 0.8 what is common (0.5 without it) or rare (0.1). */
static const double falls = 0.8 + 0.2 * 0.5, swells = 0.8 + 0.2 * 0.1, stays = 0.2;

static const pm_why *graph(void)
{
    static pm_why *g;
    pm_error err;
    if (!g) assert_good(pm_why_new(&g, &err), &err);
    return g;
}

/* The answer to observations and conditions, each ends with NULL. */
static pm_why_answer *answer(pm_why_case *c, const char *const *observations, const char *const *conditions)
{
    pm_why_answer *a = NULL;
    pm_error err;

    *c = pm_why_case_start(graph(), PM_WHY_LIQUID);
    for (; *observations; observations++) assert_good(pm_why_observe(c, *observations, "test", &err), &err);
    for (; *conditions; conditions++) assert_good(pm_why_condition(c, *conditions, &err), &err);
    assert_good(pm_why_answer_new(c, &a, &err), &err);
    return a;
}

static const char *id_at(const pm_why_answer *a, int rank)
{
    int n;
    return pm_why_nodes(graph(), &n)[a->candidates[rank].node].id;
}

static const pm_why_candidate *of(const pm_why_answer *a, const char *id)
{
    for (int i = 0; i < a->n_candidates; i++)
        if (!strcmp(id_at(a, i), id)) return &a->candidates[i];
    fail_msg("no candidate %s", id);
    return NULL;
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
static const char *const nothing[] = {NULL};

/* Review, stage 2: dead lithium piles up and dendrites grow, polarisation and swelling rise, capacity and the efficiency of
 * the cell stay. */
static void stage_2_is_the_reviews(void **state)
{
    (void)state;
    static const char *const review[] = {"K", "13", "9", "12"};
    pm_why_case c;
    pm_scoped(pm_why_answer) a = answer(
        &c, LIST("capacity=stable", "coulombic_efficiency=stable", "polarisation=rising", "swelling=yes"), nothing);

    assert_true(a->fits);
    assert_non_null(a->hidden);
    for (int i = 0; i < 4; i++) assert_string_equal(id_at(a, i), review[i]);
    assert_close(of(a, "K")->probability / a->something_else, falls / 0.5 * swells / 0.1, 1e-12, 0);
}

/* Stable values count neither for nor against what foil makes up for, and against the cathode as before. */
static void stable_is_no_evidence_while_foil_is_left(void **state)
{
    (void)state;
    static const char *const lithium[] = {"J", "13", "K", "H", "I", "12", "9", "10", "11", "14", "8", "M"};
    pm_why_case c;
    pm_scoped(pm_why_answer) capacity = answer(&c, LIST("capacity=stable"), nothing);
    pm_scoped(pm_why_answer) efficiency = answer(&c, LIST("coulombic_efficiency=stable"), nothing);

    for (size_t i = 0; i < sizeof lithium / sizeof *lithium; i++) {
        assert_true(of(capacity, lithium[i])->evidence[0].bit == 0);
        assert_true(of(efficiency, lithium[i])->evidence[0].bit == 0);
    }
    assert_close(of(capacity, "A")->evidence[0].bit, log2(stays), 1e-12, 0);
    assert_close(of(efficiency, "6")->evidence[0].bit, log2(stays), 1e-12, 0);
}

/* Nor does it come in by way of the lithium side: no path of evidence leads over what is hidden. */
static void nothing_hidden_is_a_way(void **state)
{
    (void)state;
    static const char hidden[] = " 8 9 10 11 12 13 14 H I J K M lma-exhaustion ";
    int n;
    const pm_why_node *nodes = pm_why_nodes(graph(), &n);
    pm_why_case c;
    pm_scoped(pm_why_answer) a = answer(&c, LIST("capacity=stable", "coulombic_efficiency=stable"), nothing);

    for (int i = 0; i < a->n_candidates; i++)
        for (int k = 0; k < 2; k++)
            for (int step = 0; step < a->candidates[i].evidence[k].n_path; step++) {
                char word[80];
                snprintf(word, sizeof word, " %s ", nodes[a->candidates[i].evidence[k].path[step]].id);
                assert_null(strstr(hidden, word));
            }
}

/* Without foil, or once it is gone, they tell. */
static void without_foil_it_is_evidence(void **state)
{
    (void)state;
    static const char *const bare[] = {"anode-free", "lithium-copper"};
    pm_why_case c;

    for (int i = 0; i < 2; i++) {
        pm_scoped(pm_why_answer) a = answer(&c, LIST("capacity=stable", "coulombic_efficiency=stable"), LIST(bare[i]));
        assert_null(a->hidden);
        for (int k = 0; k < 2; k++) assert_close(of(a, "13")->evidence[k].bit, log2(stays), 1e-12, 0);
    }
    pm_scoped(pm_why_answer) gone = answer(&c, LIST("capacity=stable", "coulombic_efficiency=step-down"), nothing);
    assert_null(gone->hidden);
    assert_close(of(gone, "13")->evidence[0].bit, log2(stays), 1e-12, 0);
    pm_scoped(pm_why_answer) falling = answer(&c, LIST("capacity=falling"), nothing);
    assert_null(falling->hidden);
    assert_close(of(falling, "13")->evidence[0].bit, log2(falls / 0.5), 1e-12, 0);
}

/* By whatever name a circumstance is told, it counts once. */
static void one_fact_counts_once(void **state)
{
    (void)state;
    pm_why_case c;
    pm_scoped(pm_why_answer) once = answer(&c, LIST("polarisation=rising"), LIST("low-np"));
    pm_scoped(pm_why_answer) twice = answer(&c, LIST("polarisation=rising"), LIST("low-np", "n-to-p=down"));
    pm_scoped(pm_why_answer) other = answer(&c, LIST("polarisation=rising"), LIST("n-to-p=down", "low-np"));

    assert_int_equal(c.n_conditions, 1);
    assert_close(twice->candidates[0].probability, once->candidates[0].probability, 0, 0);
    assert_close(other->candidates[0].probability, once->candidates[0].probability, 0, 0);
    assert_int_equal(other->n_rules, once->n_rules); /* the rule of low N/P among them */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stage_2_is_the_reviews),  cmocka_unit_test(stable_is_no_evidence_while_foil_is_left),
        cmocka_unit_test(nothing_hidden_is_a_way), cmocka_unit_test(without_foil_it_is_evidence),
        cmocka_unit_test(one_fact_counts_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
