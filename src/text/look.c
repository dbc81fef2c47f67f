/* SPDX-License-Identifier: MIT */
/* What a head looks like, for those who choose among several texts. */
#include "clock.h"
#include "layout_find.h"
#include "tokens.h"

#include <math.h>
#include <string.h>

/* What a quantity is in the first row of data. */
static double first_value(const pm_layout *layout, const pm_tokens *tokens, const char *name)
{
    const pm_text_column *c = pm_layout_column(layout, name);
    int64_t n;
    bool plain;
    double v;

    if (!c || c->kind == PM_VALUE_CLOCK || tokens->n_lines == 0) return NAN;
    const char *at = pm_tokens_field(tokens, &tokens->lines[0], c->field, &n);
    return pm_duration_parse(at, n, layout->decimal, &v, &plain) == PM_NUMERAL_OK ? v * c->num / c->den : NAN;
}

static pm_status look_at_row(const pm_layout *layout, pm_head_line row, pm_text_look *look, pm_error *err)
{
    pm_tokens tokens = {0};
    pm_status s = pm_tokens_find(&tokens, row.at, row.n, layout->delimiter, err);

    if (!s) look->test_time = first_value(layout, &tokens, "test_time_second");
    if (!s) look->record_number = first_value(layout, &tokens, "record_number");
    pm_tokens_free(&tokens);
    return s;
}

pm_status pm_text_look_at(const pm_head *head, const pm_text_options *options, pm_text_look *out, pm_error *err)
{
    pm_layout layout = {0};
    pm_status s = pm_layout_find(head, options, &layout, err);

    *out = (pm_text_look){.test_time = NAN, .record_number = NAN};
    if (!s) {
        memcpy(out->content, layout.guess.content, sizeof out->content);
        out->is_dialect = layout.dialect != NULL;
        out->header_line = layout.header_line;
        out->data_line = layout.data_line;
    }
    if (!s && layout.data_line >= 1 && layout.data_line <= head->n_lines)
        s = look_at_row(&layout, head->line[layout.data_line - 1], out, err);
    pm_layout_free(&layout);
    return s;
}
