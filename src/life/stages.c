/* SPDX-License-Identifier: MIT */
/* Where a cell is in its life, and what follows from it. */
#include "life/bend.h"
#include "life/boundary.h"
#include "life/notes.h"

#include <math.h>

static const double z90 = 1.6448536269514722, certain = 0.95, excluded = 0.05;

const char *pm_told_name(pm_told told)
{
    static const char *const names[] = {"no", "yes", "cannot be told"};
    return (unsigned)told <= PM_TOLD_CANNOT ? names[told] : NULL;
}

static pm_stage_start start_of(double probability, double cycle, double low, double high, const char *evidence)
{
    pm_told told = probability >= certain ? PM_TOLD_YES : probability <= excluded ? PM_TOLD_NO : PM_TOLD_CANNOT;
    bool yes = told == PM_TOLD_YES;

    return (pm_stage_start){told, probability, yes ? cycle : NAN, yes ? low : NAN, yes ? high : NAN, evidence};
}

static void cannot(pm_stages *s, const char *what)
{
    int n = 0;

    while (s->cannot_know[n]) n++;
    if (n < PM_STAGE_UNKNOWNS - 1) s->cannot_know[n] = what;
}

/* The middle of what is known of a series in the n cycles from i on, at most MIDDLES; one bad cycle does not move it. NaN
 * where there are fewer than five. */
enum { MIDDLES = 61, LATE = 9 };
static double middle_of(const double *series, int64_t i, int64_t n)
{
    double known[MIDDLES];
    int64_t count = 0;

    for (int64_t k = i; k < i + n && count < MIDDLES; k++)
        if (isfinite(series[k])) known[count++] = series[k];
    return count < 5 ? NAN : pm_median(known, count);
}

/* ---- bends before stage 4 ----------------------------------------------------------------------------------- */

/* The first cycles, which condition the cell, are not looked at. */
enum { CONDITIONING = 3, LEAST = 20 };

/* Standard deviation of rounding, as part: from here on it hides what cells lose in a cycle. */
static const double too_rough = 3e-3;
/* A cycle, while they are sound: Deng's normal efficiency, and some noise. */
static const double sound_cathodes_lose = 2.5e-4;

static pm_status bend_of(const measured *t, const double *series, bend_kind kind, double from, double to, bend *out,
                         pm_error *err)
{
    course c;
    pm_status s = measured_series(t, series, from, to, &c, err);

    *out = (bend){.probability = NAN};
    if (!s && c.n >= LEAST) s = bend_find(&c, &kind, out, err);
    course_leave(&c);
    return s;
}

static double end_of_bends(const measured *t, const pm_stages *s)
{
    return s->start[4].told == PM_TOLD_YES ? s->start[4].low : t->cycle[t->n - 1] + 1;
}

static pm_status find_stage3(const measured *t, pm_stages *out, pm_error *err)
{
    bend b;
    pm_status s =
        bend_of(t, t->capacity, (bend_kind){-1, sound_cathodes_lose}, CONDITIONING, end_of_bends(t, out), &b, err);

    if (s) return s;
    if (isnan(b.probability) || t->rounding_capacity > too_rough) b.probability = 0.5; /* or too few cycles */
    out->start[3] = start_of(b.probability, b.cycle, b.low, b.high, "capacity");
    return PM_OK;
}

/* By more than a quarter up to a cycle. */
static bool grows(const measured *t, const double *series, double to)
{
    int64_t n = t->n;

    while (n > 0 && t->cycle[n - 1] >= to) n--;
    if (n < CONDITIONING + 2 * LATE) return false;
    return middle_of(series, n - LATE, LATE) > 1.25 * middle_of(series, CONDITIONING, LATE);
}

static pm_status find_stage2(const measured *t, pm_stages *out, pm_error *err)
{
    const struct {
        const double *series;
        double sign;
        const char *name;
    } of[] = {{t->polarisation, 1, "polarisation"}, {t->energy, -1, "energy"}, {t->thickness, 1, "thickness"}};
    double to = end_of_bends(t, out), best = -1;
    pm_status s;

    if (out->start[3].told == PM_TOLD_YES) to = fmin(to, out->start[3].high);
    out->start[2] = start_of(0.5, NAN, NAN, NAN, "none of polarisation, energy, thickness is there");
    if (grows(t, t->polarisation, to) || grows(t, t->thickness, to)) { /* without a bend: from the first cycles on */
        best = 0.5;
        out->start[2].evidence = "polarisation or thickness, which grows all along";
    }
    for (int i = 0; i < 3; i++) {
        bend b;
        if ((s = bend_of(t, of[i].series, (bend_kind){of[i].sign, 0}, CONDITIONING, to, &b, err))) return s;
        /* of two that are as good as certain, the one that is known more closely */
        double sure = b.probability - 1e-6 * (b.high - b.low);
        if (isnan(b.probability) || sure <= best) continue;
        best = sure;
        out->start[2] = start_of(b.probability, b.cycle, b.low, b.high, of[i].name);
    }
    return PM_OK;
}

/* ---- what follows ------------------------------------------------------------------------------------------- */

static const pm_estimate unknown = {NAN, NAN, NAN};

static void lithium_at_stage4(const measured *t, const pm_stage_options *options, pm_uncertain foil, pm_stages *s)
{
    const pm_stage_start *four = &s->start[4];
    double known = z90 * foil.deviation, lost = foil.value * t->capacity_Ah, part = known / foil.value;
    double plated[3] = {measured_plated(t, fmax(four->low - 1, t->cycle[0])), measured_plated(t, four->cycle - 0.5),
                        measured_plated(t, four->high)};

    if (pm_budget_mean_efficiency(&options->n_to_p, plated, &s->coulombic_efficiency_lithium_mean, NULL))
        s->coulombic_efficiency_lithium_mean = unknown;
    s->coulombic_efficiency_lithium_mean.low = fmax(s->coulombic_efficiency_lithium_mean.low, 0);
    s->hidden_lithium_Ah = (pm_estimate){lost, lost * fmax(1 - part, 0), lost * (1 + part)};
    double life = (four->cycle - 1) / foil.value, before = hypot(part, (four->cycle - four->low) / four->cycle),
           behind = hypot(part, (four->high - four->cycle) / four->cycle);
    s->normalised_cycle_life = (pm_estimate){life, life / (1 + before), behind < 1 ? life / (1 - behind) : NAN};
}

/* While foil is left no more than all of it can be gone. */
static void lithium_before(const measured *t, pm_uncertain foil, pm_stages *s)
{
    double most = foil.value + z90 * foil.deviation, plated = measured_plated(t, t->cycle[t->n - 1]);

    s->coulombic_efficiency_lithium_mean.low = fmax(1 - most / plated, 0);
    s->hidden_lithium_Ah.low = 0;
    s->hidden_lithium_Ah.high = most * t->capacity_Ah;
    s->normalised_cycle_life.low = (double)s->last / most;
}

static void lithium_of(const measured *t, const pm_stage_options *options, pm_stages *s)
{
    pm_uncertain foil;

    s->coulombic_efficiency_lithium_mean = s->hidden_lithium_Ah = s->normalised_cycle_life = unknown;
    s->step_expected = NAN;
    if (!(options->n_to_p.ratio.value != 0) || pm_n_to_p_foil(&options->n_to_p, &foil, NULL)) {
        cannot(s, "the lithium lost unseen, its mean efficiency and the normalised cycle life: N/P is not told");
        return;
    }
    double by = s->start[4].told == PM_TOLD_YES ? s->start[4].cycle - 0.5 : t->cycle[t->n - 1];
    double mean = foil.value / measured_plated(t, by);
    if (mean < 1) s->step_expected = mean - (1 - s->coulombic_efficiency_before); /* else it cannot be used up yet */
    if (s->n_to_p_contradicted) {
        cannot(s, "the lithium lost unseen, its mean efficiency and the normalised cycle life: N/P and data contradict "
                  "each other");
        return;
    }
    if (s->start[4].told == PM_TOLD_YES) lithium_at_stage4(t, options, foil, s);
    if (s->start[4].told == PM_TOLD_NO) lithium_before(t, foil, s);
}

/* Whether half of what is lost goes within a few cycles, as where rate, temperature or contact change. */
static bool falls_at_once(const measured *t, double lost)
{
    enum { NEAR = 5 };

    for (int64_t i = NEAR; i + 2 * NEAR <= t->n; i++)
        if (middle_of(t->capacity, i - NEAR, NEAR) - middle_of(t->capacity, i + NEAR / 2, NEAR) > lost / 2) return true;
    return false;
}

/* Any loss that is sudden lowers capacity and efficiency together, where each charge puts in what the discharge before
 * gave. Lithium is what the reviews' rule says; what speaks against it is heeded. */
static void limit_by_step(const measured *t, pm_stages *s)
{
    if (s->n_to_p_contradicted) {
        cannot(s, "whether it was lithium that ran short, N/P being wrong, or electrolyte or cathode");
    } else if (middle_of(t->polarisation, t->n - LATE, LATE) > 3 * middle_of(t->polarisation, CONDITIONING, LATE)) {
        cannot(s, "whether lithium or electrolyte ran short: the polarisation has grown more than threefold");
    } else {
        s->limit = PM_LIMIT_LITHIUM;
        if (isnan(s->step_expected))
            cannot(s, "whether it was lithium that ran short, or suddenly electrolyte or cathode: N/P would tell");
    }
}

/* By what capacity was lost to: lithium where it has run short; the cathode where a fifth is gone without, its course is
 * told, and the polarisation, which a dry electrolyte raises, is measured and has hardly risen. */
static void limit_of(const measured *t, pm_stages *s)
{
    double late = t->dead > 0 ? 0 : middle_of(t->capacity, t->n - LATE, LATE) / t->capacity_Ah;
    double rise = middle_of(t->polarisation, t->n - LATE, LATE) / middle_of(t->polarisation, CONDITIONING, t->n / 3);
    bool without = s->start[4].told == PM_TOLD_NO && s->start[3].told != PM_TOLD_CANNOT;
    bool at_once = late < 0.8 && falls_at_once(t, (1 - late) * t->capacity_Ah);

    if (at_once && s->start[4].told != PM_TOLD_YES)
        cannot(s,
               "whether it is wear: most of the loss comes within a few cycles, as by a change of rate or temperature");
    if (s->start[4].told == PM_TOLD_YES)
        limit_by_step(t, s);
    else if (late >= 0.8)
        cannot(s, "what will end its life: capacity has lost less than a fifth");
    else if (without && rise < 1.5 && !at_once)
        s->limit = PM_LIMIT_CATHODE;
    else
        cannot(s, "whether cathode or electrolyte took the capacity: that wants impedance, or a look inside");
}

static void tell_unknowns(pm_stages *s)
{
    if (s->start[4].told == PM_TOLD_NO) {
        cannot(s, "how much foil is left: while there is some, it refills the cathode, and capacity does not show it");
        cannot(s, "whether the foil was used up within the last few cycles");
    }
    if (s->start[2].told == PM_TOLD_CANNOT)
        cannot(s, "where stage 2 begins: no series bends clearly, or none of polarisation, energy, thickness is there");
    if (s->start[3].told == PM_TOLD_CANNOT) cannot(s, "where stage 3 begins: capacity does not bend clearly");
}

/* ---- all of it ---------------------------------------------------------------------------------------------- */

/* Whether lithium, short, is lost at a rate that N/P allows: the mean rate up to then is all the foil over all that was
 * plated, and loss, that grows with age, has not fallen much below nor risen threefold. */
static bool contradicts(const measured *t, pm_uncertain foil, const boundary *b)
{
    double mean = foil.value / measured_plated(t, b->cycle - 0.5), part = z90 * foil.deviation / foil.value;
    double loss = 1 - b->cathode_efficiency + b->step, before = b->cycle - t->cycle[0];
    double known = 2 * b->noise * sqrt(1 / fmax(before, 1) + 1 / fmax(t->cycle[t->n - 1] - b->cycle + 1, 1));

    return loss + known < 0.6 * mean * (1 - part) || loss - known > 3 * mean * (1 + part);
}

/* Whether the efficiency falls anywhere by more than white noise would have it. */
static bool may_step(const course *c)
{
    double sum = 0, squares = 0, whole = pm_mean(c->y[1], c->n), n = (double)c->n;

    for (int64_t i = 1; i < c->n; i++) squares += (c->y[1][i] - c->y[1][i - 1]) * (c->y[1][i] - c->y[1][i - 1]);
    double noise = sqrt(squares / (2 * n));
    for (int64_t i = 0; i + 1 < c->n; i++) {
        double before = (double)(i + 1);
        sum += c->y[1][i] - whole;
        if (sum / sqrt(before * (n - before) / n) > 3 * noise) return true;
    }
    return false;
}

/* N/P says how large a step to look for. Where the data by themselves have one of another size, that is told, and they
 * are believed; against a no of N/P only where they leave no doubt. */
static pm_status judge_n_to_p(const measured *t, const course *c, pm_uncertain foil, boundary *b, pm_stages *out,
                              pm_error *err)
{
    bool found = b->probability >= certain;
    boundary alone;
    pm_status s;

    if (found ? !contradicts(t, foil, b) : !may_step(c)) return PM_OK;
    if ((s = boundary_find(c, 0, &alone, err))) return s;
    if (!found && !(alone.probability >= certain && contradicts(t, foil, &alone))) return PM_OK;
    out->n_to_p_contradicted = true;
    note_add(out, "N/P and the step of the efficiency contradict each other: N/P is set aside");
    if (!found && alone.probability < 0.9999) alone.probability = 0.5;
    *b = alone;
    return PM_OK;
}

static const char *why_untold(const boundary *b)
{
    if (b->may_come_back)
        return "whether the foil is used up: capacity has hardly fallen below where it was before, and may swing";
    if (b->may_lie_before)
        return "whether the foil was used up before the first of these cycles, or there is none: capacity falls as the "
               "efficiency says all along";
    return "whether the foil is used up: a step of the efficiency as small as this is lost in its noise";
}

static pm_status find_stage4(const measured *t, pm_uncertain foil, boundary *likeliest, pm_stages *out, pm_error *err)
{
    course c;
    bool above_one;
    pm_status s = note_above_one(t, out, &above_one, err);
    boundary b = {.probability = 0.5, .noise = NAN, .cathode_efficiency = NAN};

    if (s) return s;
    s = measured_course(t, &c, err);
    if (above_one) cannot(out, "whether the foil is used up: its efficiencies are above 1, which none can be");
    bool rough = fmax(t->rounding_capacity, t->rounding_efficiency) > too_rough;
    if (rough) cannot(out, "whether the foil is used up: the numbers have too few digits for what a cycle loses");
    if (!s && !above_one && !rough) {
        s = boundary_find(&c, foil.value, &b, err);
        if (!s && foil.value > 0) s = judge_n_to_p(t, &c, foil, &b, out, err);
        if (isnan(b.noise))
            cannot(out, "whether the foil is used up: too few cycles, or too many missing between them");
    }
    course_leave(&c);
    if (s) return s;
    *likeliest = b;
    out->start[4] = start_of(b.probability, b.cycle, b.low, b.high, "capacity and Coulombic efficiency");
    out->step = out->start[4].told == PM_TOLD_YES ? b.step : NAN;
    out->noise = b.noise;
    if (out->start[4].told == PM_TOLD_CANNOT && !isnan(b.noise)) cannot(out, why_untold(&b));
    out->coulombic_efficiency_before = b.cathode_efficiency;
    return PM_OK;
}

/* Without foil the cell's efficiency is that of lithium: its mean, with 90 % by how it scatters and lasts. */
static pm_estimate mean_efficiency(const measured *t)
{
    double mean = pm_mean(t->efficiency, t->n), squares = 0, products = 0, n = (double)t->n;

    for (int64_t i = 0; i < t->n; i++) {
        double off = t->efficiency[i] - mean;
        squares += off * off;
        if (i) products += off * (t->efficiency[i - 1] - mean);
    }
    double lag = squares > 0 ? fmin(fmax(products / squares, 0), 0.9) : 0;
    double known = z90 * sqrt(squares / (n * (n - 1)) * (1 + lag) / (1 - lag));
    return (pm_estimate){mean, mean - known, mean + known};
}

/* Logarithm of what efficiencies leave of the capacity, from the middle of the first cycles to that of the last; missing
 * cycles have the efficiency of their neighbours. */
static double left_by_efficiency(const measured *t)
{
    double sum = 0;

    for (int64_t i = LATE / 2 + 1; i < t->n - LATE / 2; i++)
        sum += (t->cycle[i] - t->cycle[i - 1]) * log(t->efficiency[i]);
    return sum;
}

static pm_status anode_free(const measured *t, pm_stages *s, pm_error *err)
{
    const double tolerance = 0.1;
    bool above_one;
    pm_status status = note_above_one(t, s, &above_one, err);

    if (status) return status;
    s->stage = 4;
    s->stage_known = true;
    for (int i = 1; i <= 3; i++) s->start[i] = (pm_stage_start){PM_TOLD_NO, 0, NAN, NAN, NAN, "no foil"};
    s->start[4] = (pm_stage_start){PM_TOLD_YES, 1, 1, 1, 1, "no foil"};
    s->step = s->noise = s->coulombic_efficiency_before = s->step_expected = NAN;
    s->coulombic_efficiency_lithium_mean = s->hidden_lithium_Ah = s->normalised_cycle_life = unknown;
    if (above_one)
        cannot(s, "the efficiency of lithium: efficiencies are above 1, which none can be");
    else
        s->coulombic_efficiency_lithium_mean = mean_efficiency(t);
    double left = log(middle_of(t->capacity, t->n - LATE, LATE) / middle_of(t->capacity, 0, LATE));
    if (above_one || left < left_by_efficiency(t) + log(1 - tolerance))
        cannot(s, "what took the capacity: more is gone than the efficiencies say, which lithium alone would not take");
    else
        s->limit = PM_LIMIT_LITHIUM;
    cannot(s, "a normalised cycle life: without foil N/P is 0");
    return PM_OK;
}

static void untell(pm_stage_start *start)
{
    start->told = PM_TOLD_CANNOT;
    start->probability = 0.5;
    start->cycle = start->low = start->high = NAN;
}

/* The boundary that a cycle would be, by mean efficiencies before it and behind. */
static boundary boundary_at(const measured *t, double cycle, double noise)
{
    double sum[2] = {0, 0}, n[2] = {0, 0};

    for (int64_t i = 0; i < t->n; i++) {
        bool behind = t->cycle[i] >= cycle;
        if (!(fabs(t->efficiency[i] - 1) < 0.1)) continue; /* of no charge and discharge of one state */
        sum[behind] += t->efficiency[i];
        n[behind]++;
    }
    double before = sum[0] / n[0], known = 3 * noise * sqrt(1 / n[0] + 1 / n[1]), step = before - sum[1] / n[1];
    return (boundary){
        .cycle = cycle, .noise = noise, .cathode_efficiency = before, .step = step > fmax(4e-4, known) ? step : 0};
}

/* One bend of capacity is the cathode's or that of lithium, and a cell that died does not say which. */
static void doubt(const measured *t, pm_uncertain foil, const boundary *likeliest, pm_stages *s)
{
    pm_stage_start *three = &s->start[3], *four = &s->start[4];

    if (three->told == PM_TOLD_YES && four->told == PM_TOLD_CANNOT && !(three->high < likeliest->low)) untell(three);
    if (three->told == PM_TOLD_YES && four->told == PM_TOLD_NO) {
        boundary there = boundary_at(t, three->cycle, s->noise);
        if (there.step > 0 && !(foil.value > 0 && contradicts(t, foil, &there))) {
            untell(three);
            untell(four);
            cannot(s,
                   "whether lithium or the cathode makes capacity bend: the efficiency falls with it, but not just as "
                   "lithium would have it");
        }
    }
    if (t->dead > 0 && four->told == PM_TOLD_NO)
        cannot(s, "whether the foil was used up: the cell died within a few cycles, which do not say of what");
    for (int k = 2; k <= PM_STAGES && t->dead > 0; k++)
        if (s->start[k].told == PM_TOLD_NO) untell(&s->start[k]);
}

static pm_status with_foil(const measured *t, const pm_stage_options *options, pm_stages *out, pm_error *err)
{
    pm_uncertain foil = {0, 0};
    boundary likeliest;
    pm_status s = PM_OK;

    if (options->n_to_p.ratio.value != 0) s = pm_n_to_p_foil(&options->n_to_p, &foil, err);
    out->start[1] = (pm_stage_start){PM_TOLD_YES, 1, t->cycle[0], t->cycle[0], t->cycle[0], "the first cycle"};
    if (s || (s = find_stage4(t, foil, &likeliest, out, err)) || (s = find_stage3(t, out, err)) ||
        (s = find_stage2(t, out, err)))
        return s;
    doubt(t, foil, &likeliest, out);
    for (int i = 1; i <= PM_STAGES; i++) {
        if (out->start[i].told == PM_TOLD_YES) out->stage = i;
        if (out->start[i].told != PM_TOLD_NO) out->stage_known = out->start[i].told == PM_TOLD_YES;
    }
    lithium_of(t, options, out);
    limit_of(t, out);
    tell_unknowns(out);
    return PM_OK;
}

pm_status pm_stages_of(const pm_table *cycles, const pm_stage_options *options, pm_stages *out, pm_error *err)
{
    measured t;
    bool bare = options->kind == PM_ANODE_FREE, told = options->n_to_p.ratio.value != 0;
    pm_status s;

    if (bare && told && !(options->n_to_p.convention == PM_N_TO_P_TOTAL && options->n_to_p.ratio.value == 1))
        return pm_fail(err, PM_ERR_ARGUMENT, "kind anode-free and N/P %g contradict each other: one has no foil",
                       options->n_to_p.ratio.value);
    if ((s = measured_of(cycles, options, &t, err))) return s;
    *out = (pm_stages){.cycles = t.n, .last = (int64_t)t.cycle[t.n - 1], .missing = t.missing};
    note_rows(&t, out);
    s = bare ? anode_free(&t, out, err) : with_foil(&t, options, out, err);
    measured_leave(&t);
    return s;
}
