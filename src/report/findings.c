/* SPDX-License-Identifier: MIT */
/* What the audit found, in plain words. */
#include <math.h>
#include <string.h>

#include "page.h"
#include "plots.h"

/* More are not read by anybody; the csv has them all. */
enum { SHOWN = 200 };

static const char *word(const pm_table *table, const char *name, int64_t row)
{
    const pm_column *column = pm_table_find(table, name);
    const char *text = column && column->type == PM_STRING ? pm_column_word(column, row) : NULL;
    return text ? text : "";
}

static const char *whole(double value, words_text text)
{
    return words_whole((int64_t)value, text);
}

static void separate(pm_out *out, bool *any)
{
    if (*any) pm_out_text(out, " · ");
    *any = true;
}

static void evidence(pm_out *out, const pm_table *t, int64_t row)
{
    static const char *const numbers[] = {"expected", "observed", "factor"};
    words_text a, b;
    bool any = false;
    double count = pm_table_real(t, "count", row), first = pm_table_real(t, "row_first", row),
           last = pm_table_real(t, "row_last", row);
    if (word(t, "column", row)[0]) {
        separate(out, &any);
        pm_out_text(out, "column <code>");
        pm_out_html(out, word(t, "column", row));
        pm_out_text(out, "</code>");
    }
    if (isfinite(count)) {
        separate(out, &any);
        pm_out_text(out, count == 1 ? "once" : "%s times", whole(count, a));
    }
    if (isfinite(first)) {
        separate(out, &any);
        if (isfinite(last) && last != first)
            pm_out_text(out, "rows %s to %s", whole(first, a), whole(last, b));
        else
            pm_out_text(out, "row %s", whole(first, a));
    }
    for (int k = 0; k < 3; k++) {
        double value = pm_table_real(t, numbers[k], row);
        if (!isfinite(value)) continue;
        separate(out, &any);
        pm_out_text(out, "%s %s", numbers[k], words_short(value, 6, a));
    }
}

static void one(pm_out *out, const pm_table *t, int64_t row)
{
    const char *message = word(t, "message", row), *hint = word(t, "hint", row);
    bool repaired = strcmp(word(t, "action", row), "reconciled") == 0,
         could = pm_table_real(t, "reconcilable", row) == 1;
    pm_out_text(out, "<li><p>");
    write_badge(out, word(t, "severity", row));
    pm_out_text(out, " <b>");
    pm_out_html(out, message[0] ? message : word(t, "code", row));
    pm_out_text(out, "</b></p><p class=\"evidence\">");
    evidence(out, t, row);
    pm_out_text(out, "</p><p>");
    pm_out_text(out, repaired ? "Repaired, as asked." : "Nothing was changed.");
    if (!repaired && could) pm_out_text(out, " <code>--reconcile</code> would repair it.");
    if (hint[0]) {
        pm_out_text(out, " <span class=\"hint\">Hint: ");
        pm_out_html(out, hint);
        pm_out_text(out, "</span>");
    }
    pm_out_text(out, " <code class=\"code\">");
    pm_out_html(out, word(t, "code", row));
    pm_out_text(out, "</code></p></li>\n");
}

void write_findings(pm_out *out, const pm_table *findings)
{
    int64_t n = findings ? pm_table_rows(findings) : 0;
    pm_out_text(out, "<h3>Audit of the file</h3>\n");
    if (n == 0) {
        pm_out_text(out, "<p>");
        write_badge(out, "none");
        pm_out_text(out, findings ? " The audit found nothing wrong.</p>\n" : " There was no audit.</p>\n");
        return;
    }
    pm_out_text(out, "<ul class=\"findings\">\n");
    for (int64_t i = 0; i < n && i < SHOWN; i++) one(out, findings, i);
    pm_out_text(out, "</ul>\n");
    if (n > SHOWN) pm_out_text(out, "<p>%lld more are not shown here.</p>\n", (long long)(n - SHOWN));
}
