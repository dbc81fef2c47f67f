/* SPDX-License-Identifier: MIT */
/* Voltage curves that look about right and are nothing more: made up for demonstration, not fitted to anything. */
#include <math.h>

#include "program.h"

/* Lithium on copper or lithium: an initial dip that decays with the charge passed. */
static double plating_overpotential(double part)
{
    return 0.02 + 0.08 * exp(-part / 0.02);
}

static double lithium_on_copper(const virtual_step *step, double part)
{
    if (step->current_A < 0) return -plating_overpotential(part);
    double rise = step->to_cut_off ? 0.98 * exp((part - 1) / 0.01) : 0; /* to 1 V when the lithium runs out */
    return 0.02 + rise;
}

static double layered_oxide(double state)
{
    return 3.4 + 0.8 * state + 0.08 * tanh((state - 0.1) / 0.05);
}

static double graphite(double lithiation)
{
    return 0.12 + 1.2 * exp(-lithiation / 0.03) - 0.04 * tanh((lithiation - 0.5) / 0.04) - 0.04 * lithiation;
}

double virtual_voltage(pm_virtual_design design, const virtual_step *step, double part)
{
    double state = step->state_start + part * (step->state_end - step->state_start);
    double direction = (step->current_A > 0) - (step->current_A < 0);
    switch (design) {
    case PM_VIRTUAL_LI_CU:
    case PM_VIRTUAL_LI_CU_RESERVOIR: return direction == 0 ? 0 : lithium_on_copper(step, part);
    case PM_VIRTUAL_LI_LI: return direction * plating_overpotential(part);
    case PM_VIRTUAL_ANODE_FREE:
    case PM_VIRTUAL_LI_CATHODE: return layered_oxide(state) + 0.03 * direction;
    case PM_VIRTUAL_HALF_CELL: return graphite(1 - state) + 0.01 * direction;
    case PM_VIRTUAL_LI_ION: return layered_oxide(state) - graphite(state) + 0.03 * direction;
    case PM_VIRTUAL_DESIGNS: break;
    }
    return NAN;
}
