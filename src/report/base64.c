/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base64.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_byte(base64 *b, unsigned byte)
{
    b->bits = b->bits << 8 | (byte & 255);
    if (++b->n < 3) return;
    const char four[] = {letters[b->bits >> 18 & 63], letters[b->bits >> 12 & 63], letters[b->bits >> 6 & 63],
                         letters[b->bits & 63]};
    pm_out_bytes(b->out, four, 4);
    b->bits = 0;
    b->n = 0;
}

void base64_u32(base64 *b, uint32_t value)
{
    for (int shift = 0; shift < 32; shift += 8) base64_byte(b, value >> shift);
}

void base64_float(base64 *b, double value)
{
    float f = (float)value;
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    base64_u32(b, bits);
}

void base64_end(base64 *b)
{
    if (b->n == 0) return;
    uint32_t bits = b->bits << (b->n == 1 ? 16 : 8);
    const char four[] = {letters[bits >> 18 & 63], letters[bits >> 12 & 63], b->n == 2 ? letters[bits >> 6 & 63] : '=',
                         '='};
    pm_out_bytes(b->out, four, 4);
    b->n = 0;
}
