/* SPDX-License-Identifier: MIT */
/* What is built in is parsed once, not for each input (-Wl,--wrap): most of the time would go there. */
#include "fuzz.h"
#include "text/text.h"

pm_status __real_pm_dialects_new(const char *extra, pm_dialects **out, pm_error *err);
pm_status __wrap_pm_dialects_new(const char *extra, pm_dialects **out, pm_error *err);
void __wrap_pm_dialects_free(pm_dialects *d);
pm_status __real_pm_quantities_new(pm_quantities **out, pm_error *err);
pm_status __wrap_pm_quantities_new(pm_quantities **out, pm_error *err);
void __wrap_pm_quantities_free(pm_quantities *q);

pm_status __wrap_pm_dialects_new(const char *extra, pm_dialects **out, pm_error *err)
{
    static pm_dialects *once;
    if (!once) must_hold(!__real_pm_dialects_new(extra, &once, err));
    *out = once;
    return PM_OK;
}

void __wrap_pm_dialects_free(pm_dialects *d)
{
    (void)d;
}

pm_status __wrap_pm_quantities_new(pm_quantities **out, pm_error *err)
{
    static pm_quantities *once;
    if (!once) must_hold(!__real_pm_quantities_new(&once, err));
    *out = once;
    return PM_OK;
}

void __wrap_pm_quantities_free(pm_quantities *q)
{
    (void)q;
}
