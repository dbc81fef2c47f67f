/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"

pm_status pm_grow(void *array, int64_t *capacity, int64_t need, size_t size, pm_error *err)
{
    if (need <= *capacity) return PM_OK;
    int64_t most = size ? (int64_t)(PTRDIFF_MAX / size) : INT64_MAX;
    int64_t room = *capacity > most - *capacity / 2 ? most : *capacity + *capacity / 2;
    if (room < need) room = need;
    if (room < 8 && most >= 8) room = 8;
    char *bytes;
    memcpy(&bytes, array, sizeof bytes);
    if (room > most || !(bytes = realloc(bytes, (size_t)room * size)))
        return pm_fail(err, PM_ERR_MEMORY, "no memory for %lld elements", (long long)need);
    memset(bytes + (size_t)*capacity * size, 0, (size_t)(room - *capacity) * size);
    memcpy(array, &bytes, sizeof bytes);
    *capacity = room;
    return PM_OK;
}

char *pm_text_copy(const char *text, int64_t n)
{
    size_t length = n < 0 ? strlen(text) : (size_t)n;
    char *copy = malloc(length + 1);
    if (!copy) return NULL;
    if (length) memcpy(copy, text, length);
    copy[length] = 0;
    return copy;
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

bool pm_text_same(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) a++, b++;
    return lower(*a) == lower(*b);
}

int pm_utf8_step(const char *p, int64_t n, uint32_t *code)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = (unsigned char)p[0];
    *code = lead;
    if (lead < 0x80) return 1;
    int length = lead >= 0xF0 && lead < 0xF5   ? 4
                 : lead >= 0xE0 && lead < 0xF0 ? 3
                 : lead >= 0xC2 && lead < 0xE0 ? 2
                                               : 0;
    if (!length || n < length) return 0;
    uint32_t c = lead & (0x7FU >> length);
    for (int i = 1; i < length; i++) {
        unsigned char next = (unsigned char)p[i];
        if ((next & 0xC0) != 0x80) return 0;
        c = c << 6 | (next & 0x3FU);
    }
    if (c < least[length] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return 0;
    *code = c;
    return length;
}

bool pm_utf8_valid(const char *bytes, int64_t n)
{
    int64_t i = 0;
    while (i < n) {
        uint64_t eight;
        if (n - i >= 8 && (memcpy(&eight, bytes + i, 8), !(eight & 0x8080808080808080U))) {
            i += 8;
            continue;
        }
        uint32_t code;
        int length = pm_utf8_step(bytes + i, n - i, &code);
        if (!length) return false;
        i += length;
    }
    return true;
}
