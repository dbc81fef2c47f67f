/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: a file's bytes to text: byte-order marks off, UTF-16 to UTF-8, lone carriage returns to line feeds.
 */
#ifndef PM_TEXT_DECODE_H
#define PM_TEXT_DECODE_H

#include "base/base.h"

typedef enum pm_encoding { PM_UTF8, PM_UTF8_BOM, PM_UTF16LE, PM_UTF16BE, PM_LATIN1, PM_BINARY } pm_encoding;

typedef struct pm_decoder {
    pm_encoding encoding;
    bool carriage_returns; /* lines end in '\r' only */
    int bom;               /* bytes of the byte-order mark, skipped at the start */
    int64_t taken;         /* bytes seen so far */
    int half_n;            /* bytes of a UTF-16 unit that the last call cut */
    uint8_t half;
    uint32_t high; /* a high surrogate waiting for its other half, 0 = none */
} pm_decoder;

/** Looks at the first bytes. */
pm_decoder pm_decoder_see(const uint8_t *bytes, int64_t n);
/** Room that n bytes may need as text. */
int64_t pm_decoder_room(const pm_decoder *d, int64_t n);
/** Text of the next n bytes; returns its length. In place where the encoding is not UTF-16 (text may equal bytes). */
int64_t pm_decode(pm_decoder *d, const uint8_t *bytes, int64_t n, char *text);
/** Whether bytes are a header and a row of text at the least, without control characters. */
bool pm_is_text(const uint8_t *bytes, int64_t n);
/** The error for a file of bytes that are no text, by what they are known to be. */
pm_status pm_refuse_binary(const uint8_t *head, int64_t n, pm_error *err);
/** "utf-8", "utf-8-bom", "utf-16le", "utf-16be", "latin-1", "" */
const char *pm_encoding_name(pm_encoding encoding);

#endif
