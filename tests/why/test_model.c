/* SPDX-License-Identifier: MIT */
/* Probabilities and expected information against enumeration of all that could have been seen, on a graph (small.yaml) whose
 * likelihoods are written out here by hand; what a change stresses; what contradicts itself. */
#include "support.h"

#include "why/why.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { A, B, C, ELSE, HYPOTHESES, HEATS = 3, NOISES = 3 };
/* low warm hot, quiet loud shrill; of something else: high 0.5 in two halves, loud and shrill 0.1 each. c heats by 0.8, in
 * either kind alike; b shows hot by 0.8 and sounds by 0.8, half each; a by 0.5, for b lies between. */
static const double heat[HYPOTHESES][HEATS] = {
    {0.5 * 0.5, 0.5 * 0.25, 0.5 * 0.25 + 0.5},
    {0.2 * 0.5, 0.2 * 0.25, 0.2 * 0.25 + 0.8},
    {0.2 * 0.5, 0.2 * 0.25 + 0.4, 0.2 * 0.25 + 0.4},
    {0.5, 0.25, 0.25},
};
static const double noise[HYPOTHESES][NOISES] = {
    {0.5 * 0.8, 0.5 * 0.1 + 0.25, 0.5 * 0.1 + 0.25},
    {0.2 * 0.8, 0.2 * 0.1 + 0.4, 0.2 * 0.1 + 0.4},
    {0.8, 0.1, 0.1},
    {0.8, 0.1, 0.1},
};
static const double prior[HYPOTHESES] = {1, 1, 3, 1};

static pm_why *graph(void)
{
    pm_scoped_text path = support_source("tests/why/small.yaml");
    pm_why *g = NULL;
    pm_error err;
    assert_good(pm_why_read(path, &g, &err), &err);
    return g;
}

/* Sums over all that could have been seen and agrees with the masks. */
static void enumerate(const double factor[HYPOTHESES], unsigned heats, unsigned noises, double out[HYPOTHESES])
{
    double total = 0;

    for (int m = 0; m < HYPOTHESES; m++) {
        out[m] = 0;
        for (int h = 0; h < HEATS; h++)
            for (int n = 0; n < NOISES; n++)
                if (heats >> h & 1 && noises >> n & 1) out[m] += prior[m] * factor[m] * heat[m][h] * noise[m][n];
        total += out[m];
    }
    for (int m = 0; m < HYPOTHESES; m++) out[m] /= total;
}

static const struct told {
    const char *observations[3], *conditions[2];
    unsigned heats, noises;
    double factor[HYPOTHESES];
} cases[] = {
    {{"heat=hot"}, {NULL}, 4, 7, {1, 1, 1, 1}},
    {{"heat=high"}, {NULL}, 6, 7, {1, 1, 1, 1}},
    {{"heat=high", "heat=warm"}, {NULL}, 2, 7, {1, 1, 1, 1}},
    {{"heat=warm", "heat=high"}, {NULL}, 2, 7, {1, 1, 1, 1}},
    {{"heat=low", "noise=loud"}, {NULL}, 1, 2, {1, 1, 1, 1}},
    {{"heat=hot", "noise=quiet"}, {"little-p"}, 4, 1, {4, 2, 4, 1}}, /* b one edge on from a; c is lowered by more p */
    {{"heat=hot", "noise=shrill"}, {"p=up"}, 4, 4, {0.25, 1, 0.25, 1}},
    {{"noise=quiet"}, {"q=up"}, 7, 1, {1, 1, 1, 1}}, /* said to raise and to lower b: neither */
    {{"noise=quiet"}, {"q=down", "odd"}, 7, 1, {1, 1, 1, 1}},
};

static void tell(pm_why_case *c, const struct told *t)
{
    pm_error err;
    for (int i = 0; i < 3 && t->observations[i]; i++)
        assert_good(pm_why_observe(c, t->observations[i], "test", &err), &err);
    for (int i = 0; i < 2 && t->conditions[i]; i++) assert_good(pm_why_condition(c, t->conditions[i], &err), &err);
}

static void probabilities_are_those_of_enumeration(void **state)
{
    (void)state;
    pm_scoped(pm_why) g = graph();
    pm_error err;

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        pm_scoped(pm_why_answer) a = NULL;
        pm_why_case c = pm_why_case_start(g, PM_WHY_LIQUID);
        double right[HYPOTHESES];
        tell(&c, &cases[k]);
        assert_good(pm_why_answer_new(&c, &a, &err), &err);
        enumerate(cases[k].factor, cases[k].heats, cases[k].noises, right);
        assert_int_equal(a->n_candidates, 3); /* d is of solid cells */
        for (int i = 0; i < 3; i++) {
            assert_close(a->candidates[i].probability, right[a->candidates[i].node], 1e-12, 0);
            assert_true(!i || a->candidates[i].probability <= a->candidates[i - 1].probability);
        }
        assert_close(a->something_else, right[ELSE], 1e-12, 0);
        assert_int_equal(a->fits, a->candidates[0].probability >= 3 * a->something_else);
    }
}

/* Bits of evidence are the logarithm of the ratio to something else, and paths are those of the graph. */
static void evidence_adds_up(void **state)
{
    (void)state;
    pm_scoped(pm_why) g = graph();
    pm_scoped(pm_why_answer) a = NULL;
    pm_why_case c = pm_why_case_start(g, PM_WHY_LIQUID);
    pm_error err;

    tell(&c, &cases[5]); /* hot, quiet, little p */
    assert_good(pm_why_answer_new(&c, &a, &err), &err);
    assert_int_equal(a->n_evidence, 3);
    for (int i = 0; i < 3; i++) {
        const pm_why_candidate *one = &a->candidates[i];
        double sum = 0;
        for (int k = 0; k < 3; k++) sum += one->evidence[k].bit;
        assert_close(log2(one->probability / a->something_else), sum + log2(prior[one->node]), 1e-12, 1e-12);
        if (one->node != A) continue;
        assert_close(one->evidence[0].bit, log2(heat[A][2] / 0.25), 1e-12, 0);
        assert_close(one->evidence[1].bit, log2(noise[A][0] / 0.8), 1e-12, 0);
        assert_int_equal(one->evidence[0].n_path, 3); /* a > b > out */
        assert_int_equal(one->evidence[0].path[1], B);
        assert_string_equal(one->evidence[0].sentence, "b shows");
        assert_int_equal(one->evidence[1].n_path, 2); /* a > b, which sounds */
        assert_string_equal(one->evidence[2].text, "little-p");
        assert_string_equal(one->evidence[2].sentence, "less p raises a");
    }
}

static double plogp(double p)
{
    return p > 0 ? p * log2(p) : 0;
}

/* H(M) + H(Y) - H(M, Y) of the reading (heat, noise), over what is left of it. */
static double information(const double weight[HYPOTHESES], unsigned heats, unsigned noises, bool sees_heat, bool hears)
{
    double joint = 0, alone = 0, of_m = 0, total[HYPOTHESES] = {0};

    for (int m = 0; m < HYPOTHESES; m++)
        for (int h = 0; h < HEATS; h++)
            for (int n = 0; n < NOISES; n++)
                if (heats >> h & 1 && noises >> n & 1) total[m] += heat[m][h] * noise[m][n];
    for (int h = 0; h < (sees_heat ? HEATS : 1); h++) {
        for (int n = 0; n < (hears ? NOISES : 1); n++) {
            double sum = 0;
            for (int m = 0; m < HYPOTHESES; m++) {
                double p = 0;
                for (int x = 0; x < HEATS; x++)
                    for (int y = 0; y < NOISES; y++)
                        if ((!sees_heat || x == h) && (!hears || y == n) && heats >> x & 1 && noises >> y & 1)
                            p += weight[m] * heat[m][x] * noise[m][y] / total[m];
                joint -= plogp(p);
                sum += p;
            }
            alone -= plogp(sum);
        }
    }
    for (int m = 0; m < HYPOTHESES; m++) of_m -= plogp(weight[m]);
    return of_m + alone - joint;
}

static void information_is_that_of_enumeration(void **state)
{
    (void)state;
    pm_scoped(pm_why) g = graph();
    pm_error err;

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        pm_scoped(pm_why_answer) a = NULL;
        pm_why_case c = pm_why_case_start(g, PM_WHY_LIQUID);
        double weight[HYPOTHESES] = {0}, sum = 0;
        int seen = 0;
        tell(&c, &cases[k]);
        assert_good(pm_why_answer_new(&c, &a, &err), &err);
        assert_true(a->n_leading >= 2);
        for (int i = 0; i < a->n_leading; i++) sum += a->candidates[i].probability;
        assert_true(sum >= 0.9 || a->n_leading == 3);
        for (int i = 0; i < a->n_leading; i++) weight[a->candidates[i].node] = a->candidates[i].probability / sum;
        for (int i = 0; i < a->n_measurements; i++) {
            const pm_why_measurement *m = &a->measurements[i];
            bool sees = strcmp(m->name, "ear") != 0, hears = strcmp(m->name, "hand") != 0;
            double right = information(weight, cases[k].heats, cases[k].noises, sees, hears);
            assert_close(m->information_bit, right, 1e-9, 1e-12);
            assert_true(!i || m->information_bit <= a->measurements[i - 1].information_bit);
            assert_int_equal(m->destructive, !hears);
            seen++;
        }
        bool heat_open = cases[k].heats & (cases[k].heats - 1), noise_open = cases[k].noises & (cases[k].noises - 1);
        assert_int_equal(seen, heat_open + noise_open + (heat_open || noise_open));
    }
}

static void rules_apply_to_what_was_told(void **state)
{
    (void)state;
    pm_scoped(pm_why) g = graph();
    pm_scoped(pm_why_answer) hot = NULL;
    pm_scoped(pm_why_answer) high = NULL;
    pm_why_case c = pm_why_case_start(g, PM_WHY_LIQUID), d = c;
    pm_error err;

    assert_good(pm_why_observe(&c, "heat=hot", "test", &err), &err);
    assert_good(pm_why_condition(&c, "p=down", &err), &err); /* as good as little-p */
    assert_good(pm_why_condition(&c, "odd", &err), &err);    /* whose rule is of solid cells */
    assert_good(pm_why_answer_new(&c, &hot, &err), &err);
    assert_int_equal(hot->n_rules, 3);
    assert_good(pm_why_observe(&d, "heat=high", "test", &err), &err); /* may be warm: the rule of hot is silent */
    assert_good(pm_why_answer_new(&d, &high, &err), &err);
    assert_int_equal(high->n_rules, 1);
}

static void solid_cells_differ(void **state)
{
    (void)state;
    pm_scoped(pm_why) g = graph();
    pm_scoped(pm_why_answer) a = NULL;
    pm_why_case c = pm_why_case_start(g, PM_WHY_SOLID);
    pm_error err;

    assert_good(pm_why_observe(&c, "noise=loud", "test", &err), &err);
    assert_good(pm_why_answer_new(&c, &a, &err), &err);
    assert_int_equal(a->n_candidates, 4);
    /* weights relative to something else: a 0.3 / 0.1, b 0.42 / 0.1, c 3, d (0.8 + 0.02) / 0.1 */
    assert_close(a->candidates[0].probability, 8.2 / (3 + 4.2 + 3 + 8.2 + 1), 1e-12, 0);
    assert_int_equal(a->candidates[0].node, 3);
}

/* ---- what is refused ---- */

static void contradictions_are_refused(void **state)
{
    (void)state;
    pm_scoped(pm_why) g = NULL;
    pm_error err;
    assert_good(pm_why_new(&g, &err), &err);
    pm_why_case c = pm_why_case_start(g, PM_WHY_LIQUID);

    assert_good(pm_why_observe(&c, "capacity=stable", "told", &err), &err);
    assert_int_equal(pm_why_observe(&c, "capacity=falling", "measured", &err), PM_ERR_DATA);
    assert_string_equal(err.message, "capacity=falling (measured) contradicts capacity=stable (told)");
    assert_good(pm_why_observe(&c, "gas=oxygen", "told", &err), &err);
    assert_good(pm_why_observe(&c, "gas=yes", "told", &err), &err);
    assert_int_equal(pm_why_observe(&c, "gas=hydrogen", "told", &err), PM_ERR_DATA);
    assert_good(pm_why_condition(&c, "low-np", &err), &err);
    assert_good(pm_why_condition(&c, "n-to-p=down", &err), &err);
    assert_int_equal(pm_why_condition(&c, "high-np", &err), PM_ERR_DATA);
    assert_string_equal(err.message, "high-np contradicts low-np");
}

static const struct unknown {
    bool condition;
    const char *text, *message, *hint;
} unknowns[] = {
    {false, "polarization=rising", "'polarization' cannot be observed", "did you mean polarisation?"},
    {false, "weather=fine", "'weather' cannot be observed", "premortem why --words lists them"},
    {false, "polarisation=risen", "polarisation is not 'risen'", "did you mean polarisation=rising?"},
    {false, "resistance=17", "resistance is not '17'", "one of stable rising one-off-rise continuous-rise falling"},
    {false, "polarisation", "'polarisation' is not of the form NAME=VALUE", "as in polarisation=rising"},
    {false, "=rising", "'=rising' is not of the form NAME=VALUE", "as in polarisation=rising"},
    {false, "polarisation=", "'polarisation=' is not of the form NAME=VALUE", "as in polarisation=rising"},
    {true, "low-pn", "there is no condition 'low-pn'", "did you mean low-np?"},
    {true, "n-to-q=up", "the graph has no 'n-to-q'", "did you mean n-to-p?"},
    {true, "n-to-p=2", "n-to-p cannot change '2'", "up or down"},
};

static void unknown_words_are_refused(void **state)
{
    (void)state;
    pm_scoped(pm_why) g = NULL;
    pm_why_answer *none = NULL;
    pm_error err;
    assert_good(pm_why_new(&g, &err), &err);
    pm_why_case c = pm_why_case_start(g, PM_WHY_LIQUID);

    for (size_t i = 0; i < sizeof unknowns / sizeof *unknowns; i++) {
        const struct unknown *u = &unknowns[i];
        pm_status s = u->condition ? pm_why_condition(&c, u->text, &err) : pm_why_observe(&c, u->text, "told", &err);
        assert_int_equal(s, PM_ERR_ARGUMENT);
        assert_string_equal(err.message, u->message);
        assert_string_equal(err.hint, u->hint);
    }
    assert_int_equal(pm_why_answer_new(&c, &none, &err), PM_ERR_DATA);
    assert_string_equal(err.message, "nothing was observed");
}

/* ---- a change ---- */

static const pm_why_effect *reached(const pm_why_effects *effects, int node, int effect)
{
    for (int64_t i = 0; i < effects->n; i++)
        if (effects->effect[i].node == node && effects->effect[i].effect == effect) return &effects->effect[i];
    return NULL;
}

static void a_change_follows_the_signs(void **state)
{
    (void)state;
    enum { P = 6, Q, OUT = 5, MID = 4 };
    pm_scoped(pm_why) g = graph();
    pm_why_effects up, down;
    pm_error err;

    assert_good(pm_why_effects_of(g, PM_WHY_LIQUID, 1, &(pm_why_change){P, 1}, &up, &err), &err);
    assert_true(reached(&up, A, -1)->reversed); /* said of less p */
    assert_false(reached(&up, C, -1)->reversed);
    assert_int_equal(reached(&up, OUT, -1)->n_steps, 3); /* p > a > b > out */
    assert_non_null(reached(&up, MID, -1));
    assert_null(reached(&up, C, 1)); /* linked: not followed */
    assert_int_equal(up.n, 5);       /* a c b mid out */
    assert_good(pm_why_effects_of(g, PM_WHY_SOLID, 1, &(pm_why_change){P, -1}, &down, &err), &err);
    assert_false(reached(&down, A, 1)->reversed);
    assert_null(reached(&down, MID, 1)); /* of liquid cells */
    pm_why_effects_clear(&up);
    pm_why_effects_clear(&down);
    assert_good(pm_why_effects_of(g, PM_WHY_LIQUID, 1, &(pm_why_change){Q, 1}, &up, &err), &err);
    assert_non_null(reached(&up, B, 1)); /* both are said */
    assert_non_null(reached(&up, B, -1));
    assert_non_null(reached(&up, OUT, 1));
    assert_non_null(reached(&up, OUT, -1));
    pm_why_effects_clear(&up);
}

/* N/P up delays I, J, K, 12, 14 and builds up L, M, K: the review says both of K. */
static void more_lithium_is_two_things(void **state)
{
    (void)state;
    static const char *const relieved[] = {"I", "J", "K", "12", "14"}, *const stressed[] = {"L", "M", "K"};
    pm_scoped(pm_why) g = NULL;
    pm_why_change change;
    pm_why_effects effects;
    pm_error err;
    int node;

    assert_good(pm_why_new(&g, &err), &err);
    assert_good(pm_why_change_parse(g, "n-to-p=up", &change, &err), &err);
    assert_good(pm_why_effects_of(g, PM_WHY_LIQUID, 1, &change, &effects, &err), &err);
    for (int i = 0; i < 5; i++) {
        assert_good(pm_why_find(g, relieved[i], &node, &err), &err);
        assert_int_equal(reached(&effects, node, -1)->n_steps, 1);
    }
    for (int i = 0; i < 3; i++) {
        assert_good(pm_why_find(g, stressed[i], &node, &err), &err);
        assert_int_equal(reached(&effects, node, 1)->n_steps, 1);
    }
    pm_why_effects_clear(&effects);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probabilities_are_those_of_enumeration),
        cmocka_unit_test(evidence_adds_up),
        cmocka_unit_test(information_is_that_of_enumeration),
        cmocka_unit_test(rules_apply_to_what_was_told),
        cmocka_unit_test(solid_cells_differ),
        cmocka_unit_test(contradictions_are_refused),
        cmocka_unit_test(unknown_words_are_refused),
        cmocka_unit_test(a_change_follows_the_signs),
        cmocka_unit_test(more_lithium_is_two_things),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
