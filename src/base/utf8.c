/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"

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

void pm_utf8_from(const char *bytes, int64_t n, char *out, int64_t room)
{
    int64_t k = 0;
    bool utf8 = pm_utf8_valid(bytes, n);

    for (int64_t i = 0; i < n && k < room - 3; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (utf8 || c < 0x80) {
            out[k++] = (char)c;
        } else {
            out[k++] = (char)(0xc0 | c >> 6);
            out[k++] = (char)(0x80 | (c & 0x3f));
        }
    }
    /* A cut inside a character leaves half of it: take it off. */
    while (utf8 && k > 0 && !pm_utf8_valid(out, k)) k--;
    out[k] = 0;
}
