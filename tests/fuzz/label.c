/* SPDX-License-Identifier: MIT */
/* Headers: any label is taken apart, matched and made into a name. */
#include <string.h>

#include "fuzz.h"
#include "label/label.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const pm_quantities *quantities;
    must_hold(pm_quantities_known(&quantities, NULL) == PM_OK);
    int distance = 0;
    pm_label label = pm_label_split((const char *)bytes, (int64_t)n);
    must_hold(memchr(label.name, '\0', sizeof label.name) && memchr(label.unit, '\0', sizeof label.unit));
    const pm_quantity *quantity = pm_label_quantity(quantities, &label, &distance);
    must_hold(!quantity || pm_quantities_named(quantities, quantity->name));
    pm_slug slug = pm_label_slug(&label);
    must_hold(memchr(slug.name, '\0', sizeof slug.name) && slug.unit);
    return 0;
}
