/* SPDX-License-Identifier: MIT */
/* What happens to tests in practice [C]: how often, when and how long is chosen here. */
#include "instrument.h"

#include <string.h>

static const char *const names[] = {"jitter", "missing-rows", "aborted", "restarted"};
enum { NAMES = sizeof names / sizeof *names };
_Static_assert(1 << NAMES == PM_VIRTUAL_FAULTS_ALL + 1, "a name per fault");

const char *pm_virtual_fault_name(int bit)
{
    return bit >= 0 && bit < NAMES ? names[bit] : NULL;
}

void virtual_faults_text(unsigned kinds, char text[VIRTUAL_FAULTS_TEXT])
{
    int n = 0;
    text[0] = '\0';
    for (int bit = 0; bit < NAMES; bit++)
        if (kinds & 1u << bit)
            n += snprintf(text + n, (size_t)(VIRTUAL_FAULTS_TEXT - n), "%s%s", n ? " " : "", names[bit]);
}

/* A whole number from low to high. */
static int64_t among(pm_random *random, int low, int high)
{
    return low + (int64_t)(pm_random_uniform(random) * (high - low + 1));
}

virtual_faults virtual_faults_draw(unsigned kinds, uint64_t seed, uint64_t index)
{
    pm_random random = pm_random_stream(seed, "virtual/faults", index);
    virtual_faults f = {0};
    for (int bit = 0; bit < NAMES; bit++) /* all are drawn, so that none depends on which others are asked for */
        if (pm_random_uniform(&random) < 0.5) f.kinds |= 1u << bit;
    f.kinds &= kinds;
    int64_t hole = among(&random, 2, 12), end = among(&random, 4, 30), again = among(&random, 4, 12);
    f.hole_from = 0.2 + 0.1 * pm_random_uniform(&random);
    f.hole_to = f.hole_from + 0.36 + 0.14 * pm_random_uniform(&random);
    f.abort_at = 0.2 + 0.6 * pm_random_uniform(&random);
    f.starts_again = pm_random_uniform(&random) < 0.5;
    f.pause_s = 3600 * (1 + 9 * pm_random_uniform(&random));
    f.hole_cycle = f.kinds & PM_VIRTUAL_MISSING_ROWS ? hole : 0;
    f.abort_cycle = f.kinds & PM_VIRTUAL_ABORTED ? end : 0;
    f.restart_cycle = f.kinds & PM_VIRTUAL_RESTARTED ? again : 0;
    return f;
}
