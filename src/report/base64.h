/* SPDX-License-Identifier: MIT */
/** @file
 * Base64 (RFC 4648) into an output.
 */
#ifndef PM_REPORT_BASE64_H
#define PM_REPORT_BASE64_H

#include "base/base.h"

/** Start from {.out = out}. */
typedef struct base64 {
    pm_out *out;
    uint32_t bits;
    int n;
} base64;

void base64_byte(base64 *b, unsigned byte);
/** Little-endian. */
void base64_u32(base64 *b, uint32_t value);
void base64_float(base64 *b, double value);
/** Writes what is left, padded. */
void base64_end(base64 *b);

#endif
