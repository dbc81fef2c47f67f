/* SPDX-License-Identifier: MIT */
/* The column identifiers of .mpr data modules. Where each is known from: docs/native.md. */
#include "mpr.h"

/* In one F: kept = stored / it. */
#define MICROFARAD 1e6

static const mpr_id ids[] = {
    {4, 'd', false, "time", "s", "test_time_second", "s", 1},
    {5, 'f', false, "control", "V/mA", "control", "1", 1},
    {6, 'f', false, "Ewe", "V", "ewe_volt", "V", 1},
    {7, 'd', false, "dq", "mA.h", "dq_ah", "Ah", 1000},
    {8, 'f', false, "I", "mA", "i_ampere", "A", 1000},
    {9, 'f', false, "Ece", "V", "ece_volt", "V", 1},
    {11, 'd', false, "<I>", "mA", "i_mean_ampere", "A", 1000},
    {13, 'd', false, "(Q-Qo)", "mA.h", "net_capacity_ah", "Ah", 1000},
    {15, 'f', true, "Phase(Z1)", "deg", "phase_z1_degree", "deg", 1},
    {16, 'f', false, "Analog IN 1", "V", "analog_in_1_volt", "V", 1},
    {17, 'f', false, "Analog IN 2", "V", "analog_in_2_volt", "V", 1},
    {19, 'f', false, "control", "V", "control_volt", "V", 1},
    {20, 'f', false, "control", "mA", "control_ampere", "A", 1000},
    {23, 'd', false, "dQ", "mA.h", "dq_ah", "Ah", 1000},
    {24, 'd', false, "cycle number", "", "cycle_count", "1", 1},
    {26, 'f', false, "Rapp", "Ohm", "rapp_ohm", "ohm", 1},
    {27, 'f', false, "Ewe-Ece", "V", "ewe_ece_volt", "V", 1},
    {32, 'f', true, "freq", "Hz", "frequency_hertz", "Hz", 1},
    {33, 'f', true, "|Ewe|", "V", "ewe_amplitude_volt", "V", 1},
    {34, 'f', true, "|I|", "A", "i_amplitude_ampere", "A", 1},
    {35, 'f', true, "Phase(Z)", "deg", "phase_degree", "deg", 1},
    {36, 'f', true, "|Z|", "Ohm", "absolute_impedance_ohm", "ohm", 1},
    {37, 'f', true, "Re(Z)", "Ohm", "real_impedance_ohm", "ohm", 1},
    {38, 'f', true, "-Im(Z)", "Ohm", "imaginary_impedance_ohm", "ohm", -1},
    {39, 's', false, "I Range", "", "i_range", "1", 1},
    {45, 'f', true, "|Z1|", "Ohm", "z1_ohm", "ohm", 1},
    {46, 'f', true, "|Z2|", "Ohm", "z2_ohm", "ohm", 1},
    {69, 'f', false, "R", "Ohm", "r_ohm", "ohm", 1},
    {70, 'f', false, "P", "W", "power_watt", "W", 1},
    {74, 'd', false, "|Energy|", "W.h", "step_energy_wh", "Wh", 1},
    {75, 'f', false, "Analog OUT", "V", "analog_out_volt", "V", 1},
    {76, 'f', false, "<I>", "mA", "i_mean_ampere", "A", 1000},
    {77, 'f', false, "<Ewe>", "V", "ewe_mean_volt", "V", 1},
    {78, 'f', true, "Cs-2", "uF-2", "cs_2", "1", 1},
    {96, 'f', true, "|Ece|", "V", "ece_amplitude_volt", "V", 1},
    {98, 'f', true, "Phase(Zce)", "deg", "phase_zce_degree", "deg", 1},
    {99, 'f', true, "|Zce|", "Ohm", "zce_ohm", "ohm", 1},
    {100, 'f', true, "Re(Zce)", "Ohm", "re_zce_ohm", "ohm", 1},
    {101, 'f', true, "-Im(Zce)", "Ohm", "im_zce_ohm", "ohm", -1},
    {105, 'f', true, "-Im(Z1)", "Ohm", "im_z1_ohm", "ohm", -1},
    {106, 'f', true, "-Im(Z2)", "Ohm", "im_z2_ohm", "ohm", -1},
    {110, 'd', false, "Energy ce", "W.h", "energy_ce_wh", "Wh", 1},
    {112, 'd', false, "Energy we", "W.h", "energy_we_wh", "Wh", 1},
    {115, 'd', false, "Energy ce charge", "W.h", "energy_ce_charge_wh", "Wh", 1},
    {116, 'd', false, "Energy ce discharge", "W.h", "energy_ce_discharge_wh", "Wh", 1},
    {123, 'd', false, "Energy charge", "W.h", "charging_energy_wh", "Wh", 1},
    {124, 'd', false, "Energy discharge", "W.h", "discharging_energy_wh", "Wh", 1},
    {125, 'd', false, "Capacitance charge", "uF", "capacitance_charge_farad", "F", MICROFARAD},
    {126, 'd', false, "Capacitance discharge", "uF", "capacitance_discharge_farad", "F", MICROFARAD},
    {131, 's', false, "Ns", "", "step_id", "1", 1},
    {135, 'f', false, "<E1>", "V", "e1_mean_volt", "V", 1},
    {136, 'f', false, "<E2>", "V", "e2_mean_volt", "V", 1},
    {163, 'f', true, "|Estack|", "V", "estack_amplitude_volt", "V", 1},
    {166, 'f', true, "Phase(Zstack)", "deg", "phase_zstack_degree", "deg", 1},
    {167, 'f', true, "|Zstack|", "Ohm", "zstack_ohm", "ohm", 1},
    {168, 'f', true, "Rcmp", "Ohm", "rcmp_ohm", "ohm", 1},
    {169, 'f', true, "Cs", "uF", "cs_farad", "F", MICROFARAD},
    {172, 'f', true, "Cp", "uF", "cp_farad", "F", MICROFARAD},
    {173, 'f', true, "Cp-2", "uF-2", "cp_2", "1", 1},
    {174, 'f', false, "<Ewe>", "V", "ewe_mean_volt", "V", 1},
    {175, 'f', true, "|Zwe-ce|", "Ohm", "zwe_ce_ohm", "ohm", 1},
    {176, 'f', true, "Re(Zwe-ce)", "Ohm", "re_zwe_ce_ohm", "ohm", 1},
    {177, 'f', true, "-Im(Zwe-ce)", "Ohm", "im_zwe_ce_ohm", "ohm", -1},
    {178, 'f', false, "(Q-Qo)", "C", "net_capacity_ah", "Ah", 3600},
    {179, 'f', false, "dQ", "C", "dq_ah", "Ah", 3600},
    {182, 'd', false, "step time", "s", "step_time_second", "s", 1},
    {185, 'f', false, "<Ece>", "V", "ece_mean_volt", "V", 1},
    {206, 'f', false, "Temperature", "degC", "temperature_celsius", "degC", 1},
    {211, 'd', false, "Q charge/discharge", "mA.h", "q_charge_discharge_ah", "Ah", 1000},
    {212, 'u', false, "half cycle", "", "half_cycle_vendor", "1", 1},
    {213, 'u', false, "z cycle", "", "z_cycle", "1", 1},
    {215, 'f', false, "<Ece>", "V", "ece_mean_volt", "V", 1},
    {217, 'f', true, "THD Ewe", "%", "thd_ewe_percent", "%", 1},
    {218, 'f', true, "THD I", "%", "thd_i_percent", "%", 1},
    {219, 'f', true, "THD Ece", "%", "thd_ece_percent", "%", 1},
    {220, 'f', true, "NSD Ewe", "%", "nsd_ewe_percent", "%", 1},
    {221, 'f', true, "NSD I", "%", "nsd_i_percent", "%", 1},
    {222, 'f', true, "NSD Ece", "%", "nsd_ece_percent", "%", 1},
    {223, 'f', true, "NSR Ewe", "%", "nsr_ewe_percent", "%", 1},
    {224, 'f', true, "NSR I", "%", "nsr_i_percent", "%", 1},
    {225, 'f', true, "NSR Ece", "%", "nsr_ece_percent", "%", 1},
    {230, 'f', true, "|Ewe h2|", "V", "ewe_h2_volt", "V", 1},
    {231, 'f', true, "|Ewe h3|", "V", "ewe_h3_volt", "V", 1},
    {232, 'f', true, "|Ewe h4|", "V", "ewe_h4_volt", "V", 1},
    {233, 'f', true, "|Ewe h5|", "V", "ewe_h5_volt", "V", 1},
    {234, 'f', true, "|Ewe h6|", "V", "ewe_h6_volt", "V", 1},
    {235, 'f', true, "|Ewe h7|", "V", "ewe_h7_volt", "V", 1},
    {236, 'f', true, "|I h2|", "A", "i_h2_ampere", "A", 1},
    {237, 'f', true, "|I h3|", "A", "i_h3_ampere", "A", 1},
    {238, 'f', true, "|I h4|", "A", "i_h4_ampere", "A", 1},
    {239, 'f', true, "|I h5|", "A", "i_h5_ampere", "A", 1},
    {240, 'f', true, "|I h6|", "A", "i_h6_ampere", "A", 1},
    {241, 'f', true, "|I h7|", "A", "i_h7_ampere", "A", 1},
    {242, 'f', true, "|Ece h2|", "V", "ece_h2_volt", "V", 1},
    {243, 'f', true, "|Ece h3|", "V", "ece_h3_volt", "V", 1},
    {244, 'f', true, "|Ece h4|", "V", "ece_h4_volt", "V", 1},
    {245, 'f', true, "|Ece h5|", "V", "ece_h5_volt", "V", 1},
    {246, 'f', true, "|Ece h6|", "V", "ece_h6_volt", "V", 1},
    {247, 'f', true, "|Ece h7|", "V", "ece_h7_volt", "V", 1},
    {248, 'f', false, "Rac", "Ohm", "rac_ohm", "ohm", 1},
    {249, 'f', false, "Rdc", "Ohm", "rdc_ohm", "ohm", 1},
    {253, 'b', false, "Acir/Dcir Control", "", "acir_dcir_control", "1", 1},
    /* With the ninth bit set most name the same column; these do not. */
    {272, 'f', true, "Phase(Z2)", "deg", "phase_z2_degree", "deg", 1},
    {331, 'f', true, "Re(Z1)", "Ohm", "re_z1_ohm", "ohm", 1},
    {332, 'f', true, "Re(Z2)", "Ohm", "re_z2_ohm", "ohm", 1},
    {424, 'f', true, "Re(Zstack)", "Ohm", "re_zstack_ohm", "ohm", 1},
    {425, 'f', true, "-Im(Zstack)", "Ohm", "im_zstack_ohm", "ohm", -1},
    {426, 'f', false, "<Estack>", "V", "estack_mean_volt", "V", 1},
    {430, 'f', true, "Phase(Zwe-ce)", "deg", "phase_zwe_ce_degree", "deg", 1},
    {441, 'f', false, "<Ecv>", "V", "ecv_mean_volt", "V", 1},
    {498, 'd', false, "Q charge", "mA.h", "charging_capacity_ah", "Ah", 1000},
    {499, 'd', false, "Q discharge", "mA.h", "discharging_capacity_ah", "Ah", 1000},
    {500, 'd', false, "step time", "s", "step_time_second", "s", 1},
    {501, 'd', false, "Efficiency", "%", "efficiency_percent", "%", 1},
    {502, 'd', false, "Capacity", "mA.h", "step_capacity_ah", "Ah", 1000},
};

static const struct {
    int id, mask;
    const char *name, *ours;
} flags[] = {
    {1, 0x03, "mode", "mode"},
    {2, 0x04, "ox/red", "ox_red"},
    {3, 0x08, "error", "error"},
    {21, 0x10, "control changes", "control_changes"},
    {31, 0x20, "Ns changes", "ns_changes"},
    {65, 0x80, "counter inc.", "counter_inc"},
};

static const mpr_id *exactly(int id)
{
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (ids[i].id == id) return &ids[i];
    return NULL;
}

const mpr_id *mpr_id_find(int id, bool low)
{
    const mpr_id *found = low ? NULL : exactly(id);

    if (!found && !low) found = exactly(id & 0x1ff);
    return found ? found : exactly(id & 0xff);
}

const mpr_id *mpr_phase_of_174(void)
{
    return exactly(430);
}

int mpr_flag(int id, const char **name, const char **ours)
{
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (flags[i].id != (id & 0xff)) continue;
        *name = flags[i].name;
        *ours = flags[i].ours;
        return flags[i].mask;
    }
    return 0;
}

int mpr_type_bytes(char type)
{
    return type == 'd' ? 8 : type == 's' ? 2 : type == 'b' ? 1 : 4;
}
