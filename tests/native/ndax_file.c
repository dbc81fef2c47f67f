/* SPDX-License-Identifier: MIT */
#include "ndax_file.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void zip_entry(uint8_t *p, bool central, uint32_t crc, int64_t n, const char *name)
{
    ndc_set(p, central ? 0x02014b50 : 0x04034b50, 4);
    p += central ? 6 : 4;
    ndc_set(p, 20, 2);
    ndc_set(p + 10, crc, 4);
    ndc_set(p + 14, (uint64_t)n, 4);
    ndc_set(p + 18, (uint64_t)n, 4);
    ndc_set(p + 22, strlen(name), 2);
}

static void ndax_add(ndax *a, const char *name, const void *bytes, int64_t n)
{
    uint32_t crc = (uint32_t)crc32(0, bytes, (uInt)n);
    uint8_t *entry = a->directory + a->directory_n;

    zip_entry(a->at + a->n, false, crc, n, name);
    zip_entry(entry, true, crc, n, name);
    ndc_set(entry + 42, (uint64_t)a->n, 4);
    memcpy(entry + 46, name, strlen(name));
    a->directory_n += 46 + (int64_t)strlen(name);
    memcpy(a->at + a->n + 30, name, strlen(name));
    a->n += 30 + (int64_t)strlen(name);
    memcpy(a->at + a->n, bytes, (size_t)n);
    a->n += n;
    a->members++;
}

void ndax_add_ndc(ndax *a, const char *name, ndc *f)
{
    ndax_add(a, name, f->at, f->n);
    free(f);
}

void ndax_add_text(ndax *a, const char *name, const char *text)
{
    ndax_add(a, name, text, (int64_t)strlen(text));
}

char *ndax_write(ndax *a)
{
    uint8_t *end = a->at + a->n + a->directory_n;

    memcpy(a->at + a->n, a->directory, (size_t)a->directory_n);
    ndc_set(end, 0x06054b50, 4);
    ndc_set(end + 8, (uint64_t)a->members, 2);
    ndc_set(end + 10, (uint64_t)a->members, 2);
    ndc_set(end + 12, (uint64_t)a->directory_n, 4);
    ndc_set(end + 16, (uint64_t)a->n, 4);
    char *path = support_file(".ndax", a->at, a->n + a->directory_n + 22);
    free(a);
    return path;
}
