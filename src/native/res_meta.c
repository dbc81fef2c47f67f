/* SPDX-License-Identifier: MIT */
/* Arbin .res: what the file says of its tests, and the tables in it. */
#include "res_tables.h"

#include <math.h>
#include <time.h>

/* The shortest digits that a number has which was kept in single precision. */
static void print_number(const pm_jet_column *c, double v, char text[40])
{
    for (int digits = 6; c->type == PM_JET_SINGLE && digits <= 9; digits++) {
        char trial[40];
        double back = NAN;
        snprintf(trial, sizeof trial, "%.*e", digits - 1, v);
        for (char *p = trial; *p; p++)
            if (*p == ',') *p = '.'; /* the locale's */
        pm_number_parse(trial, (int64_t)strlen(trial), '.', &back);
        if ((float)back == (float)v) {
            v = back;
            break;
        }
    }
    pm_number_print(v, text);
}

static void print_day(double days, char text[40])
{
    double seconds = floor((days - 25569) * 86400 + 0.5);
    struct tm t;
    time_t whole = fabs(seconds) < 1e11 ? (time_t)seconds : 0;

    text[0] = 0;
    if (whole && gmtime_r(&whole, &t)) strftime(text, 40, "%Y-%m-%d %H:%M:%S", &t);
}

/* Zero in the numbers at the end means that nobody filled them in. */
static const struct told {
    const char *column, *key;
    char kind; /* t text, d day, n number, p positive number */
} told[] = {
    {"Test_Name", "test_name", 't'},
    {"Item_ID", "item_id", 't'},
    {"Start_DateTime", "start_time", 'd'},
    {"Channel_Index", "channel", 'n'},
    {"Schedule_File_Name", "schedule", 't'},
    {"Schedule_Version", "schedule_version", 't'},
    {"Creator", "creator", 't'},
    {"Comments", "comments", 't'},
    {"Software_Version", "software_version", 't'},
    {"Serial_Number", "device_serial_number", 't'},
    {"MASS", "mass_gram", 'p'},
    {"Specific_Capacity", "specific_capacity_ah_per_gram", 'p'},
    {"Capacity", "nominal_capacity_ah", 'p'},
};

static void value_of(const pm_res *r, const struct told *what, const pm_jet_column *c, pm_span row, char value[800])
{
    double v = pm_jet_number(c, row);

    value[0] = 0;
    if (what->kind == 't')
        pm_jet_words(&r->jet, c, row, value, 800);
    else if (!isnan(v) && what->kind == 'd')
        print_day(v, value);
    else if (!isnan(v) && (what->kind == 'n' || v > 0))
        print_number(c, v, value);
}

/* Where several tests are in the file, keys say which one is meant. */
static void tell_test(const pm_res *r, pm_native *n, const pm_jet_table *t, pm_span row, bool several)
{
    double test = pm_jet_number(pm_jet_find(t, "Test_ID"), row);
    char prefix[32] = "", key[80], value[800];

    if (several && fabs(test) < 1e9) snprintf(prefix, sizeof prefix, "test_%d_", (int)test);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        value_of(r, &told[i], pm_jet_find(t, told[i].column), row, value);
        snprintf(key, sizeof key, "%s%s", prefix, told[i].key);
        pm_native_meta(n, key, "%s", value);
    }
}

/* All tests are read, for the file does not say whether they are of one cell: the user does. */
static void tell_tests(const pm_res *r, pm_native *n)
{
    int64_t tests = 0, second = 0;
    char list[160] = "";

    for (int64_t i = 0, first = 0; i < r->record.n; i++) {
        int test = (int)(r->record.row[i].key >> 32);
        if (i + 1 < r->record.n && test == (int)(r->record.row[i + 1].key >> 32)) continue;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%d (rows %lld to %lld)", tests ? ", " : "", test,
                 (long long)first + 1, (long long)i + 1);
        if (++tests == 1) second = i + 2;
        first = i + 1;
    }
    if (tests < 2) return;
    pm_native_fault *f =
        pm_native_found(n, "tests-joined", "error", "%lld tests are in the file: %s", (long long)tests, list);
    if (!f) return;
    f->count = tests - 1;
    f->row_first = second;
    snprintf(f->hint, sizeof f->hint, "convert the file and split it by the column test_id");
}

pm_status pm_res_meta(pm_res *r, pm_native *n, pm_error *err)
{
    pm_res_list tests = {0}, version = {0};
    pm_status s = pm_res_load(r, n, "Global_Table", false, &tests, err);

    for (int64_t i = 0; i < tests.n && !s; i++)
        tell_test(r, n, &tests.table, (pm_span){tests.row[i].at, tests.row[i].n}, tests.n > 1);
    if (!s) s = pm_res_load(r, n, "Version_Table", false, &version, err);
    for (int64_t i = 0; i < version.n && i < 1 && !s; i++) {
        char text[200];
        pm_span row = {version.row[i].at, version.row[i].n};
        pm_jet_words(&r->jet, pm_jet_find(&version.table, "Version_Schema_Field"), row, text, sizeof text);
        pm_native_meta(n, "file_version", "%s", text);
    }
    if (pm_jet_find(&r->record.table, "DateTime")) pm_native_meta(n, "time_zone", "unknown");
    tell_tests(r, n);
    pm_res_list_clear(&tests);
    pm_res_list_clear(&version);
    return s;
}

/* ---- parts ---- */

/* Units are known of the tables that are read. */
static void columns_in_words(const pm_jet_table *t, char *detail, size_t room)
{
    bool is_read = strncmp(t->name, "Channel_", 8) == 0;
    size_t used = 0;

    for (int i = 0; i < t->n_columns && used < room; i++) {
        const pm_jet_column *c = &t->column[i];
        const pm_res_name *known = is_read ? pm_res_name_of(c->name) : NULL;
        const char *unit = pm_text_same(c->name, "DateTime") ? "days since 1899-12-30" : known ? known->unit : "1";
        bool has_unit = strcmp(unit, "1") != 0;
        char type[24];
        used += (size_t)snprintf(detail + used, room - used, "%s%s%s%s (%s)", i ? ", " : "", c->name,
                                 has_unit ? " in " : "", has_unit ? unit : "", pm_jet_type_name(c, type));
    }
}

void pm_res_parts(const pm_native *n, pm_builder *parts)
{
    const pm_res *r = n->state;

    for (int64_t i = 0; i < r->n_entries; i++) {
        pm_jet_table t = {0};
        pm_error why = {0};
        char detail[4096] = "";
        pm_part part = {.part = r->entry[i].name, .kind = "table", .version = "Jet 4", .detail = detail};
        pm_status s = pm_jet_define(&r->jet, r->entry[i].name, r->entry[i].page, &t, &why);
        if (!s) s = pm_jet_rows(&r->jet, &t, &why);
        part.offset = r->entry[i].page * PM_JET_PAGE;
        part.bytes = s ? PM_NO_INT : t.n_pages * PM_JET_PAGE;
        part.rows = s ? PM_NO_INT : t.n_rows;
        if (s)
            snprintf(detail, sizeof detail, "%s", why.message);
        else
            columns_in_words(&t, detail, sizeof detail);
        pm_builder_push(parts, &part);
        pm_jet_table_clear(&t);
    }
}
