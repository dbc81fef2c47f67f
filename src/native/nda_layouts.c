/* SPDX-License-Identifier: MIT */
/* Where the numbers stand in each family of records. The layouts are facts found by comparing files with the exports of
 * Neware's own BTSDA, first by the authors of NewareNDA and fastnda (BSD-3-Clause). */
#include "nda.h"

#define CHARGE_SECONDS 3600.0, 0 /* of counts per ampere: ampere seconds and watt seconds to hours */

static const nda_field fields_8[] = {
    {"test_time_second", "s", "", "", NDA_TEST_TIME, 0, 1, 0},
    {"step_time_second", "s", "Time", "s", NDA_STEP_TIME, 0, 1, 0},
    {"voltage_volt", "V", "Voltage", "0.1 mV", NDA_I4, 15, 10000, 0},
    {"current_ampere", "A", "Current", "counts", NDA_RANGED_I4, 19, 1, 0},
    {"unix_time_second", "s", "Date", "s", NDA_U8, 47, 1, 0},
    {"cycle_count", "1", "Cycle Index", "", NDA_U4, 5, 1, 0},
    {"step_count", "1", "", "", NDA_STEP_COUNT, 0, 1, 0},
    {"step_id", "1", "Step Index", "", NDA_U1, 9, 1, 0},
    {"step_type", "", "Step Type", "", NDA_STEP_WORD, 10, 1, 0},
    {"record_number", "1", "DataPoint", "", NDA_U4, 1, 1, 0},
    {"step_capacity_ah", "Ah", "Capacity", "counts s", NDA_RANGED_I8, 31, CHARGE_SECONDS},
    {"step_energy_wh", "Wh", "Energy", "counts s", NDA_RANGED_I8, 39, CHARGE_SECONDS},
    {.name = NULL},
};

#define FIELDS_22(clock)                                                                                               \
    {"test_time_second", "s", "", "", NDA_TEST_TIME, 0, 1, 0},                                                         \
        {"step_time_second", "s", "Time", "ms", NDA_STEP_TIME, 0, 1, 0},                                               \
        {"voltage_volt", "V", "Voltage", "0.1 mV", NDA_I4, 22, 10000, 0},                                              \
        {"current_ampere", "A", "Current", "counts", NDA_RANGED_I4, 26, 1, 0},                                         \
        {"unix_time_second", "s", "Date", "s", clock, 70, 1, 0},                                                       \
        {"cycle_count", "1", "Cycle Index", "", NDA_U4, 6, 1, 1},                                                      \
        {"step_count", "1", "", "", NDA_STEP_COUNT, 0, 1, 0}, {"step_id", "1", "Step Index", "", NDA_U2, 10, 1, 0},    \
        {"step_type", "", "Step Type", "", NDA_STEP_WORD, 12, 1, 0},                                                   \
        {"record_number", "1", "DataPoint", "", NDA_U4, 2, 1, 0},                                                      \
        {"charging_capacity_ah", "Ah", "Chg. Cap.", "counts s", NDA_RANGED_I8, 38, CHARGE_SECONDS},                    \
        {"discharging_capacity_ah", "Ah", "DChg. Cap.", "counts s", NDA_RANGED_I8, 46, CHARGE_SECONDS},                \
        {"charging_energy_wh", "Wh", "Chg. Energy", "counts s", NDA_RANGED_I8, 54, CHARGE_SECONDS},                    \
        {"discharging_energy_wh", "Wh", "DChg. Energy", "counts s", NDA_RANGED_I8, 62, CHARGE_SECONDS},                \
        {.name = NULL},

static const nda_field fields_22[] = {FIELDS_22(NDA_U8)};
static const nda_field fields_26[] = {FIELDS_22(NDA_CIVIL)};

/* Milliampere seconds, milliwatt seconds. */
#define MILLI_SECONDS 3.6e6, 0

static const nda_field fields_90[] = {
    {"test_time_second", "s", "", "", NDA_TEST_TIME, 0, 1, 0},
    {"step_time_second", "s", "Time", "us", NDA_STEP_TIME, 0, 1, 0},
    {"voltage_volt", "V", "Voltage", "V", NDA_F4, 36, 1, 0},
    {"current_ampere", "A", "Current", "mA", NDA_F4, 40, 1000, 0},
    {"unix_time_second", "s", "Date", "us", NDA_U8, 68, 1e6, 0},
    {"step_count", "1", "", "", NDA_STEP_COUNT, 0, 1, 0},
    {"step_id", "1", "Step Index", "", NDA_U1, 9, 1, 0},
    {"step_type", "", "Step Type", "", NDA_STEP_WORD, 10, 1, 0},
    {"record_number", "1", "DataPoint", "", NDA_U4, 16, 1, 0},
    {"charging_capacity_ah", "Ah", "Chg. Cap.", "mAs", NDA_F4, 52, MILLI_SECONDS},
    {"discharging_capacity_ah", "Ah", "DChg. Cap.", "mAs", NDA_F4_SIZE, 60, MILLI_SECONDS},
    {"charging_energy_wh", "Wh", "Chg. Energy", "mWs", NDA_F4, 56, MILLI_SECONDS},
    {"discharging_energy_wh", "Wh", "DChg. Energy", "mWs", NDA_F4_SIZE, 64, MILLI_SECONDS},
    {.name = NULL},
};

#define FIELDS_91(clock, cycle)                                                                                        \
    {"test_time_second", "s", "Total Time", "s", NDA_TEST_TIME, 0, 1, 0},                                              \
        {"step_time_second", "s", "", "", NDA_STEP_TIME, 0, 1, 0},                                                     \
        {"voltage_volt", "V", "Voltage", "V", NDA_F4, 24, 1, 0},                                                       \
        {"current_ampere", "A", "Current", "mA", NDA_F4, 20, 1000, 0},                                                 \
        {"unix_time_second", "s", "Date", "s", NDA_SECONDS, clock, 1, 0},                                              \
        {"cycle_count", "1", "Cycle Index", "", NDA_U4, cycle, 1, 1},                                                  \
        {"step_count", "1", "", "", NDA_STEP_COUNT, 0, 1, 0}, {"step_id", "1", "Step Index", "", NDA_U1, 2, 1, 0},     \
        {"step_type", "", "Step Type", "", NDA_STEP_WORD, 3, 1, 0},                                                    \
        {"record_number", "1", "DataPoint", "", NDA_U4, 8, 1, 0},                                                      \
        {"charging_capacity_ah", "Ah", "Capacity", "mAs", NDA_F4_ABOVE, 28, MILLI_SECONDS},                            \
        {"discharging_capacity_ah", "Ah", "Capacity", "mAs", NDA_F4_BELOW, 28, MILLI_SECONDS},                         \
        {"charging_energy_wh", "Wh", "Energy", "mWs", NDA_F4_ABOVE, 32, MILLI_SECONDS},                                \
    {                                                                                                                  \
        "discharging_energy_wh", "Wh", "Energy", "mWs", NDA_F4_BELOW, 32, MILLI_SECONDS                                \
    }
#define WITH_T(at)                                                                                                     \
    {                                                                                                                  \
        "temperature_celsius", "degC", "T1", "degC", NDA_F4, at, 1, 0                                                  \
    }

static const nda_field fields_91_52[] = {FIELDS_91(44, 36), {.name = NULL}};
static const nda_field fields_91_56[] = {FIELDS_91(44, 36), WITH_T(52), {.name = NULL}};
static const nda_field fields_91_60[] = {FIELDS_91(36, 52), WITH_T(48), {.name = NULL}};

/* ---- kinds of records ---- */

static nda_record what_8(const uint8_t *record, const uint8_t *first)
{
    (void)first;
    return record[0] == 0 || record[0] == 85 ? NDA_ROW : record[0] == 255 ? NDA_LOG : NDA_UNKNOWN;
}

static nda_record what_22(const uint8_t *record, const uint8_t *first)
{
    (void)first;
    switch (record[0]) {
    case 85: return NDA_ROW;
    case 101: return NDA_AUXILIARY;
    case 170:
    case 255: return NDA_LOG;
    default: return NDA_UNKNOWN;
    }
}

/* The channel's address, then what it is. The layout of the auxiliary kinds is not known. */
static nda_record what_90(const uint8_t *record, const uint8_t *first)
{
    bool same = memcmp(record, first, 4) == 0;

    if (record[4] == 85 && same) return NDA_ROW;
    return record[4] == 88 || record[4] == 89 || record[4] == 101 || record[4] == 116 ? NDA_OPAQUE : NDA_UNKNOWN;
}

static nda_record what_91(const uint8_t *record, const uint8_t *first)
{
    return record[0] == 85 && record[1] == first[1] ? NDA_ROW : NDA_UNKNOWN;
}

/* ---- families ---- */

#define SINCE_22(clock, is_civil)                                                                                      \
    {                                                                                                                  \
        .title = "records of 86 bytes", .length = 86, .what = what_22, .index = 2, .log_index = 2, .step = 10,         \
        .type = 12, .jump = 13, .cycle = 6, .range = 78, .time = 14, .time_kind = NDA_U8, .ticks = 1000,               \
        .ranged = true, .civil = is_civil, .field = clock                                                              \
    }
#define BTS_91(bytes, at_cycle, fields)                                                                                \
    {                                                                                                                  \
        .title = "BTS 9.1, records of " #bytes " bytes", .length = bytes, .what = what_91, .index = 8,                 \
        .log_index = -1, .step = 2, .type = 3, .jump = -1, .cycle = at_cycle, .range = -1, .time = 12,                 \
        .whole_time = true, .time_kind = NDA_SECONDS, .ticks = 1e9, .field = fields                                    \
    }

static const nda_layout layout_8 = {.title = "records of 59 bytes",
                                    .length = 59,
                                    .what = what_8,
                                    .index = 1,
                                    .log_index = 1,
                                    .log_ahead = 1,
                                    .step = 9,
                                    .type = 10,
                                    .jump = -1,
                                    .cycle = 5,
                                    .range = -1,
                                    .time = 11,
                                    .time_kind = NDA_U4,
                                    .ticks = 1,
                                    .ranged = true,
                                    .end_mark = true,
                                    .field = fields_8};
static const nda_layout layout_22 = SINCE_22(fields_22, false), layout_26 = SINCE_22(fields_26, true);
static const nda_layout layout_90 = {.title = "BTS 9.0, records of 88 bytes",
                                     .length = 88,
                                     .what = what_90,
                                     .index = 16,
                                     .log_index = -1,
                                     .step = 9,
                                     .type = 10,
                                     .jump = -1,
                                     .cycle = -1,
                                     .range = -1,
                                     .time = 28,
                                     .time_kind = NDA_U8,
                                     .ticks = 1e6,
                                     .field = fields_90};
static const nda_layout layouts_91[] = {BTS_91(52, 36, fields_91_52), BTS_91(56, 36, fields_91_56),
                                        BTS_91(60, 52, fields_91_60)};

const nda_layout *nda_layout_find(int version, int record_version, int length)
{
    switch (version) {
    case 8: return &layout_8;
    case 22:
    case 23: return &layout_22;
    case 26:
    case 29: return &layout_26;
    case 130: break;
    default: return NULL;
    }
    if (record_version == 3) return &layout_90;
    for (int i = 0; record_version == 19 && i < 3; i++)
        if (layouts_91[i].length == length) return &layouts_91[i];
    return NULL;
}
