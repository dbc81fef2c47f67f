/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "physics.h"

#define ROOM_K 298.15

static double arrhenius(double activation_eV, double temperature_K)
{
    return exp(activation_eV * VIRTUAL_FARADAY / VIRTUAL_GAS * (1 / ROOM_K - 1 / temperature_K));
}

virtual_conditions virtual_conditions_at(const pm_virtual_parameters *p, double temperature_C, double wetted)
{
    double kelvin = temperature_C + 273.15;
    double transport = arrhenius(p->transport_eV, kelvin), film = arrhenius(p->film_eV, kelvin);
    return (virtual_conditions){
        .p = p,
        .temperature_K = kelvin,
        .thermal_V = VIRTUAL_GAS * kelvin / VIRTUAL_FARADAY,
        .exchange_mA_per_cm2 = p->exchange_current_mA_per_cm2 * arrhenius(p->kinetics_eV, kelvin),
        .film_ohm_cm2 = p->film_ohm_cm2_real / film,
        .diffusivity_cm2_per_s = p->diffusivity_cm2_per_s * transport,
        .conductivity_S_per_cm = p->conductivity_mS_per_cm * 1e-3 * transport,
        .reaction_ratio = film, /* corrosion and growth are limited by transport through the film [C] */
        .wetted = wetted,
    };
}
