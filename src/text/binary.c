/* SPDX-License-Identifier: MIT */
/* Files that are no text, and of no known format either. */
#include "decode.h"

#include <string.h>

pm_status pm_refuse_binary(const uint8_t *head, int64_t n, pm_error *err)
{
    static const struct known {
        int at;
        const char *bytes, *name;
    } known[] = {
        {0, "MATLAB 7.3", "a MATLAB 7.3 file"},
        {0, "%PDF", "a PDF document"},
        {0, "\xD0\xCF\x11\xE0", "an old Excel or Office file"},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t length = (int64_t)strlen(known[i].bytes);
        if (n < known[i].at + length || memcmp(head + known[i].at, known[i].bytes, (size_t)length) != 0) continue;
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "export it as text (csv) with the instrument's software",
                          "is %s, which this build cannot read", known[i].name);
    }
    pm_place at = pm_nowhere();
    const uint8_t *nul = memchr(head, 0, (size_t)n);
    at.byte = nul ? nul - head : -1;
    return pm_fail_at(err, PM_ERR_FORMAT, at, "give an export of the cycler as text",
                      "is binary, and of no known format");
}

/* A header and a row of text at the least, without control characters. */
bool pm_is_text(const uint8_t *bytes, int64_t n)
{
    int lines = 0;

    for (int64_t i = 0; i < n; i++) {
        lines += bytes[i] == '\n';
        if (bytes[i] < 32 && bytes[i] != '\t' && bytes[i] != '\r' && bytes[i] != '\n') return false;
    }
    return lines >= 2;
}
