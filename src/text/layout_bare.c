/* SPDX-License-Identifier: MIT */
/* Three columns of numbers without a header: where the first is evenly spaced in its logarithm, it is the frequency. */
#include "layout_steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BARE_LINES = 400, BARE_LEAST = 8 };

/* The three numbers of a line; false where it holds anything else. */
static bool read_three(pm_head_line line, char delimiter, double number[3])
{
    const char *at = line.at, *end = line.at + line.n;
    int n = 0;

    while (end > at && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r')) end--;
    while (at < end) {
        const char *stop = at;
        while (at < end && (*at == ' ' || *at == '\t')) at++;
        for (stop = at; stop < end && *stop != delimiter && *stop != ' ' && *stop != '\t';) stop++;
        if (n == 3 || pm_number_parse(at, stop - at, '.', &number[n]) != PM_NUMERAL_OK) return false;
        n++;
        at = stop;
        while (at < end && (*at == ' ' || *at == '\t')) at++;
        if (at < end && *at == delimiter && delimiter != '\t') at++;
    }
    return n == 3;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Steps of the logarithm, most of them within 30 % of the median, over a decade at least. */
static bool is_sweep(const double *frequency, int n)
{
    double step[BARE_LINES], sorted[BARE_LINES];
    int near = 0, m = 0;

    for (int i = 0; i + 1 < n; i++) step[m++] = fabs(log(frequency[i + 1] / frequency[i]));
    memcpy(sorted, step, (size_t)m * sizeof *step);
    qsort(sorted, (size_t)m, sizeof *sorted, compare);
    double median = sorted[m / 2];
    for (int i = 0; i < m; i++) near += fabs(step[i] - median) <= 0.3 * median;
    return median > 0.01 && median * m > log(10) && near * 10 >= m * 8;
}

/* All lines hold three numbers; frequencies and real parts are positive, as those of a spectrum are but for noise. */
static int read_spectrum(const pm_head *head, char delimiter, double frequency[BARE_LINES])
{
    int n = 0, positive = 0;

    for (int64_t i = 0; i < head->n_lines && n < BARE_LINES; i++) {
        double number[3];
        bool last = head->whole && i + 1 == head->n_lines; /* may be cut */
        if (head->line[i].n == 0) continue;
        if (!read_three(head->line[i], delimiter, number) || !(number[0] > 0)) {
            if (last && n >= BARE_LEAST) break;
            return 0;
        }
        positive += number[1] > 0;
        frequency[n++] = number[0];
    }
    return positive * 10 >= n * 8 ? n : 0;
}

pm_status pm_layout_bare(pm_layout *layout, const pm_head *head, bool *is, pm_error *err)
{
    static const char *const names[] = {"frequency", "real impedance", "imaginary impedance"};
    double frequency[BARE_LINES];
    char delimiter = head->n_lines ? pm_line_delimiter(head->line[0]) : 0;
    int n = read_spectrum(head, delimiter ? delimiter : '\t', frequency);

    *is = n >= BARE_LEAST && is_sweep(frequency, n);
    if (!*is) return PM_OK;
    layout->levels = 1;
    layout->blanks = !delimiter;
    layout->delimiter = delimiter ? delimiter : '\t';
    layout->labels[0].text = calloc(3, sizeof *layout->labels[0].text);
    if (!layout->labels[0].text) return pm_fail(err, PM_ERR_MEMORY, "no memory for a header");
    for (int i = 0; i < 3; i++, layout->labels[0].n++)
        if (!(layout->labels[0].text[i] = pm_text_copy(names[i], -1)))
            return pm_fail(err, PM_ERR_MEMORY, "no memory for a header");
    return PM_OK;
}
