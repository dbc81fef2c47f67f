/* SPDX-License-Identifier: MIT */
/* Workbooks written here, packed without compression: days in words, and memory that runs out. Others: tests/data. */
#include "support.h"

#include "config.h"
#include "read/read.h"
#include "workbook/xlsx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

/* ---- a zip archive of stored members ---- */

typedef struct zip {
    uint8_t bytes[65536], directory[4096];
    size_t n, directory_n, members;
} zip;

static void put(uint8_t *to, size_t *n, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) to[(*n)++] = (uint8_t)(i < 8 ? value >> 8 * i : 0);
}

/* The fields that a local header and an entry of the directory share. */
static void put_common(uint8_t *to, size_t *n, const char *name, const char *text)
{
    size_t length = strlen(text);

    put(to, n, 20, 2);         /* version */
    put(to, n, 0, 4);          /* flags, stored */
    put(to, n, 0x00210000, 4); /* 1980-01-01 */
    put(to, n, crc32(0, (const uint8_t *)text, (uInt)length), 4);
    put(to, n, length, 4);
    put(to, n, length, 4);
    put(to, n, strlen(name), 2);
    put(to, n, 0, 2);
}

static void add(zip *z, const char *name, const char *text)
{
    size_t at = z->n, length = strlen(text);

    assert_true(z->n + length + 200 < sizeof z->bytes && z->directory_n + 200 < sizeof z->directory);
    put(z->bytes, &z->n, 0x04034b50, 4);
    put_common(z->bytes, &z->n, name, text);
    memcpy(z->bytes + z->n, name, strlen(name));
    z->n += strlen(name);
    memcpy(z->bytes + z->n, text, length);
    z->n += length;
    put(z->directory, &z->directory_n, 0x02014b50, 4);
    put(z->directory, &z->directory_n, 20, 2);
    put_common(z->directory, &z->directory_n, name, text);
    put(z->directory, &z->directory_n, 0, 10);
    put(z->directory, &z->directory_n, at, 4);
    memcpy(z->directory + z->directory_n, name, strlen(name));
    z->directory_n += strlen(name);
    z->members++;
}

static char *finish(zip *z)
{
    size_t at = z->n;

    memcpy(z->bytes + z->n, z->directory, z->directory_n);
    z->n += z->directory_n;
    put(z->bytes, &z->n, 0x06054b50, 4);
    put(z->bytes, &z->n, 0, 4);
    put(z->bytes, &z->n, z->members, 2);
    put(z->bytes, &z->n, z->members, 2);
    put(z->bytes, &z->n, z->directory_n, 4);
    put(z->bytes, &z->n, at, 4);
    put(z->bytes, &z->n, 0, 2);
    return support_file(".xlsx", z->bytes, (int64_t)z->n);
}

/* ---- a workbook: what describes the test, and two sheets of records, the first with a header of two rows ---- */

static void add_records(zip *z, const char *name, int first, int n)
{
    static const char top[] =
        "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c><c r='C1' t='s'><v>2</v></c>"
        "<c r='D1' t='s'><v>3</v></c><c r='F1' t='s'><v>4</v></c></row>"
        "<row r='2'><c r='D2' t='s'><v>5</v></c><c r='E2' t='s'><v>6</v></c></row>";
    static const char merged[] = "<mergeCells><mergeCell ref='A1:A2'/><mergeCell ref='B1:B2'/><mergeCell ref='C1:C2'/>"
                                 "<mergeCell ref='D1:E1'/><mergeCell ref='F1:F2'/></mergeCells>";
    char text[16384];
    size_t used = (size_t)snprintf(text, sizeof text, "<worksheet><sheetData>%s", top);

    for (int i = 0; i < n; i++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used,
                             "<row><c><v>%d</v></c><c><v>%d.5</v></c><c><v>3.25</v></c><c><v>0.5</v></c><c><v>1e-3</v>"
                             "</c><c s='1'><v>45000.25</v></c></row>",
                             first + i, first + i);
    used += (size_t)snprintf(text + used, sizeof text - used, "</sheetData>%s</worksheet>", merged);
    assert_true(used < sizeof text);
    add(z, name, text);
}

#define RELATION(id, type, target) "<Relationship Id='" id "' Type='http://x/" type "' Target='" target "'/>"

static char *make_book(void)
{
    zip *z = calloc(1, sizeof *z);

    assert_non_null(z);
    add(z, "[Content_Types].xml", "<Types/>");
    add(z, "_rels/.rels", "<Relationships>" RELATION("a", "officeDocument", "xl/workbook.xml") "</Relationships>");
    add(z, "xl/workbook.xml",
        "<workbook xmlns:r='u'><sheets><sheet name='Info' r:id='c'/><sheet name='Rec_1' r:id='d'/>"
        "<sheet name='Rec_2' r:id='e'/></sheets></workbook>");
    add(z, "xl/_rels/workbook.xml.rels",
        "<Relationships>" RELATION("a", "styles", "styles.xml") RELATION("b", "sharedStrings", "texts.xml")
            RELATION("c", "worksheet", "info.xml") RELATION("d", "worksheet", "one.xml")
                RELATION("e", "worksheet", "two.xml") "</Relationships>");
    add(z, "xl/styles.xml",
        "<styleSheet><numFmts><numFmt numFmtId='200' formatCode='dd/mm/yyyy'/></numFmts><cellXfs>"
        "<xf numFmtId='0'/><xf numFmtId='200'/></cellXfs></styleSheet>");
    add(z, "xl/texts.xml",
        "<sst><si><t>Record</t></si><si><t>Test Time (s)</t></si><si><t>Voltage (V)</t></si><si><t>Current"
        "</t></si><si><t>Date Time</t></si><si><t>A</t></si><si><r><t>Capa</t></r><r><t>city (Ah)</t></r>"
        "</si></sst>");
    add(z, "xl/info.xml",
        "<worksheet><sheetData><row><c t='inlineStr'><is><t>Operator</t></is></c><c t='inlineStr'><is>"
        "<t>nobody</t></is></c></row></sheetData></worksheet>");
    add_records(z, "xl/one.xml", 1, 40);
    add_records(z, "xl/two.xml", 41, 10);
    char *path = finish(z);
    free(z);
    return path;
}

static void two_sheets_one_test(void **state)
{
    pm_scoped(pm_table) t = NULL;
    pm_error err;
    char *path = make_book();

    (void)state;
    assert_good(pm_read_table(path, NULL, NULL, &t, &err), &err);
    support_remove(path);
    assert_int_equal(pm_table_rows(t), 50);
    for (int i = 0; i < 50; i++) {
        assert_close(real_at(t, "record_number", i), i + 1, 0, 0);
        assert_close(real_at(t, "test_time_second", i), i + 1.5, 0, 0);
        assert_close(real_at(t, "current_ampere", i), 0.5, 0, 0);
        assert_close(real_at(t, "step_capacity_ah", i), 0.001, 0, 0);
        assert_close(real_at(t, "unix_time_second", i), (45000 - 25569) * 86400.0 + 21600, 0, 0);
    }
    assert_string_equal(pm_table_meta(t, "Operator"), "nobody");
}

static void no_memory(void **state)
{
    char *path = make_book();
    bool failed = true;
    int64_t n = 1;

    (void)state;
    for (; failed; n++) {
        pm_table *t = NULL;
        pm_error err = {0};
        int64_t before = allocations_held();
        fail_allocation(n);
        pm_status s = pm_read_table(path, NULL, &(pm_run){.threads = 1}, &t, &err);
        failed = allocation_failed();
        fail_allocation(0);
        if (s && s != PM_ERR_MEMORY) fail_msg("allocation %lld: %s", (long long)n, err.message);
        if (!failed) assert_int_equal(s, PM_OK);
        pm_table_free(t);
        assert_int_equal(allocations_held(), before);
    }
    assert_true(n > 100);
    support_remove(path);
}

/* ---- days ---- */

/* The C library's calendar is the judge. */
static void days(void **state)
{
    static const double parts[] = {0, 0.5, 0.001, 0.999, 0.12345};

    (void)state;
    for (int64_t day = 61; day < 65536; day += 17) {
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            char ours[40], theirs[64];
            int second = (int)(day * 7919 % 86400);
            time_t t = (time_t)((day - 25569) * 86400 + second);
            struct tm tm;
            gmtime_r(&t, &tm);
            size_t n = strftime(theirs, sizeof theirs, "%Y-%m-%d %H:%M:%S", &tm);
            char part[16] = "";
            if (parts[i] > 0) snprintf(part, sizeof part, "%g", parts[i]);
            snprintf(theirs + n, sizeof theirs - n, "%s", part[0] ? part + 1 : "");
            int length = pm_day_print((double)day + (second + parts[i]) / 86400, false, ours);
            assert_int_equal(length, strlen(ours));
            assert_string_equal(ours, theirs);
        }
    }
}

static void odd_days(void **state)
{
    char text[40];

    (void)state;
    pm_day_print(59, false, text);
    assert_string_equal(text, "1900-02-28 00:00:00");
    pm_day_print(0, true, text);
    assert_string_equal(text, "1904-01-01 00:00:00");
    pm_day_print(44123.99999999999, false, text);
    assert_string_equal(text, "2020-10-20 00:00:00");
    pm_day_print(0.25, false, text);
    assert_string_equal(text, "06:00:00");
    assert_int_equal(pm_day_print(-1, false, text), 0);
    assert_int_equal(pm_day_print(1e9, false, text), 0);
    assert_int_equal(pm_day_print(NAN, false, text), 0);
    pm_span_print(100.5, text);
    assert_string_equal(text, "2412:00:00");
    pm_span_print(59.9999999 / 86400, text);
    assert_string_equal(text, "00:01:00");
    assert_int_equal(pm_span_print(INFINITY, text), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_sheets_one_test),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(days),
        cmocka_unit_test(odd_days),
    };

    if (!PM_HAVE_LIBZIP) return support_without("libzip");
    if (!PM_HAVE_EXPAT) return support_without("expat");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
