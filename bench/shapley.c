/* SPDX-License-Identifier: MIT */
/* Shapley values of one boosted model, ours and XGBoost's in turn, with one thread and with two. Arguments: rows,
   features, trees, depth, repetitions. What XGBoost is loaded is the dynamic linker's choice. */
#include "learn/booster.h"
#include "learn/fit.h"

#include <math.h>
#include <time.h>

enum { MOST_RUNS = 99 };

typedef struct bench {
    pm_data data;
    pm_booster *booster;
    pm_trees *trees;
    double *ours, *theirs, *margin;
} bench;

_Noreturn static void stop(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static void *room(int64_t n)
{
    void *memory = calloc((size_t)n, sizeof(double));
    if (!memory) stop("rows", "no memory");
    return memory;
}

/* A smooth target of all features with products, so that every tree is grown to its depth; one value in twenty of one
   feature is missing. */
static void make_data(pm_data *d)
{
    pm_random r = pm_random_stream(1, "bench/shapley", 0);
    d->x = room(d->n * d->p);
    d->target = room(d->n);
    for (int64_t i = 0; i < d->n; i++) {
        double *x = d->x + i * d->p, sum = 0;
        for (int f = 0; f < d->p; f++) x[f] = pm_random_uniform(&r);
        for (int f = 0; f < d->p; f++) sum += sin((3 + f % 4) * x[f]) * x[(7 * f + 3) % d->p] / (1 + f / 4.0);
        d->target[i] = sum + 0.1 * pm_random_normal(&r);
        if (pm_random_uniform(&r) < 0.05) x[0] = NAN;
    }
}

static void train(bench *b, int trees, int depth)
{
    pm_error err = {0};
    pm_learn_options o = pm_learn_defaults(&(pm_learn_options){.learner = PM_BOOSTED, .trees = trees, .depth = depth});
    b->trees = room(sizeof *b->trees);
    b->trees->base = room(1);
    if (pm_booster_train(&b->data, &o, &b->booster, &err)) stop("training", err.message);
    if (pm_booster_adopt(b->booster, b->trees, &err)) stop("adopting", err.message);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double time_ours(bench *b, int threads)
{
    pm_error err = {0};
    double start = now();
    if (pm_trees_shapley(b->trees, b->data.n, b->data.x, &(pm_run){.threads = threads}, b->ours, &err))
        stop("ours", err.message);
    return now() - start;
}

static double time_theirs(bench *b, int threads)
{
    pm_error err = {0};
    double start = now();
    if (pm_booster_explain(b->booster, b->data.n, b->data.x, false, threads, b->theirs, &err))
        stop("XGBoost", err.message);
    return now() - start;
}

/* Largest difference over the range of the margins. */
static double difference(const bench *b)
{
    double low = INFINITY, high = -INFINITY, most = 0;
    pm_trees_sum(b->trees, b->data.n, b->data.x, b->margin);
    for (int64_t i = 0; i < b->data.n; i++) {
        low = fmin(low, b->margin[i]);
        high = fmax(high, b->margin[i]);
    }
    for (int64_t i = 0; i < b->data.n * (b->data.p + 1); i++) most = fmax(most, fabs(b->ours[i] - b->theirs[i]));
    return most / (high - low);
}

static void compare(bench *b, int threads, int runs)
{
    double ours[MOST_RUNS], theirs[MOST_RUNS];
    for (int i = 0; i < runs; i++) {
        ours[i] = time_ours(b, threads);
        theirs[i] = time_theirs(b, threads);
    }
    double own = pm_median(ours, runs), other = pm_median(theirs, runs);
    printf("%d thread%s  ours %8.4f s   XGBoost %8.4f s   ratio %6.1f   largest difference %.1e of the range\n",
           threads, threads == 1 ? " " : "s", own, other, other / own, difference(b));
}

static int number(const char *text, int most)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (*end || value < 1 || value > most) stop(text, "not a number of the kind that is wanted");
    return (int)value;
}

int main(int count, char **text)
{
    char version[32];
    if (count != 6) {
        fprintf(stderr, "usage: shapley ROWS FEATURES TREES DEPTH RUNS\n");
        return 2;
    }
    bench b = {.data = {.n = number(text[1], 1000000), .p = number(text[2], 1000)}};
    int trees = number(text[3], 100000), depth = number(text[4], 20), runs = number(text[5], MOST_RUNS);
    make_data(&b.data);
    train(&b, trees, depth);
    b.ours = room(b.data.n * (b.data.p + 1));
    b.theirs = room(b.data.n * (b.data.p + 1));
    b.margin = room(b.data.n);
    pm_booster_version(b.booster, version);
    printf("XGBoost %s: %lld rows, %d features, %lld trees of depth %d, %.0f leaves a tree, medians of %d\n", version,
           (long long)b.data.n, b.data.p, (long long)b.trees->n_trees, depth,
           (double)b.trees->n_leaves / (double)b.trees->n_trees, runs);
    for (int threads = 1; threads <= 2; threads++) compare(&b, threads, runs);
    return 0;
}
