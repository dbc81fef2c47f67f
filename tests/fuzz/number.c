/* SPDX-License-Identifier: MIT */
/* Numbers: what was read prints to a text that reads back to the same bits. */
#include <string.h>

#include "base/base.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0) return 0;
    double value = 0, again = 0;
    char text[32];
    pm_numeral numeral = pm_number_parse((const char *)bytes + 1, (int64_t)n - 1, bytes[0] & 1 ? ',' : '.', &value);
    if (numeral != PM_NUMERAL_OK) return 0;
    int length = pm_number_print(value, text);
    must_hold(length > 0 && length < 32);
    must_hold(pm_number_parse(text, length, '.', &again) == PM_NUMERAL_OK);
    must_hold(memcmp(&value, &again, sizeof value) == 0);
    return 0;
}
