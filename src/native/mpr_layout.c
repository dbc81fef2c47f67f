/* SPDX-License-Identifier: MIT */
/* What the rows of a .mpr file's data module are made of. */
#include "mpr.h"

#include <stdlib.h>

/* ---- where the rows are ---- */

/* After the number of points: the count of columns, their identifiers, and room for more of them up to the rows. */
typedef struct head {
    int id_bytes, ids_at, rows_at;
    bool known;
} head;

static head head_of(const mpr_module *m)
{
    if (m->wide) return (head){2, 6, 1007, m->version == 11};
    if (m->version == 0) return (head){1, 5, 100, true};
    if (m->version == 2) return (head){2, 5, 405, true};
    return (head){2, 5, 406, m->version == 3};
}

static pm_status refuse(const mpr_module *m, int64_t byte, pm_error *err, const char *message)
{
    pm_place at = pm_nowhere();

    at.byte = m->at + m->header + byte;
    return pm_fail_at(err, PM_ERR_FORMAT, at, NULL, "%s", message);
}

static pm_status read_identifiers(mpr_file *m, const mpr_module *module, head h, pm_error *err)
{
    pm_span b = module->here;
    char message[200];

    if (b.n < h.rows_at) return refuse(module, b.n, err, "the file ends in the head of its module of data");
    int count = h.ids_at == 6 ? pm_u16(b.at + 4) : b.at[4];
    if (count == 0 || h.ids_at + count * h.id_bytes > h.rows_at) {
        snprintf(message, sizeof message, "%d columns: the head of the module of data has room for 1 to %d", count,
                 (h.rows_at - h.ids_at) / h.id_bytes);
        return refuse(module, 4, err, message);
    }
    m->stored = calloc((size_t)count, sizeof *m->stored);
    if (!m->stored) return pm_fail(err, PM_ERR_MEMORY, "no memory for columns");
    m->n_stored = count;
    for (int i = 0; i < count; i++) {
        const uint8_t *p = b.at + h.ids_at + i * h.id_bytes;
        m->stored[i].number = h.id_bytes == 2 ? pm_u16(p) : p[0];
    }
    return PM_OK;
}

/* Gives each column its place, with all flags in the byte of the first; returns the index of an unknown one, or -1. */
static int place(mpr_file *m, bool low)
{
    int flags = -1, offset = 0;

    for (int i = 0; i < m->n_stored; i++) {
        mpr_stored *c = &m->stored[i];
        c->mask = mpr_flag(c->number, &c->name, &c->ours);
        c->id = c->mask ? NULL : mpr_id_find(c->number, low);
        if (!c->mask && !c->id) return i;
        if (c->mask && flags < 0) flags = offset++;
        c->offset = c->mask ? flags : offset;
        if (c->id) offset += mpr_type_bytes(c->id->type);
        if (c->id) c->name = c->id->name;
        if (c->id) c->ours = c->id->ours;
    }
    m->width = offset;
    return -1;
}

static pm_status refuse_unknown(const mpr_file *m, const mpr_module *module, head h, int i, pm_error *err)
{
    pm_place at = pm_nowhere();

    at.byte = module->at + module->header + h.ids_at + (int64_t)i * h.id_bytes;
    return pm_fail_at(err, PM_ERR_FORMAT, at, "export it as text (.mpt) with EC-Lab, and report the identifier",
                      "column identifier %d (column %d of %d) of the module of data (version %u) is not known, so the "
                      "length of a row is not either",
                      m->stored[i].number, i + 1, m->n_stored, (unsigned)module->version);
}

static bool fits(const mpr_file *m, const mpr_module *module, head h, int64_t points)
{
    return points == 0 || h.rows_at + points * m->width == module->bytes;
}

static pm_status refuse_size(const mpr_file *m, const mpr_module *module, head h, int64_t points, pm_error *err)
{
    char message[200];

    if (!h.known) {
        snprintf(message, sizeof message, "version %u of the module of data is not known", (unsigned)module->version);
        return refuse(module, -12, err, message);
    }
    snprintf(message, sizeof message,
             "%lld rows of %d columns (%lld bytes) do not fill the %lld bytes of the module of data", (long long)points,
             m->n_stored, (long long)m->width, (long long)(module->bytes - h.rows_at));
    return refuse(module, 0, err, message);
}

/* What 174 is, its neighbours say: <Ewe> where no other Ewe is, else it belongs to the impedance between electrodes. */
static void settle_174(mpr_file *m)
{
    bool other = false;

    for (int i = 0; i < m->n_stored; i++) {
        const mpr_id *id = m->stored[i].id;
        other |= id && (id->id == MPR_EWE || id->id == MPR_EWE_MEAN || id->id == MPR_Z_WE_CE);
    }
    for (int i = 0; i < m->n_stored && other; i++) {
        mpr_stored *c = &m->stored[i];
        if (!c->id || c->id->id != MPR_EWE_MEAN_NEW) continue;
        c->id = mpr_phase_of_174();
        c->name = c->id->name;
        c->ours = c->id->ours;
    }
}

/* Sources disagree on a few identifiers with the ninth bit set: the size of the module decides. */
pm_status mpr_rows_find(mpr_file *m, pm_native *n, pm_error *err)
{
    const mpr_module *module = &m->modules.item[m->modules.data];
    head h = head_of(module);
    pm_status s = read_identifiers(m, module, h, err);

    if (s) return s;
    int64_t points = pm_u32(module->here.at);
    int unknown = place(m, false);
    if (unknown >= 0) return refuse_unknown(m, module, h, unknown, err);
    if (!fits(m, module, h, points) && (place(m, true) >= 0 || !fits(m, module, h, points))) {
        (void)place(m, false);
        return refuse_size(m, module, h, points, err);
    }
    if (!h.known)
        pm_native_found(n, "unit-assumed", "note",
                        "version %u of the module of data is not known; its rows fit the last layout that is",
                        (unsigned)module->version);
    settle_174(m);
    m->n_rows = (module->here.n - h.rows_at) / m->width;
    if (m->n_rows > points) m->n_rows = points;
    if (m->n_rows == 0 && points > 0)
        return refuse(module, module->here.n, err, "the file ends before its first row does");
    m->rows = pm_span_part(module->here, h.rows_at, m->n_rows * m->width);
    n->rows_declared = points;
    return PM_OK;
}
