/* SPDX-License-Identifier: MIT */
/* Which sheets of a workbook hold the records: the text engine looks at each. */
#include "xlsx.h"

#include <math.h>
#include <stdlib.h>

enum { TRIAL_BYTES = 24 * 1024 };

/* ---- one sheet ---- */

static int rank_of(const pm_text_look *look)
{
    static const char *const contents[] = {"table", "cycles", "spectra", "records"};
    int rank = 1;

    for (int i = 0; i < 4; i++)
        if (strcmp(look->content, contents[i]) == 0) rank = 10 * (i + 1);
    return rank + (look->is_dialect ? 5 : 0);
}

static pm_status note_look(pm_sheet *sheet, const pm_head *head, const pm_text_look *look, pm_error *err)
{
    pm_head_line labels = {"", 0};

    sheet->rank = rank_of(look);
    memcpy(sheet->content, look->content, sizeof sheet->content);
    sheet->data_line = look->data_line;
    sheet->start = look->test_time;
    sheet->start_number = look->record_number;
    if (look->header_line >= 1 && look->header_line <= head->n_lines) labels = head->line[look->header_line - 1];
    sheet->labels = pm_text_copy(labels.at, labels.n);
    return sheet->labels ? PM_OK : pm_fail(err, PM_ERR_MEMORY, "no memory for a header");
}

typedef struct judge {
    pm_text_options options;
    pm_error why; /* what was wrong with the sheet looked at last */
} judge;

/* A sheet that cannot be read is a failure; one that is no table is just not chosen. */
static pm_status look_at(pm_workbook *book, int i, judge *j, pm_error *err)
{
    pm_sheet *sheet = &book->sheet[i];
    pm_head head = {0};
    pm_text_look look;
    pm_status s = pm_sheet_head(book, i, TRIAL_BYTES, &head, err);

    if (!s) s = pm_sheet_header(book, sheet, &head, err);
    if (!s && sheet->header) {
        pm_head_free(&head);
        s = pm_sheet_head(book, i, TRIAL_BYTES, &head, err);
    }
    if (!s && head.n_lines > 0) {
        j->why = (pm_error){.byte = -1, .line = -1, .row = -1};
        s = pm_text_look_at(&head, &j->options, &look, &j->why);
        if (!s) s = note_look(sheet, &head, &look, err);
        if (s == PM_ERR_MEMORY && err)
            *err = j->why;
        else if (s != PM_ERR_MEMORY)
            s = PM_OK;
    }
    pm_head_free(&head);
    return s;
}

/* ---- several sheets ---- */

/* "Channel_1_2" without its number: "Channel_1". */
static int64_t stem(const char *name)
{
    int64_t n = (int64_t)strlen(name);

    while (n > 0 && strchr(" )]", name[n - 1])) n--;
    while (n > 0 && name[n - 1] >= '0' && name[n - 1] <= '9') n--;
    while (n > 0 && strchr(" _-.([", name[n - 1])) n--;
    return n;
}

/* The same test goes on: names that differ by a number, or by one added, and a later start. */
static bool goes_on(const pm_sheet *before, const pm_sheet *sheet)
{
    int64_t a = stem(before->name), b = stem(sheet->name), whole = (int64_t)strlen(before->name);
    bool numbered = a == b && memcmp(before->name, sheet->name, (size_t)a) == 0;
    bool added = b == whole && memcmp(before->name, sheet->name, (size_t)b) == 0;

    if (!numbered && !added) return false;
    if (isfinite(before->start_number) && isfinite(sheet->start_number))
        return sheet->start_number > before->start_number;
    return sheet->start > before->start;
}

static int best_sheet(const pm_workbook *book)
{
    int best = -1;

    for (int i = 0; i < book->n_sheets; i++) {
        const pm_sheet *s = &book->sheet[i], *b = best < 0 ? NULL : &book->sheet[best];
        if (s->rank == 0) continue;
        if (!b || s->rank > b->rank || (s->rank == b->rank && s->bytes > b->bytes)) best = i;
    }
    return best;
}

static void add_other(pm_workbook *book, const pm_sheet *sheet)
{
    size_t used = strlen(book->others);

    snprintf(book->others + used, sizeof book->others - used, "%s'%.40s'", book->n_others++ ? ", " : "", sheet->name);
}

/* The first sheet with the best one's header, those that go on with it, and those that do not. */
static pm_status choose(pm_workbook *book, pm_error *err)
{
    int best = best_sheet(book);

    book->chosen = calloc((size_t)book->n_sheets + 1, sizeof *book->chosen);
    if (!book->chosen) return pm_fail(err, PM_ERR_MEMORY, "no memory for a workbook");
    for (int i = 0; best >= 0 && i < book->n_sheets; i++) {
        pm_sheet *sheet = &book->sheet[i];
        if (sheet->rank != book->sheet[best].rank || strcmp(sheet->labels, book->sheet[best].labels) != 0) continue;
        if (book->n_chosen > 0 && !goes_on(&book->sheet[book->chosen[book->n_chosen - 1]], sheet)) {
            add_other(book, sheet);
            continue;
        }
        if (book->n_chosen > 0) sheet->first_row = sheet->data_line - 1;
        book->chosen[book->n_chosen++] = i;
    }
    return PM_OK;
}

static pm_status no_table(const pm_workbook *book, int looked_at, const judge *j, pm_error *err)
{
    char names[120] = "";

    if (looked_at == 1 && j->why.code) {
        if (err) *err = j->why;
        return j->why.code;
    }
    for (int i = 0; i < book->n_sheets; i++) {
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s'%.30s'", i ? ", " : "", book->sheet[i].name);
    }
    return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(),
                      "if one is a table, name its columns: --map time=LABEL,voltage=LABEL,current=LABEL",
                      "none of the workbook's %lld sheets names columns such as time, voltage or current: %s",
                      (long long)book->n_sheets, names);
}

pm_status pm_workbook_choose(pm_workbook *book, const pm_text_options *options, pm_source **lines, pm_error *err)
{
    judge j = {*options, {0}};
    int looked_at = 0;
    pm_status s;

    j.options.columns = NULL;
    for (int i = 0; i < book->n_sheets; i++) {
        if (!book->sheet[i].part) continue; /* a chart */
        looked_at++;
        if ((s = look_at(book, i, &j, err))) return s;
    }
    if ((s = choose(book, err))) return s;
    if (book->n_chosen == 0) return no_table(book, looked_at, &j, err);
    if ((s = pm_sheet_text_new(book, book->chosen, book->n_chosen, &book->text, err))) return s;
    return pm_source_of_pull((pm_pull){book->text, pm_sheet_text_read}, lines, err);
}

/* ---- what is said of them ---- */

int64_t pm_workbook_rows(const pm_workbook *book)
{
    int64_t rows = 0;

    for (int i = 0; i < book->n_chosen; i++) {
        const pm_sheet *sheet = &book->sheet[book->chosen[i]];
        if (sheet->rows < sheet->data_line) return -1;
        rows += sheet->rows - sheet->data_line + 1;
    }
    return rows;
}

void pm_workbook_guess(const pm_workbook *book, pm_guess *guess)
{
    pm_guess was = *guess;
    const char *name = book->sheet[book->chosen[0]].name;

    snprintf(guess->title, sizeof guess->title, "%.40s, Excel workbook", was.title);
    if (book->n_chosen > 1)
        snprintf(guess->reason, sizeof guess->reason, "sheet '%.40s' and %d more: %.120s", name, book->n_chosen - 1,
                 was.reason);
    else
        snprintf(guess->reason, sizeof guess->reason, "sheet '%.40s': %.140s", name, was.reason);
}

void pm_workbook_findings(const pm_workbook *book, pm_builder *findings)
{
    char message[256];
    pm_finding x = pm_finding_blank("tests-joined", "warning", book->n_others);

    if (book->n_others == 0) return;
    snprintf(message, sizeof message, "the workbook holds more tests: sheet '%.40s' is read, not %s",
             book->sheet[book->chosen[0]].name, book->others);
    x.message = message;
    x.hint = "save each of these sheets as a file of its own";
    pm_builder_push(findings, &x);
}

void pm_workbook_parts(const pm_workbook *book, pm_builder *parts)
{
    for (int64_t i = 0; i < book->n_sheets; i++) {
        const pm_sheet *s = &book->sheet[i];
        char detail[1024];
        bool chosen = false;
        for (int k = 0; k < book->n_chosen; k++) chosen = chosen || book->chosen[k] == i;
        size_t n = (size_t)snprintf(detail, sizeof detail, "%s%s%s", s->part ? s->content : "no cells",
                                    chosen ? ", read" : "", s->labels && s->labels[0] ? ": " : "");
        for (const char *c = s->labels ? s->labels : ""; *c && n + 3 < sizeof detail; c++) {
            if (*c == '\t') detail[n++] = ',';
            detail[n++] = *c == '\t' ? ' ' : *c;
        }
        detail[n < sizeof detail ? n : sizeof detail - 1] = 0;
        pm_part part = {.part = s->name,
                        .kind = "sheet",
                        .version = "",
                        .offset = PM_NO_INT,
                        .bytes = s->bytes < 0 ? PM_NO_INT : s->bytes,
                        .rows = s->rows < 0 ? PM_NO_INT : s->rows,
                        .detail = detail};
        pm_builder_push(parts, &part);
    }
}
