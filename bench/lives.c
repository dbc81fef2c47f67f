/* SPDX-License-Identifier: MIT */
/* lives SEED SEEDS REACH NEVER: for so many seeds from SEED on, so many generated lives that reach stage 4, and that never
 * do, over the ranges of docs/life.md; how well the first cycle short of lithium is told. One thread. Prints lines
 * "name value ...", for bench/life. */
#include "life/life.h"
#include "virtual/virtual.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

/* Classes of step over noise: below 0.5, 1, 2, 5, 20, and above. */
enum { CLASSES = 6, ANSWERS = 3, MOST = 20000 };
static const double class_below[CLASSES] = {0.5, 1, 2, 5, 20, INFINITY};

typedef struct tally {
    int lives, answers[CLASSES][ANSWERS];
    int in, out, wide_in, wide_out, mean_in, mean_all, foil_in, bound_holds, bound_all;
    double error[MOST], seconds[MOST];
    int errors;
} tally;

static double between(pm_random *r, double low, double high)
{
    return low + (high - low) * pm_random_uniform(r);
}

static double log_between(pm_random *r, double low, double high)
{
    return exp(between(r, log(low), log(high)));
}

/* A life as the ranges say, without an end. */
static pm_virtual_life draw(pm_random *r, uint64_t seed, uint64_t index)
{
    pm_virtual_life l = {
        .n_to_p = between(r, 0.5, 3), .loss = log_between(r, 0.001, 0.02), .seed = seed, .index = index};
    double life = l.n_to_p / l.loss; /* without acceleration */

    l.noise = log_between(r, 2e-4, 3e-3);
    l.capacity_noise = l.noise * log_between(r, 0.2, 10);
    l.acceleration = between(r, 0, 1.5) / life;
    l.stage2 = (int64_t)(life * between(r, 0.2, 0.5));
    l.stage3 = (int64_t)(life * between(r, 0.5, 0.85));
    l.fade = log_between(r, 1e-3, 0.1) / life;
    l.later_fade = l.fade * between(r, 1.5, 5);
    l.efficiency_fall = between(r, 0, 5e-4) / (0.3 * life);
    l.scatter = index % 2 ? PM_VIRTUAL_WHITE : index % 4 ? PM_VIRTUAL_DAY : PM_VIRTUAL_LAG_ONE;
    l.outliers = 0.02;
    l.hours = between(r, 2, 24);
    l.cycles = 100000;
    l.retention = 0.3;
    return l;
}

/* Where its cell is taken off: in stage 4 after 4 cycles to 1 / loss, or at half to four fifths of the capacity; else
 * at a third or more of the way to stage 4. */
static void end_life(pm_random *r, bool reach, int64_t short_cycle, pm_virtual_life *l)
{
    double part = between(r, 0.3, 0.99);

    l->retention = reach ? between(r, 0.5, 0.8) : 0;
    l->cycles = short_cycle + (int64_t)log_between(r, 4, 1 / l->loss);
    if (reach) return;
    l->cycles = (int64_t)((double)(short_cycle - 1) * part);
    if (l->cycles < 20) l->cycles = short_cycle - 1;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool holds(const pm_estimate *e, double truth)
{
    return e->low <= truth && truth <= e->high;
}

static void judge_boundary(const pm_stage_start *four, double truth, tally *t)
{
    bool in = four->low <= truth && truth <= four->high, wide = four->high - four->low >= 5;

    t->error[t->errors++] = fabs(four->cycle - truth);
    ++*(in ? &t->in : &t->out);
    if (wide) ++*(in ? &t->wide_in : &t->wide_out);
}

static void judge(const pm_virtual_life *l, const pm_virtual_life_truth *truth, const pm_stages *s, tally *t)
{
    const pm_stage_start *four = &s->start[4];
    double n = truth->short_cycle ? (double)truth->short_cycle : (double)s->last;
    double step = l->loss * exp(l->acceleration * fmax(n - (double)l->stage2, 0)) - 2e-4;
    double mean = 1 - truth->lost_Ah / truth->plated_Ah;
    int class = 0;

    while (step / l->noise >= class_below[class]) class ++;
    t->answers[class][four->told]++;
    if (four->told == PM_TOLD_YES && truth->short_cycle) {
        judge_boundary(four, n, t);
        t->mean_all++;
        t->mean_in += holds(&s->coulombic_efficiency_lithium_mean, mean);
        t->foil_in += holds(&s->hidden_lithium_Ah, truth->lost_Ah);
    }
    if (four->told == PM_TOLD_NO && !truth->short_cycle) {
        t->bound_all++;
        t->bound_holds += truth->lost_Ah <= s->hidden_lithium_Ah.high;
    }
}

static pm_status one(uint64_t seed, uint64_t index, bool reach, tally *t, pm_error *err)
{
    pm_random r = pm_random_stream(seed, reach ? "bench/lives/reach" : "bench/lives/never", index);
    pm_virtual_life l = draw(&r, seed, index);
    double told = l.n_to_p * (1 + 0.05 * pm_random_normal(&r));
    pm_stage_options options = {.kind = PM_LI_CATHODE, .n_to_p = {{told, 0.05 * told}, PM_N_TO_P_FOIL}};
    pm_virtual_life_truth truth;
    pm_table *cycles = NULL;
    pm_stages stages;
    pm_status s = pm_virtual_life_cycles(&l, &cycles, &truth, err);

    pm_table_free(cycles);
    cycles = NULL;
    if (s) return s;
    end_life(&r, reach, truth.short_cycle, &l);
    if (!(s = pm_virtual_life_cycles(&l, &cycles, &truth, err))) {
        double start = now();
        s = pm_stages_of(cycles, &options, &stages, err);
        t->seconds[t->lives++] = now() - start;
    }
    if (!s) judge(&l, &truth, &stages, t);
    pm_table_free(cycles);
    return s;
}

static int lives(uint64_t first, int seeds, int n, bool reach)
{
    static tally empty;
    static tally t;
    pm_error err = {0};
    const char *name = reach ? "reach" : "never";

    t = empty;
    for (int i = 0; i < seeds * n; i++) {
        uint64_t seed = first + (uint64_t)(i / n);
        if (one(seed, (uint64_t)(i % n), reach, &t, &err)) {
            fprintf(stderr, "life %d of seed %llu: %s\n", i % n, (unsigned long long)seed, err.message);
            return 1;
        }
    }
    for (int c = 0; c < CLASSES; c++)
        printf("%s step_over_noise %g no %d yes %d cannot %d\n", name, class_below[c], t.answers[c][PM_TOLD_NO],
               t.answers[c][PM_TOLD_YES], t.answers[c][PM_TOLD_CANNOT]);
    printf("%s milliseconds median %.2f p90 %.2f slowest %.2f\n", name, 1e3 * pm_quantile(t.seconds, t.lives, 0.5),
           1e3 * pm_quantile(t.seconds, t.lives, 0.9), 1e3 * pm_quantile(t.seconds, t.lives, 1));
    if (!reach) {
        printf("%s bound %d of %d\n", name, t.bound_holds, t.bound_all);
        return 0;
    }
    printf("%s covered %d of %d wide %d of %d\n", name, t.in, t.in + t.out, t.wide_in, t.wide_in + t.wide_out);
    printf("%s mean %d foil %d of %d\n", name, t.mean_in, t.foil_in, t.mean_all);
    printf("%s error median %.2f p90 %.2f largest %.0f\n", name, pm_quantile(t.error, t.errors, 0.5),
           pm_quantile(t.error, t.errors, 0.9), pm_quantile(t.error, t.errors, 1));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "lives SEED SEEDS REACH NEVER\n");
        return 2;
    }
    uint64_t seed = strtoull(argv[1], NULL, 10);
    int seeds = atoi(argv[2]), reach = atoi(argv[3]), never = atoi(argv[4]);
    if (seeds < 1 || reach < 0 || never < 0 || reach > MOST / seeds || never > MOST / seeds) return 2;
    return lives(seed, seeds, reach, true) || lives(seed, seeds, never, false);
}
