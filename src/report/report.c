/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "page.h"
#include "paper.h"

/* A cell as HTML: its row of the overview and its section. */
typedef struct rendered {
    pm_out *row, *section;
} rendered;

struct pm_report {
    char *title;
    rendered *cells;
    int64_t n, room;
    pm_out **designs; /* their sections */
    int64_t n_designs, designs_room;
    int failed, simulated;
};

bool pm_report_has_zoom(void)
{
    return page_can_zoom();
}

pm_status pm_report_new(const char *title, pm_report **out, pm_error *err)
{
    pm_scoped(pm_report) report = calloc(1, sizeof *report);
    if (report) report->title = pm_text_copy(title ? title : "premortem", -1);
    if (!report || !report->title) return pm_fail(err, PM_ERR_MEMORY, "no memory for a report");
    *out = report;
    report = NULL;
    return PM_OK;
}

static pm_status render(const pm_report_cell *cell, const char *id, pm_out *row, pm_out *section, pm_error *err)
{
    gist g;
    pm_status s;
    if ((s = gist_of(cell, &g, err))) return s;
    write_overview_row(row, id, cell, &g);
    if ((s = write_cell(section, id, cell, &g, err))) return s;
    if ((s = pm_out_commit(row, err))) return s;
    return pm_out_commit(section, err);
}

pm_status pm_report_add(pm_report *report, const pm_report_cell *cell, pm_error *err)
{
    pm_scoped(pm_out) row = NULL;
    pm_scoped(pm_out) section = NULL;
    char id[32];
    pm_status s;
    snprintf(id, sizeof id, "cell-%lld", (long long)(report->n + 1));
    if ((s = pm_grow(&report->cells, &report->room, report->n + 1, sizeof *report->cells, err))) return s;
    if ((s = pm_out_open(NULL, false, &row, err))) return s;
    if ((s = pm_out_open(NULL, false, &section, err))) return s;
    if ((s = render(cell, id, row, section, err))) return s;
    report->cells[report->n++] = (rendered){row, section};
    report->failed += cell->error != NULL;
    bool judged = cell->fate && cell->fate->verdict;
    report->simulated += judged && pm_predictor_tell(cell->fate->model)->simulated;
    row = section = NULL;
    return PM_OK;
}

pm_status pm_report_add_design(pm_report *report, const pm_report_design *design, pm_error *err)
{
    pm_scoped(pm_out) section = NULL;
    char id[32];
    int64_t n = report->n_designs + 1;
    pm_status s;
    snprintf(id, sizeof id, "design-%lld", (long long)n);
    if ((s = pm_grow(&report->designs, &report->designs_room, n, sizeof *report->designs, err))) return s;
    if ((s = pm_out_open(NULL, false, &section, err))) return s;
    if ((s = write_design(section, id, design, err))) return s;
    if ((s = pm_out_commit(section, err))) return s;
    report->designs[report->n_designs++] = section;
    section = NULL;
    return PM_OK;
}

static pm_status append(pm_out *to, const pm_out *from, pm_error *err)
{
    int64_t length;
    const char *bytes = pm_out_memory(from, &length);
    if (!bytes) return pm_fail(err, PM_ERR_INTERNAL, "a part of the report is lost");
    pm_out_bytes(to, bytes, length);
    return PM_OK;
}

pm_status pm_report_write(const pm_report *report, pm_out *to, pm_error *err)
{
    pm_status s;
    if ((s = write_page_start(to, report->title, (int)report->n, report->failed, err))) return s;
    for (int64_t i = 0; i < report->n; i++)
        if ((s = append(to, report->cells[i].row, err))) return s;
    write_page_middle(to, report->simulated);
    for (int64_t i = 0; i < report->n; i++)
        if ((s = append(to, report->cells[i].section, err))) return s;
    for (int64_t i = 0; i < report->n_designs; i++)
        if ((s = append(to, report->designs[i], err))) return s;
    write_page_end(to);
    return PM_OK;
}

void pm_report_free(pm_report *report)
{
    if (!report) return;
    for (int64_t i = 0; i < report->n; i++) {
        pm_out_free(report->cells[i].row);
        pm_out_free(report->cells[i].section);
    }
    for (int64_t i = 0; i < report->n_designs; i++) pm_out_free(report->designs[i]);
    free(report->designs);
    free(report->cells);
    free(report->title);
    free(report);
}
