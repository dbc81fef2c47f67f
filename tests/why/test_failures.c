/* SPDX-License-Identifier: MIT */
/* Ten failures as the reviews describe them (failures.yaml, written before the program by someone who had not seen it): the
 * mechanism that the paper names is ranked first or second. */
#include "support.h"

#include "doc/doc.h"
#include "why/why.h"

#include <string.h>

/* A mechanism by its label, by the name of a row of the table (then the row's own node), or by a node's name. */
static int node_of(const pm_why *graph, const char *label)
{
    int n, node;
    const pm_why_row *rows = pm_why_rows(graph, &n);

    for (int i = 0; i < n; i++)
        if (!strcmp(rows[i].mechanism, label)) return rows[i].nodes[0];
    if (pm_why_find(graph, label, &node, NULL)) fail_msg("no mechanism '%s'", label);
    return node;
}

static void observe_all(pm_why_case *c, const pm_node *failure)
{
    const pm_node *observations = pm_node_find(failure, "observations");
    const pm_node *conditions = pm_node_find(failure, "conditions");
    pm_error err;

    for (int64_t i = 0; i < pm_node_count(observations); i++) {
        char text[128];
        const pm_node *one = pm_node_item(observations, i);
        snprintf(text, sizeof text, "%s=%s", pm_node_key(one, 0), pm_node_scalar(pm_node_item(one, 0)));
        assert_good(pm_why_observe(c, text, "paper", &err), &err);
    }
    for (int64_t i = 0; i < pm_node_count(conditions); i++)
        assert_good(pm_why_condition(c, pm_node_scalar(pm_node_item(conditions, i)), &err), &err);
}

static int rank_of(const pm_why_answer *a, int node)
{
    for (int i = 0; i < a->n_candidates; i++)
        if (a->candidates[i].node == node) return i + 1;
    return 0;
}

static void print(const pm_why *graph, const char *id, const pm_why_answer *a, int rank, int also)
{
    int n;
    const pm_why_node *nodes = pm_why_nodes(graph, &n);

    print_message("# %s: rank %d", id, rank);
    if (also) print_message(", alternative %d", also);
    for (int i = 0; i < 4 && i < a->n_candidates; i++)
        print_message("%s %s %.2f", i ? "," : ";", nodes[a->candidates[i].node].id, a->candidates[i].probability);
    print_message(", something else %.3f\n", a->something_else);
}

static int rank_failure(const pm_why *graph, const pm_node *failure)
{
    pm_scoped(pm_why_answer) a = NULL;
    pm_error err;
    bool solid = !strcmp(pm_node_text(pm_node_find(failure, "electrolyte"), ""), "solid");
    pm_why_case c = pm_why_case_start(graph, solid ? PM_WHY_SOLID : PM_WHY_LIQUID);
    const pm_node *alternative = pm_node_find(failure, "alternative");

    observe_all(&c, failure);
    assert_good(pm_why_answer_new(&c, &a, &err), &err);
    int rank = rank_of(a, node_of(graph, pm_node_scalar(pm_node_find(failure, "mechanism"))));
    int also = pm_node_kind(alternative) ? rank_of(a, node_of(graph, pm_node_scalar(alternative))) : 0;
    print(graph, pm_node_text(pm_node_find(failure, "id"), "?"), a, rank, also);
    assert_true(a->fits);
    return rank;
}

static void the_papers_mechanism_is_first_or_second(void **state)
{
    (void)state;
    pm_scoped(pm_why) graph = NULL;
    pm_scoped(pm_doc) doc = NULL;
    pm_scoped_text path = support_source("tests/why/failures.yaml");
    int first = 0, second = 0;
    pm_error err;

    assert_good(pm_doc_read(path, &doc, &err), &err);
    assert_good(pm_why_new(&graph, &err), &err);
    int64_t n = pm_node_count(pm_doc_root(doc));
    for (int64_t i = 0; i < n; i++) {
        int rank = rank_failure(graph, pm_node_item(pm_doc_root(doc), i));
        first += rank == 1;
        second += rank == 2;
    }
    print_message("# %d first, %d second of %d\n", first, second, (int)n);
    assert_int_equal(n, 10);
    assert_int_equal(first + second, n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_papers_mechanism_is_first_or_second)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
