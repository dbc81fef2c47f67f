/* SPDX-License-Identifier: MIT */
/* Numbers of the two reviews that the graph tells with its edges: Deng et al., Nat. Rev. Chem. 2026 (S1), Guo et al., ACS Energy Lett
 * 2025, 10, 2318 (S2). docs/reviews.md lists them. */
#include "support.h"

#include "why/why.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int id(const pm_why *graph, const char *name)
{
    int node = -1;
    pm_error err;
    assert_good(pm_why_find(graph, name, &node, &err), &err);
    return node;
}

/* The edge from one node to another, of that source, that says so in its sentence or its condition. */
static const pm_why_edge *said(const pm_why *graph, const char *from, const char *to, const char *source,
                               const char *what)
{
    int n, f = id(graph, from), t = id(graph, to);
    const pm_why_edge *e = pm_why_edges(graph, &n);
    for (int i = 0; i < n; i++) {
        bool there = strstr(e[i].sentence, what) || (e[i].condition && strstr(e[i].condition, what));
        if (e[i].from == f && e[i].to == t && there && !strncmp(e[i].source, source, strlen(source))) return &e[i];
    }
    fail_msg("no edge from %s to %s of %s says \"%s\"", from, to, source, what);
    return NULL;
}

static void edges_tell_the_numbers_of_s1(void **state)
{
    (void)state;
    pm_scoped(pm_why) graph = NULL;
    pm_error err;
    assert_good(pm_why_new(&graph, &err), &err);
    said(graph, "K", "anode-thickening", "Deng 2026", "20 to 70 um in 600 cycles");                  /* row 15 */
    said(graph, "li-thickness", "J", "Deng 2026", "20 um lasted 600 cycles and 50 um 450");          /* row 16 */
    said(graph, "separator-modulus", "9", "Deng 2026", "above 7 GPa, about 1.8 times that of lith"); /* row 18 */
}

/* Row 17 of S1: 105 MPa at 1.39 um, below 20 MPa at 9.45 um. Were it a power of the diameter, it would be
 * -0.865 or steeper. */
static void yield_strength_falls_with_the_diameter(void **state)
{
    (void)state;
    pm_scoped(pm_why) graph = NULL;
    double thin_MPa, thin_um, thick_MPa, thick_um;
    pm_error err;
    assert_good(pm_why_new(&graph, &err), &err);
    const char *numbers =
        strstr(said(graph, "stack-pressure", "9", "Deng 2026", "yields least: ")->sentence, "least: ");
    assert_int_equal(
        sscanf(numbers, "least: %lf MPa at %lf um, below %lf MPa at %lf", &thin_MPa, &thin_um, &thick_MPa, &thick_um),
        4);
    assert_close(log(thin_MPa / thick_MPa) / log(thick_um / thin_um), 0.865, 0, 0.0005);
}

static void edges_tell_the_numbers_of_s2(void **state)
{
    (void)state;
    pm_scoped(pm_why) graph = NULL;
    pm_error err;
    assert_good(pm_why_new(&graph, &err), &err);
    said(graph, "stack-pressure", "A", "Guo 2025", "single crystals hold up to 1020 MPa");                 /* row 9 */
    said(graph, "polycrystallinity", "A", "Guo 2025", "NCM811 above 4.15 V");                              /* row 10 */
    said(graph, "nickel-content", "A", "Guo 2025", "NCM811 6 %, NCM271 and NCM361 below 1 %");             /* row 11 */
    said(graph, "state-of-charge", "A", "Guo 2025", "shrinks by 7.8 +- 1.5 %");                            /* row 11 */
    said(graph, "state-of-charge", "A", "Guo 2025", "above 75 %");                                         /* row 11 */
    said(graph, "12", "sei-thickening", "Guo 2025", "EC, PC, DMC and EMC are reduced below 1.0 V agains"); /* row 12 */
    said(graph, "12", "sei-thickening", "Guo 2025", "within milliseconds");                                /* row 12 */
}

/* Row 8 of S2, of which the graph has the ranges as a decision rule. */
static void a_rule_tells_the_pressures(void **state)
{
    (void)state;
    pm_scoped(pm_why) graph = NULL;
    pm_error err;
    assert_good(pm_why_new(&graph, &err), &err);
    for (int i = 0; i < pm_why_count_rules(graph); i++) {
        pm_why_rule rule = pm_why_rule_at(graph, i);
        if (strcmp(rule.id, "10")) continue;
        assert_non_null(strstr(rule.sentence, "hundreds of kPa help, above 1 MPa may harm, above 4 MPa instability"));
        assert_non_null(strstr(rule.sentence, "solid-state cells need tens to hundreds of MPa"));
        return;
    }
    fail_msg("no rule 10");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_tell_the_numbers_of_s1),
        cmocka_unit_test(yield_strength_falls_with_the_diameter),
        cmocka_unit_test(edges_tell_the_numbers_of_s2),
        cmocka_unit_test(a_rule_tells_the_pressures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
