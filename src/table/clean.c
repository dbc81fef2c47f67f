/* SPDX-License-Identifier: MIT */
/* Text from strangers' files, made safe once on its way in, so that no writer needs to think of it. */
#include "table/internal.h"

#include <stdlib.h>
#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD";

/* Length of the UTF-8 sequence that starts with this byte, if it is one. */
static int64_t sequence_length(unsigned char lead)
{
    if (lead < 0x80) return 1;
    if (lead < 0xE0) return 2;
    return lead < 0xF0 ? 3 : 4;
}

/* A control character of ASCII (but NUL) or of Latin-1, or one of Unicode's two line separators. */
static bool is_control(const char *bytes, int64_t length)
{
    const unsigned char *u = (const unsigned char *)bytes;
    if (length == 1) return u[0] < 0x20 || u[0] == 0x7F;
    if (length == 2) return u[0] == 0xC2 && u[1] < 0xA0;
    return length == 3 && u[0] == 0xE2 && u[1] == 0x80 && (u[2] == 0xA8 || u[2] == 0xA9);
}

int64_t pm_clean_bytes(const char *bytes, int64_t n, bool one_line, char *to)
{
    int64_t used = 0;
    for (int64_t i = 0; i < n;) {
        const char *at = bytes + i;
        int64_t length = sequence_length((unsigned char)*at);
        bool bad = *at == '\0' || i + length > n || !pm_utf8_valid(at, length);
        bool keep = !one_line && (*at == '\n' || *at == '\t');
        if (bad) {
            length = 1;
            memcpy(to + used, replacement, 3);
            used += 3;
        } else if (is_control(at, length) && !keep) {
            to[used++] = ' ';
        } else {
            memcpy(to + used, at, (size_t)length);
            used += length;
        }
        i += length;
    }
    return used;
}

bool pm_clean_already(const char *bytes, int64_t n)
{
    bool plain = true;
    for (int64_t i = 0; i < n; i++) plain &= bytes[i] >= 0x20 && bytes[i] < 0x7F;
    if (plain) return true;
    for (int64_t i = 0, length; i < n; i += length) {
        length = sequence_length((unsigned char)bytes[i]);
        if (i + length > n || !pm_utf8_valid(bytes + i, length) || is_control(bytes + i, length)) return false;
    }
    return true;
}

char *pm_clean_copy(const char *text, bool one_line)
{
    int64_t n = (int64_t)strlen(text);
    char *copy = malloc((size_t)n * 3 + 1);
    if (copy) copy[pm_clean_bytes(text, n, one_line, copy)] = '\0';
    return copy;
}
