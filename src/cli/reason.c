/* SPDX-License-Identifier: MIT */
/* From a cell's cycles, label, bends and alarms to observations. */
#include "cli/reason.h"

#include <math.h>
#include <string.h>

/* Changes that count as none. */
static const double STEADY_POLARISATION = 0.1, STEADY_EFFICIENCY = 0.005;

void cli_reason_free(void *freed)
{
    cli_reason *r = freed;
    if (!r) return;
    pm_why_answer_free(r->answer);
    cli_cell_free(r->cell);
    free(r);
}

/* Whether stage 2 has begun, by the bend of that series. */
static bool bent(const cli_cell *c, const char *series)
{
    const pm_stage_start *start = &c->stages.start[2];

    return c->has_stages && start->told == PM_TOLD_YES && !strcmp(start->evidence, series);
}

static const char *polarisation(const cli_cell *c)
{
    const pm_life_label *l = &c->label;

    if (bent(c, "polarisation")) return "polarisation=rising";
    if (!l->has_polarisation || isnan(l->polarisation_change)) return NULL;
    if (l->crossed_polarisation || isfinite(c->elbow.single.x)) return "polarisation=rising";
    if (fabs(l->polarisation_change) < STEADY_POLARISATION) return "polarisation=stable";
    return l->polarisation_change > 0 ? "polarisation=rising" : "polarisation=falling";
}

static const char *swelling(const cli_cell *c)
{
    return bent(c, "thickness") ? "swelling=yes" : NULL;
}

static const char *efficiency(const cli_cell *c)
{
    const pm_life_label *l = &c->label;
    bool stepped = c->has_stages && c->stages.start[4].told == PM_TOLD_YES && isfinite(c->stages.step);

    if (stepped) return "coulombic_efficiency=step-down";
    if (!l->has_efficiency) return NULL;
    if (l->crossed_efficiency) return "coulombic_efficiency=falling";
    return fabs(l->coulombic_efficiency_change) < STEADY_EFFICIENCY ? "coulombic_efficiency=stable" : NULL;
}

static const char *capacity(const cli_cell *c)
{
    return c->label.has_capacity && (c->label.crossed_capacity || c->label.crossed_stop) ? "capacity=falling" : NULL;
}

static const char *knee(const cli_cell *c)
{
    return isfinite(c->knee.single.x) ? "capacity_knee=yes" : NULL;
}

/* Only alarms that count; none is told where levels were compared and nothing was found. */
static const char *shorts(const cli_cell *c)
{
    if (!c->alarms) return NULL;
    const pm_column *kind = pm_table_find(c->alarms, "kind");
    for (int64_t i = 0; i < pm_table_rows(c->alarms); i++)
        if (!strcmp(pm_column_word(kind, i), "hard")) return "short=hard";
    if (c->short_cycle) return "short=soft";
    return !pm_table_rows(c->alarms) && c->shorts.levels > 0 ? "short=no" : NULL;
}

/* Kinds that change what efficiency and capacity tell. */
static const char *kind_of(pm_kind kind)
{
    switch (kind) {
    case PM_LI_LI: return "symmetric-cell";
    case PM_LI_CU: return "lithium-copper";
    case PM_ANODE_FREE: return "anode-free";
    default: return NULL;
    }
}

pm_status cli_reason_measure(const cli_cell *cell, pm_why_case *known, pm_error *err)
{
    static const char *(*const readings[])(const cli_cell *) = {polarisation, swelling, efficiency,
                                                                capacity,     knee,     shorts};
    const char *kind = kind_of(cell->summary.kind);
    pm_status s = PM_OK;

    if (kind && (s = pm_why_condition(known, kind, err))) return s;
    for (size_t i = 0; !s && i < sizeof readings / sizeof *readings; i++) {
        const char *shown = readings[i](cell);
        if (shown) s = pm_why_observe(known, shown, "measured", err);
    }
    return s;
}
