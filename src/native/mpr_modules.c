/* SPDX-License-Identifier: MIT */
/* The modules of a .mpr file, and what those beside the data say: settings, log, loops. */
#include "mpr.h"

#include <math.h>
#include <stdlib.h>

enum { MAGIC_BYTES = 52, HEADER_BYTES = 57, WIDE_HEADER_BYTES = 65, OLE_1970 = 25569 };

static const struct {
    int code;
    const char *name;
} techniques[] = {
    {4, "GCPL"},  {6, "CV"},    {11, "OCV"},  {22, "MP"},    {24, "CA"},  {25, "CP"},
    {28, "WAIT"}, {29, "PEIS"}, {30, "GEIS"}, {48, "CV"},    {50, "ZIR"}, {51, "CVA"},
    {108, "LSV"}, {117, "CoV"}, {118, "CoC"}, {119, "GCPL"}, {127, "MB"}, {136, "BCD"},
};

const char *mpr_technique(int code)
{
    for (size_t i = 0; i < sizeof techniques / sizeof *techniques; i++)
        if (techniques[i].code == code) return techniques[i].name;
    return "";
}

bool mpr_module_is(const mpr_module *m, const char *name)
{
    return strncmp(m->name, name, strlen(name)) == 0;
}

/* ---- where they are ---- */

static bool begins_module(pm_span bytes, int64_t at)
{
    pm_span mark = pm_span_part(bytes, at, 6);

    return mark.at && memcmp(mark.at, "MODULE", 6) == 0;
}

/* Behind "MODULE": short and long name; then length, version, date, or, with FFFFFFFF for the length, a length of 64
 * bits, version, date. False where the header is cut. */
static bool read_header(pm_span bytes, int64_t at, mpr_module *m)
{
    pm_span head = pm_span_part(bytes, at, HEADER_BYTES);

    if (!head.at) return false;
    m->wide = pm_u32(head.at + 41) == UINT32_MAX;
    if (m->wide && !(head = pm_span_part(bytes, at, WIDE_HEADER_BYTES)).at) return false;
    pm_native_text(head.at + 6, 10, m->name, sizeof m->name);
    pm_native_text(head.at + 16, 25, m->title, sizeof m->title);
    pm_native_text(head.at + head.n - 8, 8, m->date, sizeof m->date);
    m->at = at;
    m->header = head.n;
    m->version = pm_u32(head.at + head.n - 12);
    uint64_t length = m->wide ? pm_u64(head.at + 45) : pm_u32(head.at + 41);
    m->bytes = length > INT64_MAX ? INT64_MAX : (int64_t)length;
    int64_t rest = bytes.n - at - head.n;
    m->here = pm_span_part(bytes, at + head.n, m->bytes < rest ? m->bytes : rest);
    return true;
}

static pm_status no_module(int64_t at, int64_t size, pm_error *err)
{
    pm_place place = pm_nowhere();

    place.byte = at;
    if (at + 6 > size)
        return pm_fail_at(err, PM_ERR_FORMAT, place, "copy the file again", "the file ends before its module of data");
    return pm_fail_at(err, PM_ERR_FORMAT, place, "copy the file again",
                      "no module begins where the one before it ends, and no module of data came before");
}

/* Behind the data little can be lost: the clock and the loops. */
static void tell_lost(pm_native *n, int64_t at, const char *what)
{
    pm_native_fault *f = pm_native_found(n, "value-missing", "warning", "from byte %lld on %s", (long long)at, what);

    if (f) snprintf(f->hint, sizeof f->hint, "all rows that are declared have been read: copy the file again");
}

static void tell_cut(pm_native *n, const mpr_module *m)
{
    pm_native_found(n, "value-missing", "warning", "the module '%s' at byte %lld has %lld of its %lld bytes", m->name,
                    (long long)m->at, (long long)m->here.n, (long long)m->bytes);
}

pm_status mpr_modules_find(pm_span bytes, pm_native *n, mpr_modules *out, pm_error *err)
{
    int64_t at = MAGIC_BYTES;
    pm_status s;

    out->data = -1;
    while (begins_module(bytes, at)) {
        mpr_module m = {.at = at};
        if (!read_header(bytes, at, &m)) {
            if (out->data < 0) return no_module(bytes.n, bytes.n, err);
            tell_lost(n, at, "the header of a module is cut");
            return PM_OK;
        }
        if ((s = pm_grow(&out->item, &out->room, out->n + 1, sizeof *out->item, err))) return s;
        out->item[out->n] = m;
        bool data = mpr_module_is(&m, "VMP data");
        if (data && out->data >= 0)
            pm_native_found(n, "rows-missing", "warning", "a second module of data at byte %lld is not read",
                            (long long)at);
        if (data && out->data < 0) out->data = out->n;
        if (!data && m.here.n < m.bytes && out->data >= 0) tell_cut(n, &m);
        out->n++;
        at += m.header + m.here.n;
    }
    if (out->data < 0) return no_module(at, bytes.n, err);
    if (at < bytes.n) tell_lost(n, at, "there is no module, though one should begin");
    return PM_OK;
}

/* ---- settings ---- */

/* A text with its length before it, of at most `room` bytes. */
static void tell_text(pm_native *n, const char *key, pm_span b, int64_t at, int64_t room)
{
    pm_span length = pm_span_part(b, at, 1), text;

    if (!length.at || length.at[0] == 0 || length.at[0] > room) return;
    text = pm_span_part(b, at + 1, length.at[0]);
    if (text.at) pm_native_meta(n, key, "%.*s", (int)text.n, (const char *)text.at);
}

/* 0 = not there. */
static double small_number(pm_span b, int64_t at)
{
    pm_span part = pm_span_part(b, at, 4);
    double x = part.at ? (double)pm_f32(part.at) : 0;

    return isfinite(x) && x > 0 && x < 1e12 ? x : 0;
}

/* EC-Lab's own defaults, 7000 mg, 0.001 mg and 0.001 cm2, say nothing about the cell. */
static bool tell_quantity(pm_native *n, const char *key, double x, const char *unit, double default_x)
{
    if (x <= 0) return false;
    pm_native_meta(n, key, "%.7g %s", x, unit);
    return (float)x == (float)default_x || (float)x == 0.001f;
}

static void tell_placeholders(pm_native *n, bool mass, bool area)
{
    if (!mass && !area) return;
    pm_native_fault *f = pm_native_found(
        n, "placeholder-metadata", "note", "%s%s%s is what the instrument writes when nobody fills it in: not used",
        mass ? "mass of active material" : "", mass && area ? ", " : "", area ? "electrode surface area" : "");
    if (f) snprintf(f->hint, sizeof f->hint, "say mass and area in a sidecar file, or with --mass and --area");
}

static void read_settings(const mpr_module *m, pm_native *n, mpr_notes *notes)
{
    pm_span b = m->here;

    if (b.n < 1) return;
    notes->technique = b.at[0];
    pm_native_meta(n, "technique", "%d %s", notes->technique, mpr_technique(notes->technique));
    tell_text(n, "comments", b, 7, 255);
    tell_text(n, "electrode_material", b, 286, 160);
    tell_text(n, "electrolyte", b, 447, 81);
    bool mass = tell_quantity(n, "mass_of_active_material", small_number(b, 263), "mg", 7000);
    bool area = tell_quantity(n, "electrode_surface_area", small_number(b, 529), "cm2", 0.001);
    pm_span unit = pm_span_part(b, 592, 1); /* 2 = mg; no other has been seen */
    if (unit.at && unit.at[0] == 2) tell_quantity(n, "characteristic_mass", small_number(b, 588), "mg", 0.001);
    tell_placeholders(n, mass, area);
}

/* ---- log ---- */

/* MM/DD/YY or MM.DD.YY as days since 1970, NaN. */
static double header_day(const mpr_module *m)
{
    int month, day, year;
    char a, b;

    if (sscanf(m->date, "%2d%c%2d%c%2d", &month, &a, &day, &b, &year) != 5 || month < 1 || month > 12) return NAN;
    int64_t y = 2000 + year - (month <= 2), era = y / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return (double)(era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468);
}

/* The time of the start moved with the versions. It is days since 1899-12-30 and must fit the date in the header of the
 * data, which is that of the start. To the millisecond, for that is how finely EC-Lab keeps it. */
static double start_s(pm_span log, double day)
{
    static const int places[] = {585, 465, 469, 473};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        pm_span part = pm_span_part(log, places[i], 8);
        double days = part.at ? pm_f64(part.at) - OLE_1970 : NAN;
        if (days > day - 0.5 && days < day + 1.5) return round(days * 86400e3) / 1000;
    }
    return NAN;
}

static void tell_start(pm_native *n, double start)
{
    int64_t ms = (int64_t)llround(start * 1000), day = ms / 86400000, of_day = ms % 86400000;
    int64_t z = day + 719468, era = z / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9, year = yoe + era * 400 + (month <= 2);

    pm_native_meta(n, "start_time", "%04d-%02d-%02d %02d:%02d:%02d.%03d", (int)year, (int)month,
                   (int)(doy - (153 * mp + 2) / 5 + 1), (int)(of_day / 3600000), (int)(of_day / 60000 % 60),
                   (int)(of_day / 1000 % 60), (int)(of_day % 1000));
    pm_native_meta(n, "time_zone", "unknown");
}

static void read_log(const mpr_module *m, double day, pm_native *n, mpr_notes *notes)
{
    if (m->here.n > 9) pm_native_meta(n, "channel", "%d", m->here.at[9] + 1);
    tell_text(n, "file", m->here, 593, 254);
    tell_text(n, "software_version", m->here, 951, 7);
    notes->start_s = start_s(m->here, day);
    if (!isnan(notes->start_s))
        tell_start(n, notes->start_s);
    else if (m->here.n == m->bytes)
        pm_native_found(n, "value-missing", "warning",
                        "the log at byte %lld has no start time that fits the date %s: times of day are missing",
                        (long long)m->at, m->date);
}

/* ---- loops ---- */

/* A count, then the row where each loop begins; the last is the number of rows. */
static void read_loops(const mpr_module *m, pm_native *n, mpr_notes *notes)
{
    int64_t count = m->here.n >= 4 ? pm_u32(m->here.at) : 0;
    pm_span index = pm_span_part(m->here, 4, 4 * count);

    if (count > 0 && !index.at) {
        if (m->here.n == m->bytes)
            pm_native_found(n, "value-missing", "warning",
                            "the module of loops at byte %lld has no room for its %lld loops", (long long)m->at,
                            (long long)count);
        return;
    }
    for (int64_t i = 1; i < count; i++) {
        if (pm_u32(index.at + 4 * i) >= pm_u32(index.at + 4 * i - 4)) continue;
        pm_native_found(n, "value-missing", "warning", "the loops at byte %lld are not in order: they are not numbered",
                        (long long)m->at);
        return;
    }
    if (count > 2) notes->loops = index;
}

mpr_notes mpr_modules_read(const mpr_modules *modules, pm_native *n)
{
    mpr_notes notes = {.start_s = NAN, .technique = -1};
    double day = header_day(&modules->item[modules->data]);
    bool log = false;

    for (int64_t i = 0; i < modules->n; i++) {
        const mpr_module *m = &modules->item[i];
        if (mpr_module_is(m, "VMP Set")) read_settings(m, n, &notes);
        if (mpr_module_is(m, "VMP LOG")) read_log(m, day, n, &notes);
        if (mpr_module_is(m, "VMP loop")) read_loops(m, n, &notes);
        log |= mpr_module_is(m, "VMP LOG");
    }
    if (!log)
        pm_native_found(n, "value-missing", "warning",
                        "there is no module 'VMP LOG': the time of the start is not known");
    return notes;
}
