/* SPDX-License-Identifier: MIT */
#include "res_file.h"

#include "read/read.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

const jet_field res_normal[] = {{"Test_ID", JET_LONG},    {"Data_Point", JET_LONG}, {"Test_Time", JET_DOUBLE},
                                {"DateTime", JET_DOUBLE}, {"Current", JET_SINGLE},  {"Voltage", JET_SINGLE},
                                {"Cycle_Index", JET_INT}, {"dV/dt", JET_SINGLE},    {"Is_FC_Data", JET_BYTE},
                                {"Flag it", JET_BOOL},    {"Money", JET_MONEY}};
const jet_field res_auxiliary[] = {{"Test_ID", JET_LONG},  {"Data_Point", JET_LONG}, {"Auxiliary_Index", JET_INT},
                                   {"Data_Type", JET_INT}, {"X", JET_SINGLE},        {"dX_dt", JET_DOUBLE}};
static const jet_field channels[] = {{"Channel_Index", JET_INT},
                                     {"Auxiliary_Index", JET_INT},
                                     {"Data_Type", JET_INT},
                                     {"Nickname", JET_TEXT},
                                     {"Unit", JET_TEXT}};
static const jet_field statistic[] = {
    {"Test_ID", JET_LONG}, {"Data_Point", JET_LONG}, {"Vmax_On_Cycle", JET_SINGLE}, {"Charge_Time", JET_DOUBLE}};
const jet_field res_global[] = {{"Test_ID", JET_LONG},  {"Test_Name", JET_TEXT},  {"Channel_Index", JET_INT},
                                {"Comments", JET_MEMO}, {"Creator", JET_TEXT},    {"Start_DateTime", JET_DOUBLE},
                                {"MASS", JET_SINGLE},   {"Capacity", JET_SINGLE}, {"Schedule_File_Name", JET_TEXT}};
static const jet_field version[] = {{"Version_Schema_Field", JET_TEXT}};

double res_voltage_of(int point)
{
    return (double)(float)(3 + 0.001 * point);
}

/* 2021-05-19 00:00:00 is day 44335. */
int64_t res_record(jet_file *f, int table, int test, int point, int fields)
{
    const jet_cell cells[RES_NORMAL] = {{.number = test},
                                        {.number = point},
                                        {.number = 10.1 * point},
                                        {.number = 44335 + point / 86400.0},
                                        {.number = point % 2 ? 0.5 : -0.25},
                                        {.number = res_voltage_of(point)},
                                        {.number = 1},
                                        {.none = point == 3},
                                        {.number = 200},
                                        {.number = point == 2},
                                        {.number = -12.3456}};

    return jet_row(f, table, fields, cells);
}

void res_auxiliary_row(jet_file *f, int table, int point, int type, int index, double x)
{
    const jet_cell cells[6] = {{.number = 1},    {.number = point}, {.number = index},
                               {.number = type}, {.number = x},     {.number = -x}};

    jet_row(f, table, 6, cells);
}

static void channel(jet_file *f, int table, int type, int index, const char *name, const char *unit)
{
    const jet_cell cells[5] = {{.number = 3}, {.number = index}, {.number = type}, {.text = name}, {.text = unit}};

    jet_row(f, table, 5, cells);
}

void res_test_facts(jet_file *f, int table, int test, jet_how comment)
{
    /* "K", a Greek omega in two bytes, "z": packed, wide, packed; then a pair of halves. */
    static const char creator[] = "\xff\xfeK\0\xa9\x03\0z", halves[] = "\x3d\xd8\x00\xde";
    const jet_cell cells[9] = {{.number = test},
                               {.text = "cell A", .how = JET_PACKED},
                               {.number = 7},
                               {.text = "good cell", .how = comment},
                               {.text = creator, .n = 8, .how = JET_RAW},
                               {.number = 44335.5},
                               {.number = 0.00085283798},
                               {.number = 0},
                               {.text = halves, .n = 4, .how = JET_RAW}};

    jet_row(f, table, 9, cells);
}

/* Six records of one test, stored in disorder over three pages, with all tables beside them. */
jet_file *res_full(jet_how comment)
{
    jet_file *f = jet_new();
    int aux = jet_table(f, "Auxiliary_Table", 6, res_auxiliary),
        about = jet_table(f, "Aux_Global_Data_Table", 5, channels);
    int table = jet_table(f, "Channel_Normal_Table", RES_NORMAL, res_normal);
    int stat = jet_table(f, "Channel_Statistic_Table", 4, statistic),
        facts = jet_table(f, "Global_Table", 9, res_global);
    int said = jet_table(f, "Version_Table", 1, version);

    for (int point = 5; point <= 6; point++) res_record(f, table, 1, point, RES_NORMAL);
    jet_new_page(f, table);
    res_record(f, table, 1, 2, 8); /* written before the last columns were added */
    res_record(f, table, 1, 1, RES_NORMAL);
    res_record(f, table, 1, 99, RES_NORMAL);
    jet_delete_row(f, table);
    jet_new_page(f, table);
    for (int point = 3; point <= 4; point++) res_record(f, table, 1, point, RES_NORMAL);
    for (int point = 6; point >= 2; point -= 2) {
        res_auxiliary_row(f, aux, point, 1, 0, 25 + point);
        res_auxiliary_row(f, aux, point, 0, 2, 1000 * point);
    }
    channel(f, about, 1, 0, "cell", "C");
    channel(f, about, 0, 2, "", "mV");
    jet_row(f, stat, 4, (jet_cell[]){{.number = 1}, {.number = 6}, {.number = 4.25}, {.number = 60.5}});
    res_test_facts(f, facts, 1, comment);
    jet_row(f, said, 1, (jet_cell[]){{.text = "Results File 5.26"}});
    return f;
}

jet_file *res_plain(int *table)
{
    jet_file *f = jet_new();

    *table = jet_table(f, "Channel_Normal_Table", RES_NORMAL, res_normal);
    for (int point = 1; point <= 4; point++) res_record(f, *table, 1, point, RES_NORMAL);
    return f;
}

/* ---- reading ---- */

res_outcome res_outcome_of(const void *bytes, int64_t n)
{
    res_outcome o = {0};
    char *path = support_file(".res", bytes, n);
    pm_scoped(pm_reader) reader = NULL;
    pm_scoped(pm_builder) b = NULL;
    const pm_table *batch = NULL;
    const pm_run run = {.threads = 1};

    o.status = pm_read_table(path, NULL, &run, &o.rows, &o.error);
    if (!o.status) o.status = pm_reader_open(path, NULL, &run, &reader, &o.error);
    while (!o.status && !(o.status = pm_reader_next(reader, &batch, &o.error)) && batch) continue;
    if (!o.status) o.status = pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &b, &o.error);
    if (!o.status) o.status = pm_reader_findings(reader, b, &o.error);
    if (!o.status) o.status = pm_builder_finish(b, &o.findings, &o.error);
    support_remove(path);
    return o;
}

res_outcome res_outcome_and_free(jet_file *f)
{
    res_outcome o = res_outcome_of(f->at, (int64_t)f->pages * JET_PAGE);

    free(f);
    return o;
}

void res_clear(res_outcome *o)
{
    pm_table_free(o->rows);
    pm_table_free(o->findings);
}

void res_expect_finding(const res_outcome *o, int64_t row, const char *code, const char *part)
{
    assert_good(o->status, &o->error);
    assert_true(pm_table_rows(o->findings) > row);
    assert_string_equal(word_at(o->findings, "code", row), code);
    if (!strstr(word_at(o->findings, "message", row), part)) fail_msg("%s", word_at(o->findings, "message", row));
}
