/* SPDX-License-Identifier: MIT */
/* The catalogue of features: one entry per quantity of a cycle, three features each: of the first cycle, of the last one used,
 * and what became of it between them: a ratio, or a difference where it may be zero. */
#include "features.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define CU (1U << PM_LI_CU)
#define SYM (1U << PM_LI_LI)
#define FULL (1U << PM_ANODE_FREE | 1U << PM_LI_CATHODE | 1U << PM_HALF_CELL | 1U << PM_LI_ION)
#define PIAO "after Piao et al. 2025, doi:10.1093/nsr/nwaf158; definition reconstructed here"
#define WOOD "peaking and arcing after Wood et al. 2016, doi:10.1021/acscentsci.6b00260; definition of ours"
#define OURS "definition of ours"

/* Half-cycles run over q, the part of their charge behind the crossing of zero; eta is the voltage against lithium.
 * (name, unit in the name, unit, member of cycle_measures, formula, meaning, source, kinds of cell) */
/* clang-format off */
#define QUANTITIES(RATIO, CHANGE) \
    RATIO("nucleation_overpotential", "_volt", "V", nucleation_V, \
        "max eta, q < 0.1", "depth of the first dip", PIAO, CU | SYM) \
    RATIO("plateau_overpotential", "_volt", "V", plateau_V, \
        "median eta, 0.4 < q < 0.8", "overpotential of growth", PIAO, CU | SYM) \
    CHANGE("nucleation_excess", "_volt", "V", nucleation_excess_V, \
        "dip - plateau", "nucleation overpotential as usually quoted", "usual definition", CU | SYM) \
    CHANGE("relative_nucleation_overpotential", "", "1", relative_nucleation, \
        "(dip - plateau) / plateau", "candidate for the paper's d1", PIAO, CU | SYM) \
    RATIO("nucleation_charge", "", "1", nucleation_charge, \
        "q at the dip", "charge until nuclei relieve the voltage", OURS, CU | SYM) \
    RATIO("nucleation_rise", "_volt", "V", rise_V, \
        "dip / q at the dip", "steepness of the way down", OURS, CU | SYM) \
    RATIO("relaxation_slope", "_volt", "V", relaxation_V, \
        "(dip - plateau)/2 over the charge it takes", "how fast growing nuclei relieve the voltage", OURS, CU | SYM) \
    RATIO("relaxation_charge", "", "1", relaxation_charge, \
        "charge from the dip halfway to the plateau", "the same as a charge", OURS, CU | SYM) \
    CHANGE("thickening_slope", "_volt", "V", thickening_V, \
        "d eta/dq, 0.4 < q < 0.9", "change of the transfer area while the deposit thickens", PIAO, CU | SYM) \
    CHANGE("thickening_curvature", "_volt", "V", thickening_curvature_V, \
        "d2 eta/dq2, 0.4 < q < 0.9", "whether thickening speeds up", PIAO, CU | SYM) \
    CHANGE("thickening_rise", "_volt", "V", thickening_rise_V, \
        "mean eta, q > 0.98, - plateau", "rise to the end of plating", PIAO, CU | SYM) \
    CHANGE("relative_thickening", "", "1", relative_thickening, \
        "thickening slope / plateau", "the slope without the cell's resistance", PIAO, CU | SYM) \
    CHANGE("charge_above_zero", "", "1", charge_above_zero, \
        "part of the charge before V crosses 0", "reduction of oxide and electrolyte before lithium", OURS, CU) \
    RATIO("plating_roughness", "_volt", "V", plating_roughness_V, \
        "second differences of eta, 0.4 < q < 0.8", "jumps: uneven growth, soft shorts", OURS, CU | SYM | FULL) \
    RATIO("stripping_overpotential", "_volt", "V", stripping_V, \
        "median eta, 0.4 < q < 0.8", "overpotential of dissolution", OURS, CU | SYM) \
    RATIO("stripping_start", "_volt", "V", stripping_start_V, \
        "max eta, q < 0.1", "first peak of stripping", OURS, CU | SYM) \
    CHANGE("relative_stripping_start", "", "1", relative_stripping_start, \
        "stripping start / plateau", "the same without the cell's resistance", OURS, CU | SYM) \
    CHANGE("stripping_slope", "_volt", "V", stripping_slope_V, \
        "d eta/dq, 0.2 < q < 0.8", "active area lost while stripping", OURS, CU | SYM) \
    CHANGE("strip_end_charge", "", "1", strip_end_charge, \
        "part of the charge above 3 times the plateau", "how gradually the lithium ends", OURS, CU) \
    CHANGE("strip_end_knee", "", "1", strip_end_knee, \
        "q where d eta/dq exceeds 5 times its median", "where the end begins", OURS, CU) \
    RATIO("stripping_roughness", "_volt", "V", stripping_roughness_V, \
        "second differences of eta, 0.4 < q < 0.8", "jumps while stripping", OURS, CU | SYM) \
    RATIO("hysteresis", "_volt", "V", hysteresis_V, \
        "both plateaus together", "polarisation of the cycle, twice", OURS, CU | SYM) \
    CHANGE("stripping_to_plating", "", "1", asymmetry, \
        "stripping / plating plateau", "which electrode costs more", OURS, CU | SYM) \
    CHANGE("coulombic_efficiency", "", "1", efficiency, \
        "second half / first half, by kind", "lithium that comes back", "usual definition", CU | FULL) \
    RATIO("rest_drop", "_volt", "V", rest_drop_V, \
        "eta before the rest - its first value", "ohmic part of the overpotential", OURS, CU | SYM | FULL) \
    RATIO("rest_relaxation", "_volt", "V", rest_relaxation_V, \
        "first - last value of the rest", "concentration and slow parts", OURS, CU | SYM | FULL) \
    RATIO("start", "_volt", "V", start_V, \
        "first |V|", "start of a half-cycle", WOOD, SYM) \
    RATIO("peak", "_volt", "V", peak_V, \
        "max |V|, q < 0.3", "first maximum", WOOD, SYM) \
    CHANGE("peak_charge", "", "1", peak_charge, \
        "q of it", "where it lies", WOOD, SYM) \
    RATIO("valley", "_volt", "V", valley_V, \
        "min |V| behind the maximum", "growing area", WOOD, SYM) \
    CHANGE("valley_charge", "", "1", valley_charge, \
        "q of it", "where it lies", WOOD, SYM) \
    RATIO("end", "_volt", "V", end_V, \
        "mean |V|, 0.95 < q < 0.995", "end of a half-cycle", WOOD, SYM) \
    CHANGE("peaking_index", "", "1", peaking, \
        "(peak - valley) / valley", "fresh dendrites feed the stripping side", WOOD, SYM) \
    CHANGE("arcing_index", "", "1", arcing, \
        "(end - valley) / valley", "transport through dead lithium", WOOD, SYM) \
    CHANGE("concavity", "_volt", "V", concavity, \
        "d2 |V|/dq2, 0.1 < q < 0.95", "arc or plateau", WOOD, SYM) \
    RATIO("mean", "_volt", "V", mean_V, \
        "mean |V|", "polarisation", OURS, SYM) \
    CHANGE("odd_even_asymmetry", "", "1", odd_even, \
        "difference of the halves' mean |V| over their mean", "electrodes that differ", OURS, SYM) \
    RATIO("charged_capacity", "_ah", "Ah", charged_Ah, \
        "charge of the first half", "capacity", "usual definition", FULL) \
    RATIO("discharged_capacity", "_ah", "Ah", discharged_Ah, \
        "charge of the second half", "capacity", "usual definition", FULL) \
    CHANGE("charge_mean", "_volt", "V", charge_mean_V, \
        "mean by charge", "mean voltage of charge", "usual definition", FULL) \
    CHANGE("discharge_mean", "_volt", "V", discharge_mean_V, \
        "mean by charge", "mean voltage of discharge", "usual definition", FULL) \
    RATIO("voltage_gap", "_volt", "V", voltage_gap_V, \
        "charge - discharge mean voltage", "polarisation of the whole cell", "usual definition", FULL) \
    CHANGE("energy_efficiency", "", "1", energy_efficiency, \
        "discharged / charged energy", "what is lost as heat and charge", "usual definition", FULL) \
    RATIO("sand_ratio", "", "1", sand_ratio, \
        "duration of plating over Sand's time", "above 1 concentration falls to nothing", "Sand 1901; Bai et al. 2016, doi:10.1039/C6EE01674J", CU | SYM | FULL)

/* clang-format on */

#define FEATURES_RATIO(name, suffix, unit, member, formula, meaning, source, kinds)                                    \
    {name "_first" suffix, unit, formula, meaning ", first cycle", source, kinds},                                     \
        {name "_last" suffix, unit, formula, meaning ", last cycle used", source, kinds},                              \
        {name "_ratio", "1", "last / first: " formula, meaning ", last over first", source, kinds},
#define FEATURES_CHANGE(name, suffix, unit, member, formula, meaning, source, kinds)                                   \
    {name "_first" suffix, unit, formula, meaning ", first cycle", source, kinds},                                     \
        {name "_last" suffix, unit, formula, meaning ", last cycle used", source, kinds},                              \
        {name "_change" suffix, unit, "last - first: " formula, meaning ", last less first", source, kinds},
static const pm_feature catalogue[] = {QUANTITIES(FEATURES_RATIO, FEATURES_CHANGE)};

typedef struct quantity {
    size_t member;
    bool difference;
    uint32_t kinds;
} quantity;
#define MEMBER_RATIO(name, suffix, unit, member, formula, meaning, source, kinds)                                      \
    {offsetof(cycle_measures, member), false, kinds},
#define MEMBER_CHANGE(name, suffix, unit, member, formula, meaning, source, kinds)                                     \
    {offsetof(cycle_measures, member), true, kinds},
static const quantity quantities[] = {QUANTITIES(MEMBER_RATIO, MEMBER_CHANGE)};

const pm_feature *pm_feature_catalogue(int *n)
{
    *n = sizeof catalogue / sizeof *catalogue;
    return catalogue;
}

static double member_of(const cycle_measures *m, size_t member)
{
    double value;
    memcpy(&value, (const char *)m + member, sizeof value);
    return value;
}

void features_of(const cycle_measures *measures, int n, pm_kind kind, double *values)
{
    for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++, values += 3) {
        const quantity *q = &quantities[i];
        bool shown = q->kinds >> kind & 1;
        double first = shown ? member_of(&measures[0], q->member) : NAN;
        double last = shown ? member_of(&measures[n - 1], q->member) : NAN;
        values[0] = first;
        values[1] = n > 1 ? last : NAN;
        values[2] = n > 1 ? q->difference ? last - first : last / first : NAN;
        if (!isfinite(values[2])) values[2] = NAN;
    }
}
