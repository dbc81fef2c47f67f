/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include <string.h>

const char *pm_encoding_name(pm_encoding encoding)
{
    static const char *const names[] = {"utf-8", "utf-8-bom", "utf-16le", "utf-16be", "latin-1", ""};

    return names[encoding];
}

/* Text in UTF-16 without a mark: every other byte is zero in what Western instruments write. */
static pm_encoding utf16_by_zeros(const uint8_t *bytes, int64_t n)
{
    int64_t even = 0, odd = 0;

    if (n > 2048) n = 2048;
    for (int64_t i = 0; i + 1 < n; i += 2) {
        even += bytes[i] == 0;
        odd += bytes[i + 1] == 0;
    }
    if (n >= 8 && odd * 10 > n * 4 && even == 0) return PM_UTF16LE;
    if (n >= 8 && even * 10 > n * 4 && odd == 0) return PM_UTF16BE;
    return PM_BINARY;
}

pm_decoder pm_decoder_see(const uint8_t *bytes, int64_t n)
{
    pm_decoder d = {.encoding = PM_UTF8};

    if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        d.encoding = PM_UTF8_BOM;
        d.bom = 3;
    } else if (n >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE) {
        d.encoding = PM_UTF16LE;
        d.bom = 2;
    } else if (n >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF) {
        d.encoding = PM_UTF16BE;
        d.bom = 2;
    } else if (memchr(bytes, 0, (size_t)n)) {
        d.encoding = utf16_by_zeros(bytes, n);
    } else {
        /* The head may be cut inside a character. */
        bool valid = false;
        for (int64_t cut = 0; cut < 4 && cut <= n; cut++) valid = valid || pm_utf8_valid((const char *)bytes, n - cut);
        if (!valid) d.encoding = PM_LATIN1;
    }
    bool wide = d.encoding == PM_UTF16LE || d.encoding == PM_UTF16BE;
    d.carriage_returns = !wide && memchr(bytes, '\r', (size_t)n) && !memchr(bytes, '\n', (size_t)n);
    return d;
}

int64_t pm_decoder_room(const pm_decoder *d, int64_t n)
{
    bool wide = d->encoding == PM_UTF16LE || d->encoding == PM_UTF16BE;

    return wide ? n / 2 * 3 + 8 : n;
}

static char *put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xC0 | c >> 6);
        *to++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *to++ = (char)(0xE0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 0x3F));
        *to++ = (char)(0x80 | (c & 0x3F));
    } else {
        *to++ = (char)(0xF0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 0x3F));
        *to++ = (char)(0x80 | (c >> 6 & 0x3F));
        *to++ = (char)(0x80 | (c & 0x3F));
    }
    return to;
}

/* One UTF-16 unit; a surrogate without its other half becomes U+FFFD. */
static char *put_unit(pm_decoder *d, char *to, uint32_t unit)
{
    if (d->high && unit >= 0xDC00 && unit < 0xE000) {
        to = put_utf8(to, 0x10000 + ((d->high - 0xD800) << 10) + (unit - 0xDC00));
        d->high = 0;
        return to;
    }
    if (d->high) to = put_utf8(to, 0xFFFD);
    d->high = 0;
    if (unit >= 0xD800 && unit < 0xDC00) {
        d->high = unit;
        return to;
    }
    return put_utf8(to, unit >= 0xDC00 && unit < 0xE000 ? 0xFFFD : unit);
}

static int64_t decode_wide(pm_decoder *d, const uint8_t *bytes, int64_t n, char *text)
{
    char *to = text;

    for (int64_t i = 0; i < n; i++) {
        if (!d->half_n) {
            d->half = bytes[i];
            d->half_n = 1;
            continue;
        }
        d->half_n = 0;
        uint32_t low = d->encoding == PM_UTF16LE ? d->half : bytes[i],
                 high = d->encoding == PM_UTF16LE ? bytes[i] : d->half;
        to = put_unit(d, to, low | high << 8);
    }
    return to - text;
}

int64_t pm_decode(pm_decoder *d, const uint8_t *bytes, int64_t n, char *text)
{
    int64_t skip = d->taken < d->bom ? d->bom - d->taken : 0;

    if (skip > n) skip = n;
    d->taken += n;
    bytes += skip;
    n -= skip;
    if (d->encoding == PM_UTF16LE || d->encoding == PM_UTF16BE) return decode_wide(d, bytes, n, text);
    if ((const char *)bytes != text) memmove(text, bytes, (size_t)n);
    for (int64_t i = 0; d->carriage_returns && i < n; i++)
        if (text[i] == '\r') text[i] = '\n';
    return n;
}
