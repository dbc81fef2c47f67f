/* SPDX-License-Identifier: MIT */
/** @file
 * Private to the room: what `why` reads off a cell, and how it prints what follows.
 */
#ifndef PM_CLI_REASON_H
#define PM_CLI_REASON_H

#include "cli/cell.h"
#include "why/why.h"

/** What is known of a cell and what fits it. The case stands where the answer borrows it. */
typedef struct cli_reason {
    cli_cell *cell; /**< NULL = told only */
    pm_why_case known;
    pm_why_answer *answer;
} cli_reason;
void cli_reason_free(void *reason);
PM_SCOPED(cli_reason, cli_reason_free)

/** Adds what a cell's cycles, label, bends and alarms show. PM_ERR_DATA where it contradicts what was told. */
PM_CHECK pm_status cli_reason_measure(const cli_cell *cell, pm_why_case *known, pm_error *err);

void cli_reason_print(const cli_reason *reason, pm_out *out);
void cli_reason_json(const cli_reason *reason, pm_json *json);

/** Effects of changes. */
void cli_effects_print(const pm_why *graph, const pm_why_change *changes, const pm_why_effects *effects, pm_out *out);
void cli_effects_json(const pm_why *graph, const pm_why_change *changes, const pm_why_effects *effects, pm_json *json);
/** One of them, an object of an array that is open. */
void cli_effect_json(const pm_why *graph, const pm_why_change *changes, const pm_why_effect *effect, pm_json *json);

/** Edges: those from a to b; all that touch a node (b = -1); all there are (a = b = -1). */
typedef struct cli_edges {
    const pm_why *graph;
    int a, b;
} cli_edges;
bool cli_edge_wanted(const cli_edges *edges, const pm_why_edge *edge);
void cli_node_print(const pm_why *graph, int node, pm_out *out);
void cli_edges_print(const cli_edges *edges, pm_out *out);
/** Nodes, edges, signs, table and rules, as far as they are asked for. */
void cli_graph_json(const cli_edges *edges, pm_json *json);

#endif
