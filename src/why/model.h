/* SPDX-License-Identifier: MIT */
/** @file
 * Private to the room: what each candidate makes likely, from its place in the graph.
 */
#ifndef PM_WHY_MODEL_H
#define PM_WHY_MODEL_H

#include "why/graph.h"

enum { WHY_FURTHEST = 3 }; /* edges from a mechanism to what shows it */

/** Why a candidate makes an observation likely: `cost` edges away (0 = not at all), by shows of different values. */
typedef struct why_link {
    int cost, n_shows;
    int show[WHY_VALUES];
} why_link;

/** What a condition does to a candidate. */
typedef struct why_push {
    double factor; /* of its weight; 1 = nothing */
    const char *sentence, *source;
    int n_path, path[3]; /* nodes */
} why_push;

/** P[leaf] of every observable for one candidate, with the links behind it. */
typedef struct why_profile {
    why_link link[PM_WHY_OBSERVABLES];
    double p[PM_WHY_OBSERVABLES][WHY_LEAVES];
} why_profile;

/** Nodes reached from one along edges that raise, at most WHY_FURTHEST of them. */
typedef struct why_reach {
    int distance[WHY_NODES], by[WHY_NODES]; /* -1 = not reached; the last edge to it */
} why_reach;
/** Nodes `blocked` are not reached; NULL = none. */
void why_reach_from(const pm_why *graph, unsigned electrolyte, int start, const bool *blocked, why_reach *out);
/** The nodes to one that was reached, the start first; returns how many. */
int why_path_to(const pm_why *graph, const why_reach *reach, int node, int path[WHY_FURTHEST + 1]);

/** Nodes by which one shows itself in an observable: where the reserve hides it, without those hidden. */
typedef struct why_reaches {
    why_reach all, open;
    bool hides;
} why_reaches;
void why_reaches_of(const pm_why_case *c, int node, why_reaches *out);
const why_reach *why_reach_in(const pm_why *graph, const why_reaches *reaches, int observable);

void why_profile_of(const pm_why_case *c, int node, why_profile *out);
/** What a condition does to all nodes; out has room for all of them. */
void why_pushes_of(const pm_why *graph, unsigned electrolyte, pm_why_change change, why_push *out);

/** Expected information (bit) of a method about which of n hypotheses holds, given what was told. weight: sums to 1.
 *  p[i]: P[leaf] of hypothesis i, [observable][leaf]. */
double why_information(const why_method *method, const pm_why_case *c, int n, const double *weight,
                       const double (*const *p)[WHY_LEAVES]);

#endif
