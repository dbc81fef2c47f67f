/* SPDX-License-Identifier: MIT */
/* Graphs: any YAML is read or refused, and what was read answers with probabilities that sum to 1. */
#include "why/why.h"
#include "fuzz.h"

#include <math.h>

static void ask(const pm_why *graph, pm_why_electrolyte electrolyte)
{
    pm_why_case c = pm_why_case_start(graph, electrolyte);
    pm_why_answer *a = NULL;
    char text[PM_WHY_TEXT];

    for (int i = 0; i < pm_why_count_signs(graph) && i < 3; i++) {
        pm_why_sign_of sign = pm_why_sign_at(graph, i);
        snprintf(text, sizeof text, "%s=%s", sign.observable, sign.value);
        (void)!pm_why_observe(&c, text, "fuzz", NULL);
    }
    if (pm_why_answer_new(&c, &a, NULL)) return;
    double sum = a->something_else;
    for (int i = 0; i < a->n_candidates; i++) sum += a->candidates[i].probability;
    must_hold(fabs(sum - 1) < 1e-9);
    pm_why_answer_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    pm_why *graph = NULL;
    pm_why_effects effects;

    if (pm_why_parse((const char *)bytes, (int64_t)n, "fuzz", &graph, NULL)) return 0;
    ask(graph, PM_WHY_LIQUID);
    ask(graph, PM_WHY_SOLID);
    int n_nodes;
    pm_why_nodes(graph, &n_nodes);
    for (int i = 0; i < n_nodes && i < 4; i++) {
        must_hold(!pm_why_effects_of(graph, PM_WHY_LIQUID, 1, &(pm_why_change){i, 1}, &effects, NULL));
        pm_why_effects_clear(&effects);
    }
    pm_why_free(graph);
    return 0;
}
