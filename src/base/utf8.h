/* SPDX-License-Identifier: MIT */
/** @file Private to base: one step through UTF-8. */
#ifndef PM_BASE_UTF8_H
#define PM_BASE_UTF8_H

#include <stdint.h>

/** The bytes of UTF-8 for U+FFFD, which stands where text cannot. */
#define PM_REPLACEMENT "\xEF\xBF\xBD"

/** Length 1..4 of the character that starts at p (n > 0 bytes left) and its code point; 0 where the bytes are not
 *  valid UTF-8 (overlong, surrogate, beyond U+10FFFF, cut off). */
int pm_utf8_step(const char *p, int64_t n, uint32_t *code);

/** C0, DEL and C1. */
static inline int pm_is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

#endif
