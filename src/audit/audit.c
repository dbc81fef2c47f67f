/* SPDX-License-Identifier: MIT */
/* The audit: what checkers see of a batch, and the one table of checkers that drives all. */
#include "audit/checker.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The energies of charge and discharge are used where they are at hand, but not asked for: they cost a large file more
 * time than they tell. */
const char *const pm_audit_columns[] = {
    "test_time_second",
    "voltage_volt",
    "current_ampere",
    "unix_time_second",
    "cycle_count",
    "step_count",
    "step_id",
    "step_type",
    "record_number",
    "charging_capacity_ah",
    "discharging_capacity_ah",
    "step_capacity_ah",
    "net_capacity_ah",
    "step_energy_wh",
    "frequency_hertz",
    "test_time_second_2",
    "voltage_volt_2",
    "current_ampere_2",
    "cycle_count_2",
    "charging_capacity_ah_2",
    "discharging_capacity_ah_2",
    "step_capacity_ah_2",
    "net_capacity_ah_2",
    NULL,
};

/* In this order, for the clocks tell the capacities whether time can be trusted. */
static const pm_audit_checker *const checkers[] = {
    &pm_audit_wall,     &pm_audit_clock, &pm_audit_values,       &pm_audit_units,
    &pm_audit_capacity, &pm_audit_sign,  &pm_audit_rows_checker, &pm_audit_cycles,
};
enum { CHECKERS = PM_AUDIT_CHECKERS, CAPACITY = 4, SIGN = 5, CYCLES = 7 };
_Static_assert(sizeof checkers / sizeof *checkers == CHECKERS, "a state for each checker");

/* The current of a spectrum alternates: it passes no charge and makes no cycles. */
static bool applies(const pm_audit *audit, int checker)
{
    return !audit->is_spectra || (checker != CAPACITY && checker != SIGN && checker != CYCLES);
}

/* ---- making and freeing ------------------------------------------------------------------------------------- */

static void adopt_source(pm_audit *audit, const pm_source_column *source)
{
    for (int i = 0; i < PM_AUDIT_NUMBERS; i++)
        if (!strcmp(pm_audit_numbers[i].name, source->name)) audit->sources[i] = source;
}

pm_status pm_audit_start(const pm_source_column *sources, int n, pm_audit **out, pm_error *err)
{
    pm_scoped(pm_audit) audit = calloc(1, sizeof *audit);
    if (!audit) return pm_fail(err, PM_ERR_MEMORY, "no memory for the audit");
    for (int i = 0; i < CHECKERS; i++)
        if (!(audit->states[i] = calloc(1, checkers[i]->state_size)))
            return pm_fail(err, PM_ERR_MEMORY, "no memory for the audit");
    for (int i = 0; i < n; i++) adopt_source(audit, &sources[i]);
    *out = audit;
    audit = NULL;
    return PM_OK;
}

pm_status pm_audit_new(const pm_reader *reader, const pm_repair *repair, pm_audit **out, pm_error *err)
{
    pm_status s;
    if ((s = pm_audit_start(NULL, 0, out, err))) return s;
    (*out)->reader = reader;
    (*out)->repair = repair;
    (*out)->is_spectra = !strcmp(pm_reader_facts(reader)->format.content, "spectra");
    const pm_source_column *source;
    for (int i = 0; (source = pm_reader_column(reader, i)); i++) adopt_source(*out, source);
    return PM_OK;
}

void pm_audit_free(pm_audit *audit)
{
    if (!audit) return;
    for (int i = 0; i < CHECKERS; i++) {
        if (audit->states[i] && checkers[i]->release) checkers[i]->release(audit->states[i]);
        free(audit->states[i]);
    }
    free(audit->new_step);
    free(audit->direction);
    free(audit);
}

/* ---- a batch as the checkers see it ------------------------------------------------------------------------- */

static bool holds(const char *word, const char *part)
{
    size_t n = strlen(part);
    for (; *word; word++)
        if (!strncasecmp(word, part, n)) return true;
    return false;
}

/* Charge, discharge and rest as instruments write them, English, German and Chinese; single letters are Maccor's. */
static int8_t direction_of(const char *word)
{
    static const char *const discharge[] = {"dis", "dchg", "entlad", "放"};
    static const char *const charge[] = {"chg", "charge", "laden", "ladung", "充"};
    static const char *const rest[] = {"rest", "pause", "ocv", "ocp", "静置"};
    if (!strcmp(word, "C") || !strcmp(word, "D") || !strcmp(word, "R")) return *word == 'C' ? 1 : *word == 'D' ? -1 : 0;
    for (size_t i = 0; i < sizeof discharge / sizeof *discharge; i++)
        if (holds(word, discharge[i])) return -1;
    for (size_t i = 0; i < sizeof charge / sizeof *charge; i++)
        if (holds(word, charge[i])) return 1;
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        if (holds(word, rest[i])) return 0;
    return PM_DIRECTION_UNKNOWN;
}

static pm_status bind_directions(pm_audit *audit, pm_audit_batch *b, pm_error *err)
{
    const pm_column *words = pm_table_find(b->table, "step_type");
    if (!words || !words->code) return PM_OK;
    int64_t need = b->n + words->n_words; /* the words' own directions stand behind the rows' */
    pm_status s;
    if ((s = pm_grow(&audit->direction, &audit->direction_room, need, 1, err))) return s;
    int8_t *of_word = audit->direction + b->n;
    for (int32_t i = 0; i < words->n_words; i++) of_word[i] = direction_of(words->word[i]);
    for (int64_t i = 0; i < b->n; i++)
        audit->direction[i] = words->code[i] < 0 ? PM_DIRECTION_UNKNOWN : of_word[words->code[i]];
    b->direction = audit->direction;
    return PM_OK;
}

/* Where x differs from the row before; missing equals missing. */
static void mark_changes(const double *x, int64_t n, double *last, bool *changed)
{
    double before = *last;
    for (int64_t i = 0; i < n; i++) {
        changed[i] |= x[i] != before && !(isnan(x[i]) && isnan(before));
        before = x[i];
    }
    *last = before;
}

static pm_status bind_steps(pm_audit *audit, pm_audit_batch *b, pm_error *err)
{
    static const int step_columns[3] = {PM_AUDIT_CYCLE, PM_AUDIT_STEP_COUNT, PM_AUDIT_STEP_ID};
    pm_status s;
    if ((s = pm_grow(&audit->new_step, &audit->new_step_room, b->n, sizeof(bool), err))) return s;
    memset(audit->new_step, 0, (size_t)b->n);
    for (int i = 0; i < 3; i++) {
        const double *x = b->number[step_columns[i]];
        if (x) mark_changes(x, b->n, &audit->last_step[i], audit->new_step);
        b->has_steps |= x != NULL;
    }
    for (int64_t i = 0; b->direction && i < b->n; i++) {
        audit->new_step[i] |= b->direction[i] != audit->last_direction;
        audit->last_direction = b->direction[i];
        b->has_steps = true;
    }
    if (!audit->rows) audit->new_step[0] = true;
    b->new_step = audit->new_step;
    return PM_OK;
}

static pm_status bind_numbers(pm_audit_batch *b, pm_error *err)
{
    pm_want wants[2 * PM_AUDIT_NUMBERS];
    int n = 0;
    for (int i = 0; i < PM_AUDIT_NUMBERS; i++) {
        const char *unit = pm_audit_numbers[i].unit;
        wants[n++] = (pm_want){pm_audit_numbers[i].name, unit, .number = &b->number[i], .optional = true};
        if (!pm_audit_numbers[i].second) continue;
        wants[n++] = (pm_want){pm_audit_numbers[i].second, unit, .number = &b->second[i], .optional = true};
    }
    return pm_table_bind(b->table, n, wants, err);
}

pm_status pm_audit_push(pm_audit *audit, const pm_table *batch, pm_error *err)
{
    pm_audit_batch b = {.n = pm_table_rows(batch), .first = audit->rows + 1, .table = batch};
    pm_status s;
    if (!b.n) return PM_OK;
    if ((s = bind_numbers(&b, err))) return s;
    if ((s = bind_directions(audit, &b, err))) return s;
    if ((s = bind_steps(audit, &b, err))) return s;
    for (int i = 0; i < CHECKERS; i++)
        if (applies(audit, i) && (s = checkers[i]->push(audit->states[i], audit, &b, err))) return s;
    audit->rows += b.n;
    return PM_OK;
}

pm_status pm_audit_result(const pm_audit *audit, pm_table **findings, pm_error *err)
{
    pm_scoped(pm_builder) found = NULL;
    pm_scoped(pm_table) unsorted = NULL;
    pm_status s;
    if ((s = pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &found, err))) return s;
    if (audit->repair) pm_repair_findings(audit->repair, found); /* first: of one fault found twice the first stays */
    pm_audit_out out = {.findings = found};
    for (int i = 0; i < CHECKERS; i++)
        if (applies(audit, i)) checkers[i]->result(audit->states[i], audit, &out);
    if (audit->reader && (s = pm_reader_findings(audit->reader, found, err))) return s;
    if ((s = pm_builder_finish(found, &unsorted, err))) return s;
    return pm_findings_sorted(unsorted, findings, err);
}

const char *pm_audit_counter(const pm_audit *audit)
{
    return pm_audit_capacity_counter(audit->states[CAPACITY]);
}
