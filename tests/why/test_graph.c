/* SPDX-License-Identifier: MIT */
/* The graph as data: nothing of the reference is missing, every edge answers with its sentence, other files are refused where
 * they are wrong. */
#include "support.h"

#include "why/why.h"

#include <stdio.h>
#include <string.h>

static pm_why *built_in(void)
{
    pm_why *graph = NULL;
    pm_error err;
    assert_good(pm_why_new(&graph, &err), &err);
    return graph;
}

static int id(const pm_why *graph, const char *name)
{
    int node = -1;
    pm_error err;
    assert_good(pm_why_find(graph, name, &node, &err), &err);
    return node;
}

/* ---- against the reference ---- */

/* An edge of the reference; taken off where the graph has it, so that what stands twice must be there twice. */
typedef struct expected {
    const char *part;
    int from, to, change;
    pm_why_sign sign;
} expected;

typedef struct reference {
    char part[32];
    expected edge[400];
    int n_edges, n_nodes, n_drivers, rows, n_rules, parts[2];
} reference;

static pm_why_sign sign_of(char letter)
{
    const char *at = strchr("+-ml", letter);
    assert_non_null(at);
    return (pm_why_sign)(at - "+-ml");
}

/* "A F > G +" or "n-to-p up > I J -" */
static void read_edges(const pm_why *graph, reference *r, char *line)
{
    char *middle = strstr(line, " > "), *froms[8], *tos[16], *rest = NULL;
    int n_froms = 0, n_tos = 0, change = 0;

    assert_non_null(middle);
    *middle = 0;
    for (char *w = strtok_r(line, " ", &rest); w; w = strtok_r(NULL, " ", &rest)) {
        if (!strcmp(w, "up") || !strcmp(w, "down"))
            change = strcmp(w, "up") ? -1 : 1;
        else
            froms[n_froms++] = w;
    }
    for (char *w = strtok_r(middle + 3, " ", &rest); w; w = strtok_r(NULL, " ", &rest)) tos[n_tos++] = w;
    pm_why_sign sign = sign_of(*tos[--n_tos]);
    bool mechanism = !strcmp(r->part, "mechanism_edges");
    for (int i = 0; i < n_froms * n_tos; i++) {
        r->edge[r->n_edges++] = (expected){mechanism ? "mechanism_edges" : "parameter_edges",
                                           id(graph, froms[i / n_tos]), id(graph, tos[i % n_tos]), change, sign};
        r->parts[!mechanism]++;
    }
}

static void read_line(const pm_why *graph, reference *r, char *line)
{
    char *rest = NULL;
    int n;
    const pm_why_node *nodes = pm_why_nodes(graph, &n);

    line[strcspn(line, "\n")] = 0;
    if (!*line || *line == '#') return;
    if (*line == '[') {
        snprintf(r->part, sizeof r->part, "%.*s", (int)strcspn(line + 1, "]"), line + 1);
    } else if (strstr(line, " > ")) {
        read_edges(graph, r, line);
    } else if (!strcmp(r->part, "table")) {
        r->rows = (int)strtol(line, NULL, 10);
    } else if (!strcmp(r->part, "drivers")) {
        char *change = strchr(line, ' ');
        *change++ = 0;
        assert_int_equal(nodes[id(graph, line)].towards, strcmp(change, "up") ? -1 : 1);
        r->n_drivers++;
    } else {
        for (char *w = strtok_r(line, " ", &rest); w; w = strtok_r(NULL, " ", &rest)) {
            if (!strcmp(r->part, "rules"))
                assert_string_equal(pm_why_rule_at(graph, r->n_rules++).id, w);
            else
                r->n_nodes += id(graph, w) >= 0;
        }
    }
}

static void take_off(reference *r, const pm_why_edge *e, const pm_why_node *nodes)
{
    for (int i = 0; i < r->n_edges; i++) {
        const expected *x = &r->edge[i];
        if (strcmp(x->part, e->part) || x->from != e->from || x->to != e->to || x->sign != e->sign) continue;
        if (x->change != e->change) continue;
        r->edge[i] = r->edge[--r->n_edges];
        return;
    }
    fail_msg("%s: %s > %s is not in the reference", e->part, nodes[e->from].id, nodes[e->to].id);
}

static void nothing_is_missing(void **state)
{
    (void)state;
    static reference r;
    pm_scoped(pm_why) graph = built_in();
    pm_scoped_text path = support_source("tests/why/reference.txt");
    FILE *file = fopen(path, "r");
    char line[256];
    int n, n_nodes, n_rows;
    const pm_why_edge *edges = pm_why_edges(graph, &n);
    const pm_why_node *nodes = pm_why_nodes(graph, &n_nodes);

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) read_line(graph, &r, line);
    fclose(file);
    int of_mechanisms = r.parts[0], of_parameters = r.parts[1];
    for (int i = 0; i < n; i++)
        if (strcmp(edges[i].part, "further_edges")) take_off(&r, &edges[i], nodes);
    assert_int_equal(r.n_edges, 0); /* none is left over */
    assert_int_equal(of_mechanisms, 79);
    assert_int_equal(of_parameters, 142);
    assert_int_equal(r.n_nodes, 14 + 14 + 6);
    assert_int_equal(r.n_drivers, 5);
    pm_why_rows(graph, &n_rows);
    assert_int_equal(n_rows, r.rows);
    assert_int_equal(pm_why_count_rules(graph), r.n_rules);
}

static void every_edge_answers(void **state)
{
    (void)state;
    pm_scoped(pm_why) graph = built_in();
    int n, n_nodes;
    const pm_why_edge *edges = pm_why_edges(graph, &n);
    const pm_why_node *nodes = pm_why_nodes(graph, &n_nodes);

    assert_true(n > 79 + 142);
    for (int i = 0; i < n; i++) {
        assert_true(strlen(edges[i].sentence) > 10);
        assert_true(!strncmp(edges[i].source, "Deng 2026, ", 11) || !strncmp(edges[i].source, "Guo 2025, ", 10));
        assert_non_null(pm_why_sign_name(edges[i].sign));
        assert_int_equal(id(graph, nodes[edges[i].from].id), edges[i].from);
        assert_true(edges[i].electrolyte & nodes[edges[i].to].electrolyte);
    }
    assert_int_equal(id(graph, "k"), id(graph, "K")); /* without regard to case */
}

/* Marks the candidates that one sign alone speaks for. */
static int mark(const pm_why *graph, pm_why_electrolyte e, const pm_why_sign_of *sign, bool *marked)
{
    pm_scoped(pm_why_answer) a = NULL;
    pm_why_case c = pm_why_case_start(graph, e);
    char text[128];
    pm_error err;

    snprintf(text, sizeof text, "%s=%s", sign->observable, sign->value);
    assert_good(pm_why_observe(&c, text, "test", &err), &err);
    assert_good(pm_why_answer_new(&c, &a, &err), &err);
    for (int i = 0; i < a->n_candidates; i++) marked[a->candidates[i].node] |= a->candidates[i].evidence[0].bit > 0;
    return a->n_candidates;
}

/* Every candidate can be told by something, in each electrolyte it is of. */
static void every_candidate_shows_itself(void **state)
{
    (void)state;
    pm_scoped(pm_why) graph = built_in();

    for (pm_why_electrolyte e = PM_WHY_LIQUID; e <= PM_WHY_SOLID; e++) {
        bool marked[200] = {false};
        int candidates = 0, told = 0;
        for (int i = 0; i < pm_why_count_signs(graph); i++) {
            pm_why_sign_of sign = pm_why_sign_at(graph, i);
            candidates = mark(graph, e, &sign, marked);
        }
        for (int i = 0; i < 200; i++) told += marked[i];
        assert_int_equal(candidates, e == PM_WHY_LIQUID ? 28 : 17 + 3); /* 11 of 28 need a liquid; 3 a solid */
        assert_int_equal(told, candidates);
    }
}

/* ---- what is refused ---- */

static const char small[] =
    "version: '1'\n"
    "sources: {Paper: a paper}\n"
    "numbers: {prior: 1, strong: 0.8, medium: 0.5, weak: 0.2, leak_rare: 0.1, leak_common: 0.5,\n"
    "  raised: 4, raised_next: 2, lowered: 0.25, fits: 3, leading: 0.9}\n"
    "nodes:\n"
    "- {id: a, kind: cell, component: x, electrolyte: both, name: A}\n"
    "- {id: b, kind: manifestation, component: x, electrolyte: both, name: B}\n"
    "mechanism_edges:\n"
    "- {from: a, to: b, sign: '+', electrolyte: both, source: Paper, says: because}\n"
    "parameter_edges: []\n"
    "further_edges: []\n"
    "observables:\n"
    "- {name: heat, meaning: m, values: {low: [], high: [warm, hot]}}\n"
    "shows:\n"
    "- {node: b, as: [heat=hot], electrolyte: both, source: Paper, says: it does}\n"
    "methods:\n"
    "- {name: touch, measures: [heat], source: Paper}\n"
    "table:\n"
    "- {mechanism: m, nodes: [a], electrolyte: both, observable: o, methods: [touch]}\n"
    "conditions:\n"
    "- {name: known, parameter: a, change: up}\n"
    "rules:\n"
    "- {id: 1, for: [heat=hot], electrolyte: both, source: Paper, says: careful}\n";

static pm_status parse(const char *text, pm_why **out, pm_error *err)
{
    return pm_why_parse(text, (int64_t)strlen(text), "graph.yaml", out, err);
}

/* The small graph with one text in place of another. */
static void with(const char *old, const char *new, char out[4096])
{
    const char *at = strstr(small, old);
    assert_non_null(at);
    snprintf(out, 4096, "%.*s%s%s", (int)(at - small), small, new, at + strlen(old));
}

#define RESERVE(seen, hides, unless)                                                                                   \
    "reserve: {seen: " seen ", hides: " hides ", unless: " unless ", source: Paper, says: so}\n"
static const struct wrong {
    const char *old, *new, *message, *hint;
    int64_t line;
} wrongs[] = {
    {"kind: cell", "kinds: cell", "unknown key 'kinds'", "did you mean kind?", 6},
    {"kind: cell", "kind: sell", "kind 'sell' is not known", "", 6},
    {"id: b,", "id: a,", "two nodes 'a'", "", 7},
    {"to: b", "to: c", "no node 'c'", "", 9},
    {"sign: '+'", "sign: plus", "sign 'plus'", "", 9},
    {"source: Paper, says: because", "source: Rumour, says: because", "source 'Rumour'", "", 9},
    {"electrolyte: both, source: Paper, says: because", "electrolyte: water, source: Paper, says: because",
     "electrolyte 'water'", "", 9},
    {"says: because", "when: often", "needs a text 'says'", "", 9},
    {"heat=hot], electrolyte: both, source: Paper, says: it", "heat=cold], electrolyte: both, source: Paper, says: it",
     "'heat=cold' is no observable=value", "", 15},
    {"{low: [], high: [warm, hot]}", "{low: []}", "needs two 'values'", "", 13},
    {"{low: [], high: [warm, hot]}", "{low: [], high: [low]}", "two values 'low'", "", 13},
    {"{low: [], high: [warm, hot]}", "{low: [], high: warm}", "are a list", "", 13},
    {"values: {low: [], high: [warm, hot]}", "values: {low: [], high: []}, common: low", "common 'low'", "", 13},
    {"measures: [heat]", "measures: [cold]", "no observable 'cold'", "", 17},
    {"parameter: a, change: up", "parameter: a", "both 'parameter' and 'change'", "", 21},
    {"for: [heat=hot], e", "for: [sunny], e", "'sunny' is no condition", "", 23},
    {"strong: 0.8", "strong: 1.8", "strong is not a number from", "", 3},
    {"prior: 1, ", "", "prior is not a number from", "", 3},
    {"rules:\n", "rule:\n", "unknown key 'rule'", "did you mean rules?", 23},
    {"further_edges: []\n", "", "needs a list 'further_edges'", "", 1},
    {"version: '1'\n", "", "needs a text 'version'", "", 1},
    {"rules:\n", RESERVE("[heat=hot]", "[a]", "[known]") "rule:\n", "unknown key 'rule'", "did you mean rules?", 24},
    {"rules:\n", RESERVE("[heat=cold]", "[a]", "[known]") "rules:\n", "'heat=cold' is no condition", "", 22},
    {"rules:\n", RESERVE("[known]", "[a]", "[known]") "rules:\n", "'seen' takes observations", "", 22},
    {"rules:\n", RESERVE("[heat=hot]", "[z]", "[known]") "rules:\n", "no node 'z'", "", 22},
    {"rules:\n", RESERVE("[heat=hot]", "[]", "[known]") "rules:\n", "needs a list 'hides'", "", 22},
    {"rules:\n", RESERVE("[heat=hot]", "[a]", "[]") "rules:\n", "'unless' lists 1 to 8 reasons", "", 22},
};

static void wrong_graphs_are_refused(void **state)
{
    (void)state;
    pm_scoped(pm_why) graph = NULL;
    pm_error err;

    assert_good(parse(small, &graph, &err), &err);
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        char text[4096];
        pm_why *none = NULL;
        with(wrongs[i].old, wrongs[i].new, text);
        assert_int_equal(parse(text, &none, &err), PM_ERR_FORMAT);
        assert_null(none);
        if (!strstr(err.message, wrongs[i].message)) fail_msg("'%s', not '%s'", err.message, wrongs[i].message);
        assert_string_equal(err.hint, wrongs[i].hint);
        assert_int_equal(err.line, wrongs[i].line);
        assert_string_equal(err.file, "graph.yaml");
    }
}

/* Any prefix of a graph, and any byte of it changed, is read or refused. */
static void damaged_graphs_do_no_harm(void **state)
{
    (void)state;
    size_t n = strlen(small);
    int64_t held = allocations_held();

    for (size_t i = 0; i < n; i++) {
        char text[4096];
        pm_why *graph = NULL;
        memcpy(text, small, n + 1);
        (void)!pm_why_parse(text, (int64_t)i, "x", &graph, NULL);
        pm_why_free(graph);
        graph = NULL;
        text[i] = "0:[{-\n"[i % 6];
        (void)!parse(text, &graph, NULL);
        pm_why_free(graph);
    }
    assert_int_equal(allocations_held(), held);
}

/* Reading and answering with each allocation failing in turn. */
static void each_allocation_may_fail(void **state)
{
    (void)state;
    bool struck = true;
    int64_t held = allocations_held(), n = 1;

    for (; struck; n++) {
        pm_error err = {0};
        pm_why *graph = NULL;
        pm_why_answer *a = NULL;
        pm_why_effects effects = {0};
        pm_table *table = NULL, *words = NULL;
        fail_allocation(n);
        pm_status s = parse(small, &graph, &err);
        pm_why_case c = pm_why_case_start(graph, PM_WHY_LIQUID);
        if (!s) s = pm_why_observe(&c, "heat=high", "test", &err);
        if (!s) s = pm_why_condition(&c, "known", &err);
        if (!s) s = pm_why_answer_new(&c, &a, &err);
        if (!s) s = pm_why_effects_of(graph, PM_WHY_LIQUID, 1, &(pm_why_change){0, 1}, &effects, &err);
        if (!s) s = pm_why_edge_table(graph, &table, &err);
        if (!s) s = pm_why_word_table(graph, &words, &err);
        struck = allocation_failed();
        fail_allocation(0);
        assert_int_equal(s, struck ? PM_ERR_MEMORY : PM_OK);
        pm_table_free(words);
        pm_table_free(table);
        pm_why_effects_clear(&effects);
        pm_why_answer_free(a);
        pm_why_free(graph);
        assert_int_equal(allocations_held(), held);
    }
    assert_true(n > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_missing),           cmocka_unit_test(every_edge_answers),
        cmocka_unit_test(every_candidate_shows_itself), cmocka_unit_test(wrong_graphs_are_refused),
        cmocka_unit_test(damaged_graphs_do_no_harm),    cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
