/* SPDX-License-Identifier: MIT */
/* A workbook one of whose parts is the input: the first byte chooses which, the others are sound. Its rows are read in blocks of
 * two sizes, which must not change how many there are. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "fuzz.h"
#include "read/read.h"

enum { PARTS = 5 };

#define SHEET(rows)                                                                                                    \
    "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>" rows                  \
    "</sheetData></worksheet>"
#define CELLS(n, a, b, c)                                                                                              \
    "<row r=\"" n "\"><c r=\"A" n "\"" a "</c><c r=\"B" n "\"" b "</c><c r=\"C" n "\"" c "</c></row>"

static const char *const names[PARTS] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml",
                                         "xl/workbook.xml", "xl/_rels/workbook.xml.rels"};
static const char *const sound[PARTS] = {
    SHEET(CELLS("1", " t=\"s\"><v>0</v>", " t=\"s\"><v>1</v>", " t=\"s\"><v>2</v>") CELLS(
        "2", "><v>0</v>", "><v>3.1</v>", "><v>0.001</v>") CELLS("3", "><v>60</v>", "><v>3.2</v>", "><v>0.001</v>")),
    "<sst><si><t>Test_Time(s)</t></si><si><t>Voltage(V)</t></si><si><t>Current(A)</t></si></sst>",
    "<styleSheet><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>",
    ("<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>"
     "<sheet name=\"Channel_1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"),
    "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
};

typedef struct zip {
    uint8_t *bytes;
    size_t n;
    uint8_t directory[PARTS * 128];
    size_t directory_n;
} zip;

static void put(uint8_t *to, uint32_t value, int n)
{
    for (int i = 0; i < n; i++) to[i] = (uint8_t)(value >> 8 * i);
}

/* Stored, with its checksum: what unpacks is the input itself. */
static void add(zip *z, const char *name, const uint8_t *bytes, size_t n)
{
    uint8_t head[46] = {0};
    size_t length = strlen(name), at = z->n;
    put(head, 0x04034b50, 4);
    put(head + 4, 20, 2);
    put(head + 14, (uint32_t)crc32(0, bytes, (uInt)n), 4);
    put(head + 18, (uint32_t)n, 4);
    put(head + 22, (uint32_t)n, 4);
    put(head + 26, (uint32_t)length, 2);
    memcpy(z->bytes + at, head, 30);
    memcpy(z->bytes + at + 30, name, length);
    memcpy(z->bytes + at + 30 + length, bytes, n);
    z->n += 30 + length + n;
    memmove(head + 6, head + 4, 26);
    put(head, 0x02014b50, 4);
    put(head + 4, 20, 2);
    put(head + 30, 0, 4);
    put(head + 42, (uint32_t)at, 4);
    memcpy(z->directory + z->directory_n, head, 46);
    memcpy(z->directory + z->directory_n + 46, name, length);
    z->directory_n += 46 + length;
}

static void finish(zip *z)
{
    uint8_t end[22] = {0};
    put(end, 0x06054b50, 4);
    put(end + 8, PARTS, 2);
    put(end + 10, PARTS, 2);
    put(end + 12, (uint32_t)z->directory_n, 4);
    put(end + 16, (uint32_t)z->n, 4);
    memcpy(z->bytes + z->n, z->directory, z->directory_n);
    memcpy(z->bytes + z->n + z->directory_n, end, sizeof end);
    z->n += z->directory_n + sizeof end;
}

static int64_t rows_of(const char *path, int64_t block_bytes)
{
    pm_scoped(pm_reader) reader = NULL;
    pm_scoped(pm_table) parts = NULL;
    pm_read_options options = {.block_bytes = block_bytes};
    pm_run run = {.threads = 1};
    const pm_table *batch = NULL;
    pm_status s;
    if (pm_reader_open(path, &options, &run, &reader, NULL)) return -1;
    while (!(s = pm_reader_next(reader, &batch, NULL)) && batch) {
    }
    must_hold(pm_reader_parts(reader, &parts, NULL) == PM_OK);
    return s ? -1 : pm_reader_facts(reader)->rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    zip z = {.bytes = malloc(n + 4096)};
    char path[40];
    if (n == 0 || !z.bytes) {
        free(z.bytes);
        return 0;
    }
    for (int i = 0; i < PARTS; i++) {
        bool own = bytes[0] % PARTS == i;
        add(&z, names[i], own ? bytes + 1 : (const uint8_t *)sound[i], own ? n - 1 : strlen(sound[i]));
    }
    finish(&z);
    int descriptor = memfd_create("fuzz", 0);
    must_hold(descriptor >= 0 && write(descriptor, z.bytes, z.n) == (ssize_t)z.n);
    free(z.bytes);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    must_hold(rows_of(path, 4096) == rows_of(path, 257));
    close(descriptor);
    return 0;
}
