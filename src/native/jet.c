/* SPDX-License-Identifier: MIT */
/* Versions, pages, columns by name. */
#include "jet.h"

enum { VERSION_AT = 0x14 };

bool pm_jet_looks_like(pm_span bytes)
{
    if (bytes.n < VERSION_AT + 1) return false;
    return memcmp(bytes.at, "\0\1\0\0Standard Jet DB", 20) == 0 || memcmp(bytes.at, "\0\1\0\0Standard ACE DB", 20) == 0;
}

pm_status pm_jet_open(pm_span bytes, pm_jet *jet, pm_error *err)
{
    pm_place at = pm_nowhere();

    at.byte = 0;
    if (!pm_jet_looks_like(bytes)) return pm_fail_at(err, PM_ERR_FORMAT, at, NULL, "this is no Access database");
    at.byte = VERSION_AT;
    if (bytes.at[VERSION_AT] != 1)
        return pm_fail_at(err, PM_ERR_FORMAT, at, "save it as an Access 2000 or 2003 database, or export it as text",
                          "an Access database of version byte %d (%s); Jet 4 (1) is read", bytes.at[VERSION_AT],
                          bytes.at[VERSION_AT] ? "Access 2007 or later" : "Jet 3, Access 97");
    *jet = (pm_jet){bytes, bytes.n / PM_JET_PAGE};
    return PM_OK;
}

pm_span pm_jet_page(const pm_jet *jet, int64_t page)
{
    if (page < 0 || page >= jet->n_pages) return (pm_span){NULL, 0};
    return pm_span_part(jet->bytes, page * PM_JET_PAGE, PM_JET_PAGE);
}

void pm_jet_table_clear(pm_jet_table *t)
{
    free(t->column);
    free(t->row);
    *t = (pm_jet_table){0};
}

const pm_jet_column *pm_jet_find(const pm_jet_table *t, const char *name)
{
    for (int i = 0; i < t->n_columns; i++)
        if (pm_text_same(t->column[i].name, name)) return &t->column[i];
    return NULL;
}
