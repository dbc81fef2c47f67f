/* SPDX-License-Identifier: MIT */
/* The audit: what checkers see of a batch, and the one table of checkers that drives all. */
#include "read/audit.h"
#include "read/reader.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *unit, *second;
} numbers[PM_AUDIT_NUMBERS] = {
    [PM_AUDIT_TIME] = {"test_time_second", "s", "test_time_second_2"},
    [PM_AUDIT_VOLTAGE] = {"voltage_volt", "V", "voltage_volt_2"},
    [PM_AUDIT_CURRENT] = {"current_ampere", "A", "current_ampere_2"},
    [PM_AUDIT_WALL] = {"unix_time_second", "s", NULL},
    [PM_AUDIT_CYCLE] = {"cycle_count", "1", "cycle_count_2"},
    [PM_AUDIT_STEP_COUNT] = {"step_count", "1", NULL},
    [PM_AUDIT_STEP_ID] = {"step_id", "1", NULL},
    [PM_AUDIT_RECORD] = {"record_number", "1", NULL},
    [PM_AUDIT_CHARGED] = {"charging_capacity_ah", "Ah", "charging_capacity_ah_2"},
    [PM_AUDIT_DISCHARGED] = {"discharging_capacity_ah", "Ah", "discharging_capacity_ah_2"},
    [PM_AUDIT_STEP_CAPACITY] = {"step_capacity_ah", "Ah", "step_capacity_ah_2"},
    [PM_AUDIT_NET_CAPACITY] = {"net_capacity_ah", "Ah", "net_capacity_ah_2"},
    [PM_AUDIT_CHARGED_ENERGY] = {"charging_energy_wh", "Wh", NULL},
    [PM_AUDIT_DISCHARGED_ENERGY] = {"discharging_energy_wh", "Wh", NULL},
    [PM_AUDIT_STEP_ENERGY] = {"step_energy_wh", "Wh", NULL},
    [PM_AUDIT_FREQUENCY] = {"frequency_hertz", "Hz", NULL},
};

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
enum { CHECKERS = sizeof checkers / sizeof *checkers, CAPACITY = 4 };

struct pm_audit {
    const pm_reader *reader; /* NULL without one */
    const pm_source_column *sources[PM_AUDIT_NUMBERS];
    void *states[CHECKERS];
    int64_t rows;
    bool *new_step;    /* [new_step_room] of the batch being pushed */
    int8_t *direction; /* [direction_room] */
    int64_t new_step_room, direction_room;
    double last_step[3]; /* cycle, step count, step id of the last row pushed */
    int8_t last_direction;
};

const char *pm_audit_name(int number)
{
    return numbers[number].name;
}

const pm_source_column *pm_audit_source(const pm_audit *audit, int number)
{
    return audit->sources[number];
}

double pm_audit_resolution(const pm_audit *audit, int number)
{
    const pm_source_column *source = audit->sources[number];
    return source && source->resolution > 0 && isfinite(source->resolution) ? source->resolution : 0;
}

double pm_audit_digit(const pm_audit *audit, int number, double value)
{
    double digit = pm_audit_resolution(audit, number);
    for (int finer = 0; digit > 0 && finer < 12; finer++, digit /= 10) {
        double units = fabs(value) / digit;
        if (fabs(units - rint(units)) <= 1e-9 * fmax(units, 1)) return digit;
    }
    return 0;
}

int64_t pm_audit_row_count(const pm_audit *audit)
{
    return audit->rows;
}

void pm_audit_mark(pm_audit_rows *rows, const pm_audit *audit, int64_t row)
{
    if (!rows->count++) {
        rows->first = row;
        rows->line = audit->reader ? pm_reader_line(audit->reader, row) : -1;
    }
    rows->last = row;
}

pm_finding pm_audit_finding(const char *code, const char *severity, int number, const pm_audit_rows *rows)
{
    pm_finding f = {.code = code, .severity = severity, .expected = NAN, .observed = NAN, .factor = NAN};
    f.column = number >= 0 ? numbers[number].name : NULL;
    f.count = rows ? rows->count : PM_NO_INT;
    f.row_first = rows ? rows->first : PM_NO_INT;
    f.row_last = rows ? rows->last : PM_NO_INT;
    f.line_first = rows && rows->line > 0 ? rows->line : PM_NO_INT;
    f.action = "none";
    return f;
}

void pm_audit_say(pm_audit_out *out, pm_finding finding, const char *hint, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    finding.message = message;
    finding.hint = hint;
    pm_builder_push(out->findings, &finding);
}

double pm_audit_unit_factor(double ratio, double tolerance)
{
    static const double factors[] = {1, 60, 1000, 3600, 1 / 60., 1e-3, 1 / 3600.};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        if (fabs(ratio / factors[i] - 1) <= tolerance) return factors[i];
    return NAN;
}

/* ---- making and freeing ------------------------------------------------------------------------------------- */

static void adopt_source(pm_audit *audit, const pm_source_column *source)
{
    for (int i = 0; i < PM_AUDIT_NUMBERS; i++)
        if (!strcmp(numbers[i].name, source->name)) audit->sources[i] = source;
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

pm_status pm_audit_new(const pm_reader *reader, pm_audit **out, pm_error *err)
{
    pm_status s;
    if ((s = pm_audit_start(NULL, 0, out, err))) return s;
    (*out)->reader = reader;
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
        const char *unit = numbers[i].unit;
        wants[n++] = (pm_want){numbers[i].name, unit, .number = &b->number[i], .optional = true};
        if (!numbers[i].second) continue;
        wants[n++] = (pm_want){numbers[i].second, unit, .number = &b->second[i], .optional = true};
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
        if ((s = checkers[i]->push(audit->states[i], audit, &b, err))) return s;
    audit->rows += b.n;
    return PM_OK;
}

pm_status pm_audit_result(const pm_audit *audit, pm_table **findings, pm_error *err)
{
    pm_scoped(pm_builder) found = NULL;
    pm_scoped(pm_table) unsorted = NULL;
    pm_status s;
    if ((s = pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &found, err))) return s;
    pm_audit_out out = {.findings = found};
    for (int i = 0; i < CHECKERS; i++) checkers[i]->result(audit->states[i], audit, &out);
    if (audit->reader && (s = pm_reader_findings(audit->reader, found, err))) return s;
    if ((s = pm_builder_finish(found, &unsorted, err))) return s;
    return pm_findings_sorted(unsorted, findings, err);
}

const char *pm_audit_counter(const pm_audit *audit)
{
    return pm_audit_capacity_counter(audit->states[CAPACITY]);
}
