/* SPDX-License-Identifier: MIT */
/* Positive current charges. Three witnesses: the words of the step type, the counters of charge and discharge, and the
 * voltage, which rises while a cell is charged. Two of them must speak against the sign, for one alone may be odd. */
#include "read/audit.h"

#include <math.h>

/* For and against the sign in charging, and in discharging. */
typedef struct witness {
    double charge_right, charge_wrong, discharge_right, discharge_wrong;
} witness;

typedef struct sign_state {
    witness words, counters; /* rows; Ah */
    double risen_V, moved_V; /* sum of dV times the sign of current, and of its size */
    double last_V, last_A, last_charged, last_discharged;
    bool started;
    pm_audit_rows wrong; /* by words, else by counters */
    int64_t currents;
} sign_state;

static void hear_words(sign_state *s, const pm_audit *audit, int64_t row, int direction, int sign)
{
    if (direction == 1) *(sign > 0 ? &s->words.charge_right : &s->words.charge_wrong) += 1;
    if (direction == -1) *(sign < 0 ? &s->words.discharge_right : &s->words.discharge_wrong) += 1;
    if ((direction == 1 || direction == -1) && direction != sign) pm_audit_mark(&s->wrong, audit, row);
}

static void hear_counters(sign_state *s, double charged_Ah, double discharged_Ah, int sign)
{
    if (charged_Ah > 0) *(sign > 0 ? &s->counters.charge_right : &s->counters.charge_wrong) += charged_Ah;
    if (discharged_Ah > 0) *(sign < 0 ? &s->counters.discharge_right : &s->counters.discharge_wrong) += discharged_Ah;
}

static pm_status push(void *state, const pm_audit *audit, const pm_audit_batch *b, pm_error *err)
{
    (void)err;
    sign_state *s = state;
    const double *current = b->number[PM_AUDIT_CURRENT], *voltage = b->number[PM_AUDIT_VOLTAGE];
    const double *charged = b->number[PM_AUDIT_CHARGED], *discharged = b->number[PM_AUDIT_DISCHARGED];
    for (int64_t i = 0; current && i < b->n; i++) {
        double A = current[i], V = voltage ? voltage[i] : NAN;
        double in_Ah = charged ? charged[i] : 0, out_Ah = discharged ? fabs(discharged[i]) : 0;
        int sign = (A > 0) - (A < 0);
        if (sign) {
            s->currents++;
            if (b->direction) hear_words(s, audit, b->first + i, b->direction[i], sign);
            bool within = s->started && s->last_A * A > 0 && !b->new_step[i];
            if (within) hear_counters(s, in_Ah - s->last_charged, out_Ah - s->last_discharged, sign);
            double moved_V = V - s->last_V;
            if (within && fabs(moved_V) < INFINITY) {
                s->risen_V += moved_V * sign;
                s->moved_V += fabs(moved_V);
            }
        }
        s->started = true;
        s->last_A = A;
        s->last_V = V;
        s->last_charged = in_Ah;
        s->last_discharged = out_Ah;
    }
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
        "Ah and right by %.4g, voltage moves %+.4g V along the current of %.4g V in all",
        s->words.charge_wrong + s->words.discharge_wrong, s->words.charge_right + s->words.discharge_right,
        s->counters.charge_wrong + s->counters.discharge_wrong, s->counters.charge_right + s->counters.discharge_right,
        s->risen_V, s->moved_V);
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
    int against = (words == WRONG) + (counters == WRONG) + (voltage == WRONG);
    bool one_sign = (words == ONE_SIGN) + (counters == ONE_SIGN) >= 1 && words != RIGHT && counters != RIGHT;
    if (against >= 2)
        say_flipped(s, audit, out);
    else if (one_sign)
        say_one_sign(s, audit, out);
    else
        say_assumed(s, voltage, audit, out);
}

const pm_audit_checker pm_audit_sign = {.state_size = sizeof(sign_state), .push = push, .result = result};
