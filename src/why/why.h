/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 7: the degradation graph, and what fits: from a changed parameter to the aspects it stresses, from observations to
 * candidate mechanisms, from candidates to the measurement that would tell them apart.
 *
 * The graph is data (graph.yaml): W. Deng et al., Nat. Rev. Chem. 2026, and J. Guo et al., ACS Energy Lett. 2025, 10, 2318,
 * each edge with a paraphrase and its place. The numbers are a rule of this project, not measured frequencies: a
 * probability orders candidates among those that the graph knows, and no more (docs/why.md).
 */
#ifndef PM_WHY_H
#define PM_WHY_H

#include "table/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the graph -------------------------------------------------------------------------------------------------- */

typedef struct pm_why pm_why;
/** The graph built in. */
PM_CHECK pm_status pm_why_new(pm_why **out, pm_error *err);
/** Another one, of the same form; errors name file and line. A key that is not known is refused with the nearest. */
PM_CHECK pm_status pm_why_read(const char *path, pm_why **out, pm_error *err);
PM_CHECK pm_status pm_why_parse(const char *bytes, int64_t n, const char *file, pm_why **out, pm_error *err);
void pm_why_free(pm_why *graph);
PM_SCOPED(pm_why, pm_why_free)
const char *pm_why_version(const pm_why *graph);

/** Bits: what belongs to both has both. */
typedef enum pm_why_electrolyte { PM_WHY_LIQUID = 1, PM_WHY_SOLID = 2, PM_WHY_BOTH = 3 } pm_why_electrolyte;
/** "liquid", "solid", "both" */
const char *pm_why_electrolyte_name(pm_why_electrolyte electrolyte);

/** Texts are the graph's. */
typedef struct pm_why_node {
    const char *id, *name, *component;
    const char *kind; /**< material cell solid (the candidates) manifestation state driver parameter */
    pm_why_electrolyte electrolyte;
    int towards;  /**< drivers: 1 = up, -1 = down drives degradation; else 0 */
    double prior; /**< weight of a candidate before anything is known, that of "something else" is 1 */
} pm_why_node;

typedef enum pm_why_sign { PM_WHY_RAISES, PM_WHY_LOWERS, PM_WHY_MODE, PM_WHY_LINKED } pm_why_sign;
/** "+", "-", "mode", "linked" */
const char *pm_why_sign_name(pm_why_sign sign);

typedef struct pm_why_edge {
    int from, to; /**< nodes */
    pm_why_sign sign;
    int change;            /**< of `from` that the source speaks of: 1 up, -1 down, 0 not said (up) */
    const char *part;      /**< mechanism_edges parameter_edges further_edges */
    const char *condition; /**< NULL = none */
    const char *sentence, *source;
    pm_why_electrolyte electrolyte; /**< in which both ends and the edge hold */
} pm_why_edge;

/** What a node shows itself by. */
typedef struct pm_why_sign_of {
    int node;
    const char *observable, *value, *sentence, *source;
    pm_why_electrolyte electrolyte;
} pm_why_sign_of;

/** A row of the table mechanism, observable, method. */
typedef struct pm_why_row {
    const char *mechanism, *observable, *condition; /**< condition: NULL = none */
    pm_why_electrolyte electrolyte;
    int n_nodes, nodes[8]; /**< the first is the row's own */
    int n_methods;
    const char *methods[8];
} pm_why_row;

/** A decision rule of the sources. */
typedef struct pm_why_rule {
    const char *id, *sentence, *source;
    pm_why_electrolyte electrolyte;
} pm_why_rule;

const pm_why_node *pm_why_nodes(const pm_why *graph, int *n);
const pm_why_edge *pm_why_edges(const pm_why *graph, int *n);
const pm_why_row *pm_why_rows(const pm_why *graph, int *n);
int pm_why_count_rules(const pm_why *graph);
pm_why_rule pm_why_rule_at(const pm_why *graph, int i);
int pm_why_count_signs(const pm_why *graph);
pm_why_sign_of pm_why_sign_at(const pm_why *graph, int i);

/** All edges: from, to, sign, change, part, condition, electrolyte, sentence, source. */
PM_CHECK pm_status pm_why_edge_table(const pm_why *graph, pm_table **out, pm_error *err);
/** What can be said of a cell: option (observe, condition, change), name, values, meaning. */
PM_CHECK pm_status pm_why_word_table(const pm_why *graph, pm_table **out, pm_error *err);

/** By id, without regard to case. PM_ERR_ARGUMENT with the nearest id as hint. */
PM_CHECK pm_status pm_why_find(const pm_why *graph, const char *id, int *node, pm_error *err);

/* ---- from a change to aspects ----------------------------------------------------------------------------------- */

enum { PM_WHY_STEPS = 4 }; /**< longest path that is followed, in edges */

/** One node that a change reaches. */
typedef struct pm_why_effect {
    int node, change; /**< change: which of those asked for */
    int effect;       /**< 1 stressed, -1 relieved, 0 mode or linked: the source does not say which way */
    bool reversed;    /**< the source speaks of the opposite change: read backwards */
    int n_steps, steps[PM_WHY_STEPS]; /**< edges, from the parameter on */
} pm_why_effect;
typedef struct pm_why_effects {
    int64_t n, room;
    pm_why_effect
        *effect; /**< each change's own edges first, then what lies further on, by the shortest path for each way */
} pm_why_effects;

typedef struct pm_why_change {
    int node, change; /**< 1 up, -1 down */
} pm_why_change;
/** "areal-loading=up"; PM_ERR_ARGUMENT, with the nearest name as hint. */
PM_CHECK pm_status pm_why_change_parse(const pm_why *graph, const char *text, pm_why_change *out, pm_error *err);
/** PM_ERR_DATA where a parameter is to go both ways. */
PM_CHECK pm_status pm_why_effects_of(const pm_why *graph, pm_why_electrolyte electrolyte, int n,
                                     const pm_why_change *changes, pm_why_effects *out, pm_error *err);
void pm_why_effects_clear(pm_why_effects *effects);
/** The last edge of its path, which says it. */
const pm_why_edge *pm_why_effect_edge(const pm_why *graph, const pm_why_effect *effect);
/** "relieves", "bears on", "stresses", by its sign. */
const char *pm_why_effect_word(const pm_why_effect *effect);
/** Whether one sentence says both: own edges of one change, to the same effect. */
bool pm_why_effects_together(const pm_why *graph, const pm_why_effect *a, const pm_why_effect *b);

/* ---- from observations to candidates ------------------------------------------------------------------------------ */

enum { PM_WHY_OBSERVABLES = 64, PM_WHY_CONDITIONS = 32, PM_WHY_TEXT = 96 };

/** What is known of a cell: a plain value, filled by the two functions below. */
typedef struct pm_why_case {
    const pm_why *graph;
    pm_why_electrolyte electrolyte;
    struct pm_why_told {
        uint32_t leaves; /**< values that are left; 0 = nothing told */
        char text[PM_WHY_TEXT], origin[PM_WHY_TEXT];
    } told[PM_WHY_OBSERVABLES];
    int n_conditions;
    struct pm_why_condition {
        pm_why_change change; /**< node -1: bears on rules only */
        int named;            /**< which of the graph's conditions, -1 = given as NAME=up */
        char text[PM_WHY_TEXT];
    } conditions[PM_WHY_CONDITIONS];
} pm_why_case;
pm_why_case pm_why_case_start(const pm_why *graph, pm_why_electrolyte electrolyte);
/** "polarisation=rising". `origin`: who says so ("told", a file). PM_ERR_ARGUMENT: an unknown name or value, with the nearest
 *  as hint; PM_ERR_DATA: it contradicts what was told before, naming both. */
PM_CHECK pm_status pm_why_observe(pm_why_case *c, const char *text, const char *origin, pm_error *err);
/** "low-np", or any parameter as "n-to-p=down". Contradictory conditions are refused like observations. */
PM_CHECK pm_status pm_why_condition(pm_why_case *c, const char *text, pm_error *err);

/** How one thing that is known bears on a candidate. */
typedef struct pm_why_evidence {
    const char *text; /**< the case's: "polarisation=rising", "low-np" */
    double bit; /**< weight of evidence against "something else": > 0 for, < 0 against, 0 the graph does not tie them */
    const char *sentence, *source;      /**< NULL where bit is 0 */
    int n_path, path[PM_WHY_STEPS + 1]; /**< nodes: from the condition to the mechanism, or from it to what shows */
} pm_why_evidence;

typedef struct pm_why_candidate {
    int node;
    double probability; /**< of being the one that is behind it, among all candidates and "something else" */
    const pm_why_evidence *evidence; /**< one for each thing known, in the order of the graph, conditions last */
} pm_why_candidate;

typedef struct pm_why_measurement {
    const char *name, *source;
    double
        information_bit; /**< expected, over the leading candidates; what was observed already is not counted again */
    bool destructive;
} pm_why_measurement;

typedef struct pm_why_answer {
    int n_candidates, n_leading, n_evidence; /**< leading: together they hold the graph's `leading` */
    pm_why_candidate *candidates;            /**< the likeliest first */
    double something_else;                   /**< probability of no mechanism of the graph */
    bool fits; /**< the best is `fits` times as likely as something else; else nothing here fits well */
    int n_measurements;
    pm_why_measurement *measurements;       /**< the most telling first */
    int n_rules, rules[PM_WHY_OBSERVABLES]; /**< that apply */
    const char *hidden, *hidden_source;     /**< what the reserve of lithium hides in this case; NULL = nothing */
    pm_why_evidence *all_evidence;          /**< the candidates' */
} pm_why_answer;

/** One cause is assumed: P(mechanism | what is known) is proportional to prior * conditions * product of P(observation |
 *  mechanism), the last from the distance in the graph. PM_ERR_DATA where nothing was told. The case is borrowed. */
PM_CHECK pm_status pm_why_answer_new(const pm_why_case *c, pm_why_answer **out, pm_error *err);
void pm_why_answer_free(pm_why_answer *answer);
PM_SCOPED(pm_why_answer, pm_why_answer_free)

#ifdef __cplusplus
}
#endif
#endif
