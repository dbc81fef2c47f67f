/* SPDX-License-Identifier: MIT */
/* Salt between the electrodes [P]: pores dc/dt = d/dx (D / N_M dc/dx), N_M the MacMullin number; finite volumes, implicit
 * Euler, concentrations at the ends by the flux through half a volume. Sand's time and the limiting current come out. */
#include <math.h>

#include "physics.h"

/* Widths grow from both ends of a layer to its middle, where less happens. */
static void add_layer(virtual_grid *g, virtual_layer layer, int volumes, double *length)
{
    double total = 0;
    for (int i = 0; i < volumes; i++) total += 1 + fmin(i, volumes - 1 - i);
    for (int i = 0; i < volumes; i++, g->n++) {
        double width = layer.width_cm * (1 + fmin(i, volumes - 1 - i)) / total;
        g->pores_cm[g->n] = width * layer.porosity;
        length[g->n] = width * layer.macmullin;
    }
}

/* Fall of the concentration at the first end for unit flux and D in the steady state, the amount of salt kept. */
static double depletion(const virtual_grid *g, const double *length)
{
    double place = 0, moment = 0, pores = 0;
    for (int i = 0; i < g->n; i++) {
        moment += g->pores_cm[i] * (place + length[i] / 2);
        pores += g->pores_cm[i];
        place += length[i];
    }
    return moment / pores;
}

void virtual_grid_build(virtual_grid *g, const virtual_layer layer[3], int volumes)
{
    double length[VIRTUAL_VOLUMES];
    g->n = 0;
    for (int k = 0; k < 3; k++)
        if (layer[k].width_cm > 1e-5) add_layer(g, layer[k], volumes, length); /* 0.1 um: too thin to matter */
    g->path_cm = 0;
    for (int i = 0; i < g->n; i++) {
        g->path_cm += length[i];
        g->face_per_cm[i] = i + 1 < g->n ? 2 / (length[i] + length[i + 1]) : 0;
    }
    g->end_cm[0] = length[0] / 2;
    g->end_cm[1] = length[g->n - 1] / 2;
    g->depletion_cm = depletion(g, length);
}

void virtual_salt_step(const virtual_grid *g, double diffusivity, double flux, double dt_s, double *salt,
                       double surface[2])
{
    double upper[VIRTUAL_VOLUMES], below = 0;
    for (int i = 0; i < g->n; i++) { /* Thomas' elimination, concentrations overwritten */
        double above = dt_s * diffusivity * g->face_per_cm[i];
        double source = g->pores_cm[i] * salt[i] + dt_s * flux * ((i == g->n - 1) - (i == 0));
        double pivot = 1 / (g->pores_cm[i] + below + above - (i > 0 ? below * upper[i - 1] : 0));
        salt[i] = (source + (i > 0 ? below * salt[i - 1] : 0)) * pivot;
        upper[i] = above * pivot;
        below = above;
    }
    for (int i = g->n - 2; i >= 0; i--) salt[i] += upper[i] * salt[i + 1];
    surface[0] = salt[0] - flux * g->end_cm[0] / diffusivity;
    surface[1] = salt[g->n - 1] + flux * g->end_cm[1] / diffusivity;
}

static double pore_sum(const virtual_grid *g, const double *values)
{
    double sum = 0;
    for (int i = 0; i < g->n; i++) sum += g->pores_cm[i] * (values ? values[i] : 1);
    return sum;
}

void virtual_salt_move(const virtual_grid *from, const virtual_grid *to, double mean, double *salt)
{
    double moved[VIRTUAL_VOLUMES], scale = pore_sum(from, NULL) / pore_sum(to, NULL);
    double place = 0, passed = from->pores_cm[0];
    for (int i = 0, at = 0; i < to->n; i++) {
        double middle = (place + to->pores_cm[i] / 2) * scale;
        while (at < from->n - 1 && passed < middle) passed += from->pores_cm[++at];
        moved[i] = salt[at];
        place += to->pores_cm[i];
    }
    double shift = mean - pore_sum(to, moved) / pore_sum(to, NULL);
    for (int i = 0; i < to->n; i++) salt[i] = moved[i] + shift;
}

double virtual_limiting_current(const virtual_grid *g, const virtual_conditions *k)
{
    double flux = k->p->salt_mol_per_litre * 1e-3 * k->diffusivity_cm2_per_s / g->depletion_cm;
    return 1e3 * VIRTUAL_FARADAY * flux / (1 - k->p->transference);
}
