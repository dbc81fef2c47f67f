/* SPDX-License-Identifier: MIT */
/* An instrument file that is not text, of the format with the id FORMAT: opened, its rows read in batches of two sizes and
 * by one column alone, its parts listed. Neither the batch nor the choice of columns may change how many rows there are. */
#include "native/native.h"
#include "bytes/bytes.h"
#include "fuzz.h"
#include "read/native_rows.h"

enum { MOST_ROWS = 1 << 26 };

static const pm_format *find_format(void)
{
    for (int i = 0; pm_formats_native[i]; i++)
        if (strcmp(pm_formats_native[i]->id, FORMAT) == 0) return pm_formats_native[i];
    abort();
}

static void list_parts(const pm_native *native)
{
    pm_scoped(pm_builder) parts = NULL;
    pm_scoped(pm_table) table = NULL;

    must_hold(pm_builder_new(PM_PART_FIELDS, pm_part_fields, &parts, NULL) == PM_OK);
    if (native->format->parts) native->format->parts(native, parts);
    must_hold(pm_builder_finish(parts, &table, NULL) == PM_OK);
}

static void list_findings(const pm_native *native, int64_t rows)
{
    pm_scoped(pm_builder) findings = NULL;
    pm_scoped(pm_table) table = NULL;

    must_hold(pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &findings, NULL) == PM_OK);
    pm_native_tell(native, rows, true, findings);
    must_hold(pm_builder_finish(findings, &table, NULL) == PM_OK);
}

/* How many rows; -1 = they break off with an error. The first column's name is written to `name`. */
static int64_t read_rows(const pm_image *image, const pm_read_options *options, char name[128])
{
    pm_scoped(pm_native) native = NULL;
    pm_native_rows *rows = NULL;
    const pm_table *batch = NULL;
    pm_run run = {.threads = 1};
    int64_t n = 0;
    pm_status s = pm_native_open(find_format(), image, &run, &native, NULL);

    if (s) return -1;
    if (native->n_columns > 0) memcpy(name, native->column[0].name, 128);
    if (!(s = pm_native_rows_new(native, options, &run, &rows, NULL))) {
        while (!(s = pm_native_rows_next(rows, &batch, NULL)) && batch) {
            n += pm_table_rows(batch);
            must_hold(n < MOST_ROWS);
        }
        list_parts(native);
        list_findings(native, n);
    }
    pm_native_rows_free(rows);
    return s ? -1 : n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    pm_scoped(pm_archive) archive = NULL;
    pm_image image = {.path = "", .bytes = {bytes, (int64_t)n}, .whole = true};
    char reason[200], name[128] = "";
    const char *const one[] = {name, NULL};

    if (n >= 4 && memcmp(bytes, "PK\3\4", 4) == 0 && pm_archive_open(image.bytes, &archive, NULL) == PM_OK)
        image.archive = archive;
    (void)find_format()->sniff(&image, reason);
    int64_t rows = read_rows(&image, &(pm_read_options){.block_bytes = 16384}, name);
    must_hold(read_rows(&image, &(pm_read_options){.block_bytes = 1024}, name) == rows);
    if (name[0] && rows >= 0)
        must_hold(read_rows(&image, &(pm_read_options){.columns = one, .block_bytes = 16384}, name) == rows);
    return 0;
}
