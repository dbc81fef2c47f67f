/* SPDX-License-Identifier: MIT */
/** @file
 * Private to the room: the graph as read.
 */
#ifndef PM_WHY_GRAPH_H
#define PM_WHY_GRAPH_H

#include "doc/doc.h"
#include "why/why.h"

enum {
    WHY_NODES = 512,
    WHY_EDGES = 8192,
    WHY_SHOWS = 4096,
    WHY_LEAVES = 16,   /* values of an observable that have no kinds */
    WHY_VALUES = 24,   /* all its values */
    WHY_MEASURES = 8,  /* observables of one method */
    WHY_JOINT = 4096,  /* readings of one method */
    WHY_OTHERS = 1024, /* conditions, rules, methods, rows */
    WHY_REASONS = 8    /* of a rule */
};

typedef struct why_value {
    const char *name;
    uint32_t leaves; /* itself, or its kinds */
} why_value;

typedef struct why_observable {
    const char *name, *meaning;
    int n_values, n_leaves;
    why_value value[WHY_VALUES];
    double leak[WHY_LEAVES]; /* probability of each leaf without a cause; their sum is 1 */
} why_observable;

typedef struct why_show {
    int node, observable, value;
    unsigned electrolyte;
    const char *says, *source;
} why_show;

typedef struct why_method {
    const char *name, *source;
    unsigned electrolyte;
    bool destructive;
    int n_measures, measures[WHY_MEASURES];
} why_method;

typedef struct why_condition {
    const char *name;
    int node, change; /* node -1: for rules only */
} why_condition;

typedef struct why_reason {
    int observable, value, condition; /* observable -1: a condition */
} why_reason;

typedef struct why_rule {
    pm_why_rule told;
    int n_reasons;
    why_reason reason[WHY_REASONS];
} why_rule;

/* What a reserve of lithium hides: `seen` says nothing of the nodes hidden, nor of what lies behind them, unless ... */
typedef struct why_reserve {
    bool hides[WHY_NODES], seen[PM_WHY_OBSERVABLES]; /* nodes; observables of the reasons */
    int n_reasons, n_exceptions;
    why_reason reason[WHY_REASONS], exception[WHY_REASONS];
    const char *says, *source;
} why_reserve;

typedef struct why_numbers {
    double prior, strong, medium, weak, leak_rare, leak_common, raised, raised_next, lowered, fits, leading;
} why_numbers;

struct pm_why {
    pm_doc *doc; /* owns all texts */
    const char *version;
    const pm_node *sources;
    why_numbers numbers;
    pm_why_node *node;
    pm_why_edge *edge;
    why_observable *observable;
    why_show *show;
    why_method *method;
    pm_why_row *row;
    why_condition *condition;
    why_rule *rule;
    why_reserve reserve; /* of no reasons: the file has none */
    int64_t n_nodes, n_edges, n_observables, n_shows, n_methods, n_rows, n_conditions, n_rules;
    int64_t node_room, edge_room, observable_room, show_room, method_room, row_room, condition_room, rule_room;
};

/* ---- fields of an entry; errors are at its line ---- */

/** Fails where a key of the map is not among `keys` ("id name kind"), naming the nearest. */
PM_CHECK pm_status why_keys(const pm_doc *doc, const pm_node *map, const char *keys, pm_error *err);
/** A text that must be there; `optional`: NULL where it is not. Numbers count as written. */
PM_CHECK pm_status why_text(const pm_doc *doc, const pm_node *map, const char *key, bool optional, const char **out,
                            pm_error *err);
/** `source`, which must begin with a name of `sources`. */
PM_CHECK pm_status why_source(const pm_why *graph, const pm_node *map, const char **out, pm_error *err);
PM_CHECK pm_status why_electrolyte(const pm_doc *doc, const pm_node *map, bool optional, pm_why_electrolyte *out,
                                   pm_error *err);
/** "up" 1, "down" -1; absent 0. */
PM_CHECK pm_status why_change(const pm_doc *doc, const pm_node *map, const char *key, int *out, pm_error *err);
/** A list, or one value that stands for a list of it. */
int64_t why_count(const pm_node *node);
const pm_node *why_item(const pm_node *node, int64_t i);
/** The id of a node. */
PM_CHECK pm_status why_node_of(const pm_why *graph, const pm_node *at, int *out, pm_error *err);
/** "capacity=falling" of the graph's own. */
PM_CHECK pm_status why_observed(const pm_why *graph, const char *text, int *observable, int *value, pm_error *err);
/** Room for one more; PM_ERR_LIMIT beyond `most`. */
PM_CHECK pm_status why_room(const pm_why *graph, const pm_node *at, void *array, int64_t *room, int64_t n, int64_t most,
                            size_t size, pm_error *err);

/* ---- parts ---- */

typedef pm_status (*why_read_entry)(pm_why *graph, const pm_node *entry, pm_error *err);
PM_CHECK pm_status why_read_node(pm_why *graph, const pm_node *entry, pm_error *err);
PM_CHECK pm_status why_read_edges(pm_why *graph, const pm_node *entry, const char *part, pm_error *err);
PM_CHECK pm_status why_read_observable(pm_why *graph, const pm_node *entry, pm_error *err);
PM_CHECK pm_status why_read_shows(pm_why *graph, const pm_node *entry, pm_error *err);
PM_CHECK pm_status why_read_method(pm_why *graph, const pm_node *entry, pm_error *err);
PM_CHECK pm_status why_read_row(pm_why *graph, const pm_node *entry, pm_error *err);
PM_CHECK pm_status why_read_condition(pm_why *graph, const pm_node *entry, pm_error *err);
PM_CHECK pm_status why_read_rule(pm_why *graph, const pm_node *entry, pm_error *err);

/** "capacity=stable" or the name of a condition. */
PM_CHECK pm_status why_read_reason(const pm_why *graph, const pm_node *at, why_reason *out, pm_error *err);
/** `reserve`, which a graph need not have. */
PM_CHECK pm_status why_read_reserve(pm_why *graph, const pm_node *map, pm_error *err);

/* ---- looking up ---- */

/** Whether it was told, or holds. */
bool why_holds(const pm_why_case *c, const why_reason *reason);
/** Whether the reserve hides something in this case. */
bool why_reserve_hides(const pm_why_case *c);

/** -1 = none. */
int why_find_node(const pm_why *graph, const char *id);
int why_find_observable(const pm_why *graph, const char *name);
int why_find_value(const why_observable *observable, const char *name);
int why_find_condition(const pm_why *graph, const char *name);
bool why_is_candidate(const pm_why_node *node);
bool why_is_manifestation(const pm_why_node *node);
bool why_is_parameter(const pm_why_node *node); /* drivers too */
/** Probability of the values of a mask. */
double why_mass(const double *leaf, uint32_t mask);

#endif
