/* SPDX-License-Identifier: MIT */
/* The stages of a life along the cycle axis. */
#include <math.h>

#include "stages.h"
#include "svg.h"
#include "words.h"

/* In the strip's own units, about a pixel. */
static const double left = 14, right = 926, top = 6, bottom = 36, whisker = 48, axis = 62;

typedef struct strip {
    pm_out *out;
    const pm_stages *stages;
    double first, last; /* cycles at its ends */
} strip;

static double at(const strip *s, double cycle)
{
    double part = (cycle - s->first) / fmax(s->last - s->first, 1);
    return left + fmin(fmax(part, 0), 1) * (right - left);
}

static bool has_begun(const pm_stages *s, int stage)
{
    return stage <= PM_STAGES && s->start[stage].told == PM_TOLD_YES;
}

static int next_begun(const pm_stages *s, int stage)
{
    do stage++;
    while (stage <= PM_STAGES && !has_begun(s, stage));
    return stage;
}

/* Between two that have begun may lie one of which that cannot be told. */
void stage_name(const pm_stages *stages, int stage, char name[STAGE_NAME])
{
    int next = next_begun(stages, stage), n = snprintf(name, STAGE_NAME, "stage %d", stage), left_out = 0;
    for (int k = stage + 1; k < next; k++) left_out += stages->start[k].told == PM_TOLD_CANNOT;
    for (int k = stage + 1; k < next; k++)
        if (stages->start[k].told == PM_TOLD_CANNOT)
            n += snprintf(name + n, STAGE_NAME - (size_t)n, --left_out ? ", %d" : " or %d", k);
}

static bool is_sure(const pm_stages *s, int stage)
{
    for (int k = stage + 1; k < next_begun(s, stage); k++)
        if (s->start[k].told == PM_TOLD_CANNOT) return false;
    return true;
}

static void line(pm_out *out, const char *class, double x1, double y1, double x2, double y2)
{
    pm_out_text(out, "<path class=\"%s\" d=\"M", class);
    svg_number(out, x1);
    pm_out_text(out, " ");
    svg_number(out, y1);
    pm_out_text(out, "L");
    svg_number(out, x2);
    pm_out_text(out, " ");
    svg_number(out, y2);
    pm_out_text(out, "\"/>");
}

static void segment(const strip *s, int stage)
{
    int next = next_begun(s->stages, stage);
    double x = at(s, s->stages->start[stage].cycle);
    double width = (next <= PM_STAGES ? at(s, s->stages->start[next].cycle) : right) - x;
    char name[STAGE_NAME], number[2] = {(char)('0' + stage), 0};
    if (width < 0.5) return;
    pm_out_text(s->out, "<rect class=\"s%d%s\" x=\"", stage, is_sure(s->stages, stage) ? "" : " unsure");
    svg_number(s->out, x);
    pm_out_text(s->out, "\" y=\"");
    svg_number(s->out, top);
    pm_out_text(s->out, "\" width=\"");
    svg_number(s->out, width);
    pm_out_text(s->out, "\" height=\"");
    svg_number(s->out, bottom - top);
    pm_out_text(s->out, "\"/>");
    stage_name(s->stages, stage, name);
    if (width > 110)
        svg_text(s->out, x + width / 2, (top + bottom) / 2 + 5, "label middle", name);
    else if (width > 14)
        svg_text(s->out, x + width / 2, (top + bottom) / 2 + 5, "label middle", number);
}

/* Where a stage begins, and its interval as a bar with ends. */
static void beginning(const strip *s, int stage)
{
    const pm_stage_start *start = &s->stages->start[stage];
    double x = at(s, start->cycle), low = at(s, start->low), high = at(s, start->high);
    line(s->out, "start", x, top - 4, x, whisker + 4);
    line(s->out, "interval", low, whisker, high, whisker);
    line(s->out, "interval", low, whisker - 4, low, whisker + 4);
    line(s->out, "interval", high, whisker - 4, high, whisker + 4);
}

static void cycles_axis(const strip *s)
{
    int decimals;
    words_text text;
    double step = fmax(svg_tick_step(s->first, s->last, 12, &decimals), 1);
    line(s->out, "axis", left, axis, right, axis);
    for (double cycle = ceil(s->first / step) * step; cycle <= s->last; cycle += step) {
        line(s->out, "axis", at(s, cycle), axis, at(s, cycle), axis + 4);
        svg_text(s->out, at(s, cycle), axis + 18, "tick middle", words_fixed(cycle, 0, text));
    }
    svg_text(s->out, (left + right) / 2, axis + 36, "label middle", "cycle");
}

void write_strip(pm_out *out, const char *id, const pm_stages *stages)
{
    strip s = {out, stages, stages->start[1].cycle, (double)stages->last};
    if (!has_begun(stages, 1)) s.first = 1; /* anode-free */
    pm_out_text(out,
                "<div class=\"static\"><svg class=\"plot stages\" viewBox=\"0 0 940 104\" role=\"img\" "
                "aria-labelledby=\"%s-strip\"><title id=\"%s-strip\">Stages by cycle; the table below says the same"
                "</title>",
                id, id);
    for (int k = 1; k <= PM_STAGES; k++)
        if (has_begun(stages, k)) segment(&s, k);
    for (int k = 2; k <= PM_STAGES; k++)
        if (has_begun(stages, k) && stages->start[k].cycle > s.first) beginning(&s, k);
    cycles_axis(&s);
    pm_out_text(out, "</svg></div>\n");
}
