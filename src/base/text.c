/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/base.h"

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
