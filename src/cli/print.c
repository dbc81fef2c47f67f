/* SPDX-License-Identifier: MIT */
/* Text and numbers for people. */
#include "cli/cli.h"

#include <math.h>
#include <string.h>

/* Bytes of the UTF-8 character at text that a terminal may be given, 0 where there is none. */
static int printable(const char *text)
{
    unsigned char lead = (unsigned char)text[0];
    if (lead < 0x20 || lead == 0x7f) return 0;
    if (lead < 0x80) return 1;
    int n = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    for (int i = 1; i < n; i++)
        if (!text[i]) return 0;
    if (!pm_utf8_valid(text, n)) return 0;
    bool control = lead == 0xc2 && (unsigned char)text[1] < 0xa0; /* U+0080..U+009F: controls to a terminal */
    return control ? 0 : n;
}

void cli_plain(pm_out *to, const char *text)
{
    while (text && *text) {
        int n = printable(text);
        if (n)
            pm_out_bytes(to, text, n);
        else
            pm_out_text(to, "\\x%02x", (unsigned char)*text);
        text += n ? n : 1;
    }
}

void cli_grouped(int64_t value, char text[32])
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)value), at = 0;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0 && digits[i - 1] != '-') text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = 0;
}

void cli_duration(double second, char text[32])
{
    int64_t minutes = isfinite(second) && fabs(second) < 1e15 ? (int64_t)(second / 60) : 0;
    if (!isfinite(second) || fabs(second) >= 1e15)
        snprintf(text, 32, "%g s", second);
    else if (second < 100)
        snprintf(text, 32, "%.3g s", second);
    else if (minutes < 120)
        snprintf(text, 32, "%lld min", (long long)minutes);
    else if (minutes < 48 * 60)
        snprintf(text, 32, "%lld h %lld min", (long long)(minutes / 60), (long long)(minutes % 60));
    else
        snprintf(text, 32, "%lld d %lld h", (long long)(minutes / 1440), (long long)(minutes % 1440 / 60));
}
