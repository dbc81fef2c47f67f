/* SPDX-License-Identifier: MIT */
/* How good predictions are, with intervals from drawing the groups anew. */
#include "learn.h"

#include <math.h>
#include <string.h>

enum { MEASURES = 5 };

/* ---- ranks ---- */

typedef struct ranked {
    double value;
    int64_t row;
} ranked;

static int by_value(const void *a, const void *b)
{
    double l = ((const ranked *)a)->value, r = ((const ranked *)b)->value;
    return (l > r) - (l < r);
}

static bool has_gap(int64_t n, const double *values)
{
    for (int64_t i = 0; i < n; i++)
        if (isnan(values[i])) return true;
    return false;
}

/* Ranks from 1, ties at their mean. */
static void rank(int64_t n, const double *values, ranked *scratch, double *ranks)
{
    for (int64_t i = 0; i < n; i++) scratch[i] = (ranked){values[i], i};
    qsort(scratch, (size_t)n, sizeof *scratch, by_value);
    for (int64_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && scratch[j].value == scratch[i].value; j++) {
        }
        for (int64_t k = i; k < j; k++) ranks[scratch[k].row] = (double)(i + j + 1) / 2;
    }
}

static double correlation(int64_t n, const double *a, const double *b)
{
    double mean_a = pm_mean(a, n), mean_b = pm_mean(b, n), ab = 0, aa = 0, bb = 0;

    for (int64_t i = 0; i < n; i++) {
        ab += (a[i] - mean_a) * (b[i] - mean_b);
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        bb += (b[i] - mean_b) * (b[i] - mean_b);
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : NAN;
}

static double rank_correlation(int64_t n, const double *a, const double *b, ranked *scratch, double *ra, double *rb)
{
    if (n < 3 || has_gap(n, a) || has_gap(n, b)) return NAN;
    rank(n, a, scratch, ra);
    rank(n, b, scratch, rb);
    return correlation(n, ra, rb);
}

pm_status pm_spearman(int64_t n, const double *a, const double *b, double *out, pm_error *err)
{
    pm_scoped_memory ranked *scratch = malloc((size_t)(n + 1) * sizeof *scratch);
    pm_scoped_memory double *ra = malloc((size_t)(n + 1) * sizeof *ra), *rb = malloc((size_t)(n + 1) * sizeof *rb);

    if (!scratch || !ra || !rb) return pm_fail(err, PM_ERR_MEMORY, "no memory for ranks");
    *out = rank_correlation(n, a, b, scratch, ra, rb);
    return PM_OK;
}

/* Mann and Whitney: mean rank of the ones. */
static double auc_of(int64_t n, const double *score, const bool *one, ranked *scratch, double *ranks)
{
    double ones = 0, sum = 0;

    rank(n, score, scratch, ranks);
    for (int64_t i = 0; i < n; i++) {
        ones += one[i];
        sum += one[i] ? ranks[i] : 0;
    }
    double zeros = (double)n - ones;
    return ones > 0 && zeros > 0 ? (sum - ones * (ones + 1) / 2) / (ones * zeros) : NAN;
}

pm_status pm_auc(int64_t n, const double *score, const int *label, double *out, pm_error *err)
{
    pm_scoped_memory ranked *scratch = malloc((size_t)(n + 1) * sizeof *scratch);
    pm_scoped_memory double *ranks = malloc((size_t)(n + 1) * sizeof *ranks);
    pm_scoped_memory bool *one = malloc((size_t)n + 1);

    if (!scratch || !ranks || !one) return pm_fail(err, PM_ERR_MEMORY, "no memory for ranks");
    for (int64_t i = 0; i < n; i++) one[i] = label[i] == 1;
    *out = has_gap(n, score) ? NAN : auc_of(n, score, one, scratch, ranks);
    return PM_OK;
}

/* ---- what a drawing of rows scores ---- */

typedef struct drawing {
    const pm_data *d;
    const double *p;     /* probabilities [n][classes], or predictions [n] */
    const int64_t *rows; /* of the drawing */
    int64_t n;
    /* scratch, each with room for every drawing */
    ranked *scratch;
    double *ranks, *a, *b, *others;
    bool *one;
    int64_t *confusion;
} drawing;

static int likeliest(const double *p, int classes)
{
    int best = 0;

    for (int k = 1; k < classes; k++)
        if (p[k] > p[best]) best = k;
    return best;
}

static void count_confusion(const drawing *w)
{
    int k = w->d->classes;

    memset(w->confusion, 0, (size_t)k * (size_t)k * sizeof *w->confusion);
    for (int64_t i = 0; i < w->n; i++) {
        int64_t row = w->rows[i];
        w->confusion[w->d->y[row] * k + likeliest(w->p + row * k, k)]++;
    }
}

static double macro_f1(const drawing *w)
{
    int k = w->d->classes, present = 0;
    double sum = 0;

    for (int c = 0; c < k; c++) {
        int64_t own = 0, called = 0;
        for (int e = 0; e < k; e++) {
            own += w->confusion[c * k + e];
            called += w->confusion[e * k + c];
        }
        if (!own) continue;
        present++;
        sum += 2 * (double)w->confusion[c * k + c] / (double)(own + called);
    }
    return present ? sum / present : NAN;
}

static double mean_auc(const drawing *w)
{
    int k = w->d->classes, counted = 0;
    double sum = 0;

    for (int c = 0; c < k; c++) {
        for (int64_t i = 0; i < w->n; i++) {
            w->a[i] = w->p[w->rows[i] * k + c];
            w->one[i] = w->d->y[w->rows[i]] == c;
        }
        double own = auc_of(w->n, w->a, w->one, w->scratch, w->ranks);
        if (isnan(own)) continue;
        sum += own;
        counted++;
    }
    return counted ? sum / counted : NAN;
}

static void score_classes(const drawing *w, double m[MEASURES])
{
    int k = w->d->classes;
    int64_t right = 0;
    double brier = 0, loss = 0;

    count_confusion(w);
    for (int c = 0; c < k; c++) right += w->confusion[c * k + c];
    for (int64_t i = 0; i < w->n; i++) {
        const double *p = w->p + w->rows[i] * k;
        int y = w->d->y[w->rows[i]];
        for (int c = 0; c < k; c++) brier += (p[c] - (c == y)) * (p[c] - (c == y));
        loss -= log(fmax(p[y], 1e-15));
    }
    m[0] = (double)right / (double)w->n;
    m[1] = macro_f1(w);
    m[2] = mean_auc(w);
    m[3] = brier / (double)w->n;
    m[4] = loss / (double)w->n;
}

/* Of two rows the one whose target is known to be less should be predicted less. */
static double concordance(const drawing *w)
{
    double pairs = 0, right = 0;

    for (int64_t i = 0; i < w->n; i++)
        for (int64_t j = 0; j < w->n; j++) {
            int64_t a = w->rows[i], b = w->rows[j];
            bool ends = !w->d->upper || isfinite(w->d->upper[a]);
            bool later = w->d->target[b] > w->d->target[a] ||
                         (w->d->target[b] == w->d->target[a] && w->d->upper && !isfinite(w->d->upper[b]));
            if (!ends || !later) continue;
            pairs++;
            right += w->p[a] < w->p[b] ? 1 : w->p[a] == w->p[b] ? 0.5 : 0;
        }
    return pairs > 0 ? right / pairs : NAN;
}

static void score_numbers(const drawing *w, double m[MEASURES])
{
    double squares = 0, shares = 0;
    int64_t n = 0;

    for (int64_t i = 0; i < w->n; i++) {
        int64_t row = w->rows[i];
        if (w->d->upper && !isfinite(w->d->upper[row])) continue;
        w->a[n] = w->p[row];
        w->b[n] = w->d->target[row];
        squares += (w->a[n] - w->b[n]) * (w->a[n] - w->b[n]);
        shares += fabs(w->a[n] / w->b[n] - 1);
        n++;
    }
    m[0] = n ? sqrt(squares / (double)n) : NAN;
    m[1] = n ? shares / (double)n : NAN;
    m[2] = rank_correlation(n, w->a, w->b, w->scratch, w->ranks, w->others);
    m[3] = concordance(w);
    m[4] = NAN;
}

/* ---- drawing groups ---- */

typedef struct groups {
    int64_t *first, *rows; /* rows of group g: rows[first[g]] .. rows[first[g + 1] - 1] */
    int n;                 /* groups that have rows */
    int *present;
    int64_t most; /* rows that a drawing can have */
} groups;

static void groups_free(groups *g)
{
    free(g->first);
    free(g->rows);
    free(g->present);
}

static pm_status groups_new(const pm_data *d, groups *g, pm_error *err)
{
    int64_t largest = 0;

    *g = (groups){calloc((size_t)d->groups + 2, sizeof *g->first), calloc((size_t)d->n + 1, sizeof *g->rows), 0,
                  calloc((size_t)d->groups + 1, sizeof *g->present), 0};
    if (!g->first || !g->rows || !g->present) return pm_fail(err, PM_ERR_MEMORY, "no memory for scores");
    for (int64_t i = 0; i < d->n; i++) g->first[d->group[i] + 2]++;
    for (int k = 0; k < d->groups; k++) {
        int64_t own = g->first[k + 2];
        if (own) g->present[g->n++] = k;
        if (own > largest) largest = own;
        g->first[k + 2] += g->first[k + 1];
    }
    for (int64_t i = 0; i < d->n; i++) g->rows[g->first[d->group[i] + 1]++] = i;
    g->most = largest * g->n > d->n ? largest * g->n : d->n;
    return PM_OK;
}

static int64_t draw(const groups *g, pm_random *r, int64_t *rows)
{
    int64_t n = 0;

    for (int i = 0; i < g->n; i++) {
        int k = g->present[(int)(pm_random_uniform(r) * g->n)];
        for (int64_t j = g->first[k]; j < g->first[k + 1]; j++) rows[n++] = g->rows[j];
    }
    return n;
}

static pm_interval interval_of(double value, double *drawn, int64_t n)
{
    int64_t k = 0;

    for (int64_t i = 0; i < n; i++)
        if (!isnan(drawn[i])) drawn[k++] = drawn[i];
    return (pm_interval){value, k ? pm_quantile(drawn, k, 0.025) : NAN, k ? pm_quantile(drawn, k, 0.975) : NAN};
}

/* All measures of the whole data, and their intervals. */
static pm_status measure(drawing *w, const groups *g, int bootstraps, uint64_t seed, const pm_run *run, int64_t *rows,
                         void (*score)(const drawing *, double[MEASURES]), pm_interval out[MEASURES], pm_error *err)
{
    pm_scoped_memory double *drawn = malloc(MEASURES * (size_t)(bootstraps + 1) * sizeof *drawn);
    double m[MEASURES], own[MEASURES];
    pm_status s;

    if (!drawn) return pm_fail(err, PM_ERR_MEMORY, "no memory for scores");
    if (g->n < 2) bootstraps = 0; /* one group drawn again and again has no spread, which is not certainty */
    for (int b = 0; b < bootstraps; b++) {
        pm_random r = pm_random_stream(seed, "learn/bootstrap", (uint64_t)b);
        if ((s = pm_run_check(run, err))) return s;
        w->n = draw(g, &r, rows);
        score(w, m);
        for (int k = 0; k < MEASURES; k++) drawn[k * bootstraps + b] = m[k];
    }
    for (int64_t i = 0; i < w->d->n; i++) rows[i] = i;
    w->n = w->d->n;
    score(w, own);
    for (int k = 0; k < MEASURES; k++) out[k] = interval_of(own[k], drawn + (int64_t)k * bootstraps, bootstraps);
    return PM_OK;
}

static pm_status measure_all(const pm_data *d, const double *p, int64_t *confusion, int bootstraps, uint64_t seed,
                             const pm_run *run, void (*score)(const drawing *, double[MEASURES]),
                             pm_interval out[MEASURES], pm_error *err)
{
    groups g;
    pm_status s = groups_new(d, &g, err);
    size_t most = s ? 1 : (size_t)g.most + 1;
    pm_scoped_memory int64_t *rows = calloc(most, sizeof *rows);
    pm_scoped_memory ranked *scratch = calloc(most, sizeof *scratch);
    pm_scoped_memory double *numbers = calloc(4 * most, sizeof *numbers);
    pm_scoped_memory bool *one = calloc(most, sizeof *one);

    if (!s && (!rows || !scratch || !numbers || !one)) s = pm_fail(err, PM_ERR_MEMORY, "no memory for scores");
    drawing w = {d,   p,        rows, 0, scratch, numbers, numbers + most, numbers + 2 * most, numbers + 3 * most,
                 one, confusion};
    if (!s) s = measure(&w, &g, bootstraps, seed, run, rows, score, out, err);
    groups_free(&g);
    return s;
}

static pm_status check_predictions(const pm_data *d, const double *p, pm_error *err)
{
    int outputs = d->classes ? d->classes : 1;

    for (int64_t i = 0; i < d->n * outputs; i++)
        if (!isfinite(p[i]))
            return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "score rows that are predicted, and only those",
                              "row %lld: its prediction is not a finite number", (long long)(i / outputs) + 1);
    return PM_OK;
}

pm_status pm_scores_of(const pm_data *d, const double *probability, int bootstraps, uint64_t seed, const pm_run *run,
                       pm_scores *out, pm_error *err)
{
    pm_interval m[MEASURES];
    pm_status s;

    if (!d->y) return pm_fail(err, PM_ERR_ARGUMENT, "these scores are of classes, and the data have none");
    if ((s = check_predictions(d, probability, err))) return s;
    int64_t *confusion = calloc((size_t)d->classes * (size_t)d->classes + 1, sizeof *confusion);
    s = confusion ? PM_OK : pm_fail(err, PM_ERR_MEMORY, "no memory for scores");
    if (!s) s = measure_all(d, probability, confusion, bootstraps, seed, run, score_classes, m, err);
    if (s) {
        free(confusion);
        return s;
    }
    *out = (pm_scores){d->classes, confusion, m[0], m[1], m[2], m[3], m[4]};
    return PM_OK;
}

void pm_scores_leave(pm_scores *scores)
{
    free(scores->confusion);
    scores->confusion = NULL;
}

pm_status pm_errors_of(const pm_data *d, const double *predicted, int bootstraps, uint64_t seed, const pm_run *run,
                       pm_errors *out, pm_error *err)
{
    pm_interval m[MEASURES];
    pm_status s;

    if (!d->target) return pm_fail(err, PM_ERR_ARGUMENT, "these errors are of numbers, and the data have no target");
    if ((s = check_predictions(d, predicted, err))) return s;
    s = measure_all(d, predicted, NULL, bootstraps, seed, run, score_numbers, m, err);
    if (!s) *out = (pm_errors){m[0], m[1], m[2], m[3]};
    return s;
}
