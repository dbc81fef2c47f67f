/* SPDX-License-Identifier: MIT */
/* Private to the room: a design and its rates with the defaults filled in, in units of the cathode's capacity P. */
#ifndef PM_LIFE_BUDGET_H
#define PM_LIFE_BUDGET_H

#include "life/life.h"

typedef struct budget {
    double foil, foil_deviation;     /* lithium at hand, in P: of foil and surplus; without them 0 */
    double margin, margin_deviation; /* lithium that may be lost until the cell is dry, in P; infinite = no limit */
    double least_g_per_Ah, gram_per_loss; /* electrolyte: what fills the pores, and g/Ah used for each P of lithium */
    double electrolyte;                   /* E/C at first; NaN = not known */
    double depth, x;                      /* part of P plated in a cycle; 1 - CE of lithium at first */
    double acceleration, growth;          /* of 1 - CE; and of what is lost in a cycle: less where the cathode fades */
    double log_retention;                 /* of the cathode, per cycle: not above 0 */
    double cathode_efficiency, retention;
    double per_cycle, per_root_cycle; /* calendar loss, in P */
    double um_per_loss;               /* thickness of dead layer for each P lost; NaN = not known */
    bool anode_free;
} budget;
/* PM_ERR_ARGUMENT where something makes no sense. `efficiency`: that of lithium is looked at. */
PM_CHECK pm_status budget_of(const pm_budget_design *design, const pm_budget_rates *rates, bool efficiency, budget *out,
                             pm_error *err);

/* What a cell is down to behind so many cycles. */
typedef struct budget_state {
    int64_t n;
    double full, x;        /* of the last cycle: charge of the whole cathode, 1 - CE of lithium */
    double capacity, lost; /* in P, as full is */
    bool short_of;         /* of lithium: more than the foil is lost */
} budget_state;
/* Behind n cycles, foil having been left behind n - 1. */
budget_state budget_at(const budget *b, int64_t n);
/* One cycle on. With foil left the cathode is filled; short of it, each cycle plates what the one before gave back. */
void budget_step(const budget *b, budget_state *state);

/* The cycle from which on all that is plated is lost: 1 - CE has grown to 1; infinite = it never does. */
double budget_all_lost_from(const budget *b);
/* Lithium lost after n cycles, in P: as if foil were left; and of this cell, which plates less once there is none. */
double budget_lost_with_foil(const budget *b, double n);
double budget_lost(const budget *b, double n);
/* The n at which so much is lost, likewise; infinite = never, or not within a million cycles short of lithium. */
double budget_cycles_with_foil(const budget *b, double lost);
double budget_cycles_to(const budget *b, double lost);
double budget_cathode_end(const budget *b);
/* The cycle by which the cell is down to its retention. */
double budget_retained(const budget *b);

#endif
