/* SPDX-License-Identifier: MIT */
/* Units: what was understood converts to itself without a change. */
#include <string.h>

#include "base/base.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    pm_unit unit;
    double value = 1.5;
    char *text = pm_text_copy((const char *)bytes, (int64_t)n);
    must_hold(text);
    if (pm_unit_parse(text, &unit, NULL) == PM_OK) {
        must_hold(pm_unit_same_dimension(unit, unit));
        must_hold(pm_unit_convert(unit, unit, 1, &value, NULL) == PM_OK);
        must_hold(value == 1.5);
    }
    free(text);
    return 0;
}
