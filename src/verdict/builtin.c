/* SPDX-License-Identifier: MIT */
/* The models that come with the library: "li-cu-2.json" is that of two cycles of Li-Cu cells. */
#include "predictor.h"

#include <string.h>

static void name_all(char *text, size_t room)
{
    size_t n = 0;

    text[0] = 0;
    for (const pm_embedded *m = pm_verdict_models; m->name && n < room; m++)
        n += (size_t)snprintf(text + n, room - n, "%s%.*s", n ? ", " : "", (int)strcspn(m->name, "."), m->name);
}

pm_status pm_predictor_builtin(pm_kind kind, int cycles, pm_predictor **out, pm_error *err)
{
    char wanted[64], names[160], hint[160];

    snprintf(wanted, sizeof wanted, "%s-%d.json", pm_kind_name(kind), cycles);
    for (const pm_embedded *m = pm_verdict_models; m->name; m++)
        if (strcmp(m->name, wanted) == 0) return pm_predictor_parse(m->bytes, m->length, m->name, out, err);
    name_all(names, sizeof names);
    snprintf(hint, sizeof hint, "%s%.120s", *names ? "there are " : "train one on cells of your own", names);
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), hint,
                      "no model for %d cycle%s of a cell of kind %s comes with this program", cycles,
                      cycles == 1 ? "" : "s", pm_kind_name(kind));
}
