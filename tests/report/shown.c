/* SPDX-License-Identifier: MIT */
#include "shown.h"
#include "markup.h"

#include <string.h>

const char evil[] = "<script>alert(1)</script>&\"'";

void shown_leave(shown *s)
{
    fake_leave(&s->f);
    pm_table_free(s->cycles);
    pm_out_free(s->out);
}
const pm_virtual_life used_up = {.n_to_p = 0.5, .loss = 0.004, .noise = 2e-4, .cycles = 200, .seed = 3};

void live(shown *s, pm_kind kind, const pm_virtual_life *life, double n_to_p)
{
    pm_error err;
    pm_virtual_life_truth truth;
    assert_good(fake_make(&(fake_plan){kind, 3, 20, false, NULL}, &s->f, &err), &err);
    assert_good(pm_virtual_life_cycles(life, &s->cycles, &truth, &err), &err);
    s->cell = fake_cell(&s->f, "x.csv");
    s->cell.cycles = s->cycles;
    s->reserve.n_to_p = (pm_n_to_p){{n_to_p, 0}, PM_N_TO_P_FOIL};
    pm_stage_options options = {.kind = kind, .n_to_p = s->reserve.n_to_p};
    assert_good(pm_stages_of(s->cycles, &options, &s->stages, &err), &err);
    s->reserve.stages = &s->stages;
    s->cell.reserve = &s->reserve;
}

pm_status write_page(const pm_report_cell *cell, const pm_report_design *design, pm_out **out, pm_error *err)
{
    pm_scoped(pm_report) report = NULL;
    pm_status s;
    if ((s = pm_report_new("t", &report, err))) return s;
    if (cell && (s = pm_report_add(report, cell, err))) return s;
    if (design && (s = pm_report_add_design(report, design, err))) return s;
    if ((s = pm_out_open(NULL, false, out, err))) return s;
    if ((s = pm_report_write(report, *out, err))) return s;
    return pm_out_commit(*out, err);
}

const char *show(const pm_report_cell *cell, const pm_report_design *design, pm_out **out)
{
    pm_error err;
    assert_good(write_page(cell, design, out, &err), &err);
    const char *text = pm_out_memory(*out, NULL), *fault = markup_fault(text);
    if (fault) fail_msg("bad markup: %.80s", fault);
    assert_int_equal(occurrences(text, "<script>alert"), 0);
    return text;
}

void has(const char *text, const char *what)
{
    if (!strstr(text, what)) fail_msg("the page lacks: %s", what);
}

void lacks(const char *text, const char *what)
{
    if (strstr(text, what)) fail_msg("the page has: %s", what);
}

void fail_each_allocation(const pm_report_cell *cell, const pm_report_design *design)
{
    bool struck = true;
    for (int64_t n = 1; struck; n++) {
        int64_t held = allocations_held();
        pm_status status;
        {
            pm_scoped(pm_out) out = NULL;
            pm_error err;
            fail_allocation(n);
            status = write_page(cell, design, &out, &err);
            struck = allocation_failed();
            fail_allocation(0);
        }
        assert_int_equal(status, struck ? PM_ERR_MEMORY : PM_OK);
        assert_int_equal(allocations_held(), held);
    }
}
