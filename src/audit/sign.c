/* SPDX-License-Identifier: MIT */
/* Positive current charges. Witnesses: the words of the step type, the counters of charge and discharge, and the
 * voltage, which rises while a cell is charged. Two of them must speak against the sign, for one alone may be odd; but
 * no cell gives more energy than it was given, so that where words and counters are silent, energy alone is enough. */
#include "audit/checker.h"

#include <math.h>

/* For and against the sign in charging, and in discharging. */
typedef struct witness {
    double charge_right, charge_wrong, discharge_right, discharge_wrong;
} witness;

/* What is compared from row to row. */
typedef struct record {
    double s, V, A, charged_Ah, discharged_Ah;
} record;

/* Energy and charge, as they stand, that went in; and their amounts, whichever way they went. */
typedef struct energy {
    double in_J, moved_J, in_C, moved_C, most_V;
} energy;

typedef struct sign_state {
    witness words, counters; /* rows; Ah */
    energy energy;
    double risen_V, moved_V; /* sum of dV times the sign of current, and of its size */
    record before;
    pm_audit_rows wrong; /* by words, else by counters */
    int64_t currents;
} sign_state;

static void hear_words(sign_state *s, const pm_audit *audit, int64_t row, int direction, int sign)
{
    if (direction == 1) *(sign > 0 ? &s->words.charge_right : &s->words.charge_wrong) += 1;
    if (direction == -1) *(sign < 0 ? &s->words.discharge_right : &s->words.discharge_wrong) += 1;
    if ((direction == 1 || direction == -1) && direction != sign) pm_audit_mark(&s->wrong, audit, row);
}

static void hear_counters(witness *w, double charged_Ah, double discharged_Ah, int sign)
{
    if (charged_Ah > 0) *(sign > 0 ? &w->charge_right : &w->charge_wrong) += charged_Ah;
    if (discharged_Ah > 0) *(sign < 0 ? &w->discharge_right : &w->discharge_wrong) += discharged_Ah;
}

static void hear_energy(energy *e, const record *before, const record *now)
{
    double s = now->s - before->s, charge = s * (now->A + before->A) / 2;
    double work = s * (now->A * now->V + before->A * before->V) / 2;

    if (!(s > 0) || !isfinite(work)) return;
    e->in_J += work;
    e->moved_J += fabs(work);
    e->in_C += charge;
    e->moved_C += fabs(charge);
    e->most_V = fmax(e->most_V, fabs(now->V));
}

static void hear(sign_state *s, const record *before, const record *now)
{
    int sign = now->A > 0 ? 1 : -1;
    double moved_V = now->V - before->V;
    hear_energy(&s->energy, before, now);
    hear_counters(&s->counters, now->charged_Ah - before->charged_Ah, now->discharged_Ah - before->discharged_Ah, sign);
    if (!(fabs(moved_V) < INFINITY)) return;
    s->risen_V += sign > 0 ? moved_V : -moved_V;
    s->moved_V += fabs(moved_V);
}

static pm_status push(void *state, const pm_audit *audit, const pm_audit_batch *b, pm_error *err)
{
    (void)err;
    sign_state *s = state;
    const double *current = b->number[PM_AUDIT_CURRENT], *voltage = b->number[PM_AUDIT_VOLTAGE];
    const double *time = b->number[PM_AUDIT_TIME];
    const double *charged = b->number[PM_AUDIT_CHARGED], *discharged = b->number[PM_AUDIT_DISCHARGED];
    record before = s->before;
    for (int64_t i = 0; current && i < b->n; i++) {
        record now = {time ? time[i] : NAN, voltage ? voltage[i] : NAN, current[i], charged ? charged[i] : 0,
                      discharged ? fabs(discharged[i]) : 0};
        s->currents += now.A != 0;
        if (b->direction && now.A != 0) hear_words(s, audit, b->first + i, b->direction[i], now.A > 0 ? 1 : -1);
        if (now.A * before.A > 0 && !b->new_step[i]) hear(s, &before, &now);
        before = now;
    }
    s->before = before;
    return PM_OK;
}

/* ---- what follows ------------------------------------------------------------------------------------------- */

typedef enum verdict { SILENT, RIGHT, WRONG, ONE_SIGN } verdict;

static verdict ask(const witness *w)
{
    double right = w->charge_right + w->discharge_right, wrong = w->charge_wrong + w->discharge_wrong;
    if (!(right + wrong > 0)) return SILENT;
    if (wrong >= 0.9 * (right + wrong)) return WRONG;
    bool charge_odd = w->charge_wrong > 0.9 * (w->charge_wrong + w->charge_right) && w->charge_wrong > 0;
    bool discharge_odd = w->discharge_wrong > 0.9 * (w->discharge_wrong + w->discharge_right) && w->discharge_wrong > 0;
    return charge_odd != discharge_odd ? ONE_SIGN : RIGHT;
}

static verdict ask_voltage(const sign_state *s)
{
    if (!(s->moved_V > 0.3) || fabs(s->risen_V) < 0.4 * s->moved_V) return SILENT;
    return s->risen_V > 0 ? RIGHT : WRONG;
}

/* Charge that stays in may hold as much energy as the highest voltage gives it; what is out beyond that was never in. */
static verdict ask_energy(const energy *e)
{
    double stored_J = fabs(e->in_C) * e->most_V, both_ways_C = e->moved_C - fabs(e->in_C);

    if (!(both_ways_C > 0.2 * e->moved_C)) return SILENT;
    return e->in_J < -stored_J - 0.002 * e->moved_J ? WRONG : e->in_J > stored_J ? RIGHT : SILENT;
}

static pm_audit_rows wrong_rows(const sign_state *s, const pm_audit *audit)
{
    pm_audit_rows all = {.count = s->currents, .first = 1, .last = pm_audit_row_count(audit)};
    return s->wrong.count ? s->wrong : all;
}

static void say_flipped(const sign_state *s, const pm_audit *audit, pm_audit_out *out)
{
    pm_audit_rows rows = wrong_rows(s, audit);
    pm_finding f = pm_audit_finding("current-sign", "error", PM_AUDIT_CURRENT, &rows);
    f.expected = 1;
    f.observed = f.factor = -1;
    f.reconcilable = 1;
    pm_audit_say(
        out, f, "--reconcile turns the sign of all currents",
        "positive current discharges here: step type wrong in %.0f rows and right in %.0f, counters wrong by %.4g "
        "Ah and right by %.4g, voltage moves %+.4g V along the current of %.4g V in all, %+.4g of %.4g Wh went in",
        s->words.charge_wrong + s->words.discharge_wrong, s->words.charge_right + s->words.discharge_right,
        s->counters.charge_wrong + s->counters.discharge_wrong, s->counters.charge_right + s->counters.discharge_right,
        s->risen_V, s->moved_V, s->energy.in_J / 3600, s->energy.moved_J / 3600);
}

static void say_one_sign(const sign_state *s, const pm_audit *audit, pm_audit_out *out)
{
    pm_audit_rows rows = wrong_rows(s, audit);
    pm_finding f = pm_audit_finding("current-sign", "error", PM_AUDIT_CURRENT, &rows);
    pm_audit_say(out, f, "the direction stands in the step type or the counters only",
                 "charge and discharge have current of one sign: the file prints its size without the direction");
}

static void say_assumed(const sign_state *s, verdict voltage, const pm_audit *audit, pm_audit_out *out)
{
    const pm_source_column *source = pm_audit_source(audit, PM_AUDIT_CURRENT);
    if (!source || !source->sign_assumed || voltage == SILENT) return;
    pm_finding f = pm_audit_finding("sign-assumed", voltage == RIGHT ? "note" : "warning", PM_AUDIT_CURRENT, NULL);
    f.observed = s->risen_V;
    pm_audit_say(out, f, voltage == RIGHT ? NULL : "the sign may be the other way round",
                 "the file does not say which way current flows; read as it stands the voltage moves %+.4g V along the "
                 "current of %.4g V in all",
                 s->risen_V, s->moved_V);
}

static void result(const void *state, const pm_audit *audit, pm_audit_out *out)
{
    const sign_state *s = state;
    verdict words = ask(&s->words), counters = ask(&s->counters), voltage = ask_voltage(s);
    bool from_nothing = ask_energy(&s->energy) == WRONG && words != RIGHT && counters != RIGHT;
    int against = (words == WRONG) + (counters == WRONG) + (voltage == WRONG) + 2 * from_nothing;
    bool one_sign = (words == ONE_SIGN) + (counters == ONE_SIGN) >= 1 && words != RIGHT && counters != RIGHT;
    if (against >= 2)
        say_flipped(s, audit, out);
    else if (one_sign)
        say_one_sign(s, audit, out);
    else
        say_assumed(s, voltage, audit, out);
}

const pm_audit_checker pm_audit_sign = {.state_size = sizeof(sign_state), .push = push, .result = result};
