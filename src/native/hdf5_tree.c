/* SPDX-License-Identifier: MIT */
/* The superblock, and from the root all groups and datasets ("HDF5 File Format Specification", chapters II and III). */
#include "hdf5.h"

#include <stdlib.h>

enum { NODES = 4096, TREE_LEVELS = 16 };

static const uint64_t NOWHERE = UINT64_MAX;

/* ---- superblock --------------------------------------------------------------------------------------------------- */

typedef struct superblock {
    int64_t root, end, base;
} superblock;

static pm_status read_old_superblock(pm_span b, superblock *s, pm_error *err)
{
    int64_t more = b.at[8] == 1 ? 4 : 0; /* version 1 has a number more */

    if (b.n < 96 + more) return hdf5_fail(err, b.n, "the file ends within its superblock");
    if (b.at[13] != 8 || b.at[14] != 8)
        return hdf5_fail(err, 13, "addresses of %d and lengths of %d bytes are not read", b.at[13], b.at[14]);
    s->base = pm_i64(b.at + 24 + more);
    s->end = pm_i64(b.at + 40 + more);
    s->root = pm_i64(b.at + 64 + more);
    return PM_OK;
}

static pm_status read_new_superblock(pm_span b, superblock *s, pm_error *err)
{
    if (b.n < 48) return hdf5_fail(err, b.n, "the file ends within its superblock");
    if (b.at[9] != 8 || b.at[10] != 8)
        return hdf5_fail(err, 9, "addresses of %d and lengths of %d bytes are not read", b.at[9], b.at[10]);
    if (hdf5_checksum(b.at, 44) != pm_u32(b.at + 44))
        return hdf5_fail(err, 8, "the superblock contradicts its checksum");
    s->base = pm_i64(b.at + 12);
    s->end = pm_i64(b.at + 28);
    s->root = pm_i64(b.at + 36);
    return PM_OK;
}

static pm_status read_superblock(hdf5_file *file, superblock *s, pm_error *err)
{
    pm_span b = file->bytes;
    pm_status status;

    if (b.n < 16 || memcmp(b.at, "\x89HDF\r\n\x1a\n", 8) != 0)
        return hdf5_fail(err, 0, "the HDF5 file's mark is damaged");
    file->version = b.at[8];
    if (file->version > 3) return hdf5_fail(err, 8, "a superblock of version %d is not read", file->version);
    status = file->version < 2 ? read_old_superblock(b, s, err) : read_new_superblock(b, s, err);
    if (status) return status;
    if (s->base != 0) return hdf5_fail(err, file->version < 2 ? 24 : 12, "addresses that begin elsewhere are not read");
    if (s->end < 0 || s->end > b.n)
        return hdf5_fail(err, b.n, "the HDF5 file was cut: %lld of %lld bytes are there", (long long)b.n,
                         (long long)s->end);
    return PM_OK;
}

/* ---- nodes -------------------------------------------------------------------------------------------------------- */

static bool is_known(const hdf5_file *file, int64_t at)
{
    for (int64_t i = 0; i < file->n; i++)
        if (file->node[i].at == at) return true;
    return false;
}

/* Links may go round in circles: an object counts where it is met first. */
static pm_status add_node(hdf5_file *file, int64_t parent, pm_span name, int64_t at, pm_error *err)
{
    char text[HDF5_NAME];
    pm_status s;

    if (is_known(file, at)) return PM_OK;
    if (file->n >= NODES) return pm_fail(err, PM_ERR_LIMIT, "the HDF5 file has more than %d objects", NODES);
    if ((s = pm_grow(&file->node, &file->room, file->n + 1, sizeof *file->node, err))) return s;
    hdf5_node *node = &file->node[file->n++];
    *node = (hdf5_node){.at = at};
    if (parent < 0) return PM_OK; /* the root's path is empty */
    pm_native_text(name.at, name.n, text, sizeof text);
    snprintf(node->path, sizeof node->path, "%.125s/%.127s", file->node[parent].path, text);
    return PM_OK;
}

/* ---- groups of the old kind: a tree of names ---------------------------------------------------------------------- */

typedef struct names {
    hdf5_file *file;
    int64_t parent;
    pm_span heap;
    int64_t pages; /* that may still be read: they may lead in circles */
    pm_error *err;
} names;

static pm_status read_names(const names *g, int64_t at)
{
    pm_span head = pm_span_part(g->file->bytes, at, 8);
    int64_t n = head.at ? pm_u16(head.at + 6) : 0;
    pm_span entries = pm_span_part(g->file->bytes, at + 8, 40 * n);
    pm_status s = PM_OK;

    if (!head.at || memcmp(head.at, "SNOD", 4) != 0 || head.at[4] != 1 || !entries.at)
        return hdf5_fail(g->err, at, "there is no list of names of a group here");
    for (int64_t i = 0; !s && i < n; i++) {
        pm_span text = pm_span_from(g->heap, pm_i64(entries.at + 40 * i));
        const uint8_t *end = text.n > 0 ? memchr(text.at, 0, (size_t)text.n) : NULL;
        if (!end) return hdf5_fail(g->err, at + 8 + 40 * i, "the name of an object lies outside its group's heap");
        if (pm_u32(entries.at + 40 * i + 16) == 2) continue; /* a link by name: no object of its own */
        s = add_node(g->file, g->parent, pm_span_part(text, 0, end - text.at), pm_i64(entries.at + 40 * i + 8), g->err);
    }
    return s;
}

static pm_status read_name_tree(names *g, int64_t at, int levels)
{
    pm_span head = pm_span_part(g->file->bytes, at, 24);
    int64_t n = head.at ? pm_u16(head.at + 6) : 0;
    pm_span entries = pm_span_part(g->file->bytes, at + 24, 16 * n + 8);
    pm_status s = PM_OK;

    if (!head.at || memcmp(head.at, "TREE", 4) != 0 || head.at[4] != 0 || head.at[5] >= levels || !entries.at ||
        g->pages-- <= 0)
        return hdf5_fail(g->err, at, "there is no tree of names of a group here");
    for (int64_t i = 0; !s && i < n; i++) {
        int64_t child = pm_i64(entries.at + 16 * i + 8);
        s = head.at[5] > 0 ? read_name_tree(g, child, head.at[5]) : read_names(g, child);
    }
    return s;
}

static pm_status read_symbols(hdf5_file *file, int64_t parent, const hdf5_message *m, pm_error *err)
{
    names g = {.file = file, .parent = parent, .pages = file->bytes.n / 24, .err = err};
    pm_span heap = m->data.n >= 16 ? pm_span_part(file->bytes, pm_i64(m->data.at + 8), 32) : m->data;

    if (heap.n != 32 || memcmp(heap.at, "HEAP", 4) != 0)
        return hdf5_fail(err, m->data.at - file->bytes.at, "a group has no heap of names");
    g.heap = pm_span_part(file->bytes, pm_i64(heap.at + 24), pm_i64(heap.at + 8));
    return read_name_tree(&g, pm_i64(m->data.at), TREE_LEVELS);
}

/* ---- groups of the new kind: a message for each link -------------------------------------------------------------- */

static pm_status read_link(hdf5_file *file, int64_t parent, const hdf5_message *m, pm_error *err)
{
    pm_span s = m->data;
    int64_t byte = s.at - file->bytes.at, at = 2;
    int flags = s.n > 2 ? s.at[1] : 0, kind = 0, width = 1 << (flags & 3);
    uint64_t n = 0;

    if (s.n < 4 || s.at[0] != 1) return hdf5_fail(err, byte, "a link of a group is damaged");
    if (flags & 8) kind = s.at[at++];
    if (flags & 4) at += 8;
    if (flags & 16) at++;
    pm_span length = pm_span_part(s, at, width);
    for (int i = 0; i < length.n; i++) n |= (uint64_t)length.at[i] << 8 * i;
    pm_span name = pm_span_part(s, at + width, n > (uint64_t)s.n ? -1 : (int64_t)n);
    pm_span target = pm_span_part(s, at + width + name.n, 8);
    if (!length.at || !name.at) return hdf5_fail(err, byte, "a link of a group is damaged");
    if (kind != 0) return PM_OK; /* by name, or into another file */
    if (!target.at) return hdf5_fail(err, byte, "a link of a group is damaged");
    return add_node(file, parent, name, pm_i64(target.at), err);
}

/* Many links lie in a heap of their own. */
static pm_status check_link_info(const hdf5_file *file, const hdf5_message *m, pm_error *err)
{
    int64_t at = m->data.n > 1 && m->data.at[1] & 1 ? 10 : 2;
    pm_span heap = pm_span_part(m->data, at, 8);

    if (heap.at && pm_u64(heap.at) == NOWHERE) return PM_OK;
    return hdf5_fail(err, m->data.at - file->bytes.at, "a group whose links lie in a heap of their own is not read");
}

/* ---- what an object is -------------------------------------------------------------------------------------------- */

static pm_status read_set(hdf5_file *file, hdf5_node *node, const hdf5_object *object, pm_error *err)
{
    const hdf5_message *type = hdf5_find(object, HDF5_TYPE), *space = hdf5_find(object, HDF5_SPACE);

    node->is_set = true;
    node->rank = -1;
    if (!space || type->shared || space->shared) return PM_OK;
    if (!hdf5_space_read(space->data, &node->rank, node->size)) node->rank = -1;
    return hdf5_type_read(file->bytes, type->data, &node->type, NULL, err);
}

static pm_status read_node(hdf5_file *file, int64_t i, pm_error *err)
{
    hdf5_object object = {0};
    pm_status s = hdf5_object_read(file->bytes, file->node[i].at, &object, err);

    if (!s && hdf5_find(&object, HDF5_TYPE) && hdf5_find(&object, HDF5_LAYOUT))
        s = read_set(file, &file->node[i], &object, err);
    for (int64_t k = 0; !s && k < object.n; k++) {
        const hdf5_message *m = &object.message[k];
        if (m->type == HDF5_SYMBOLS) s = read_symbols(file, i, m, err);
        if (m->type == HDF5_LINK) s = read_link(file, i, m, err);
        if (m->type == HDF5_LINK_INFO) s = check_link_info(file, m, err);
    }
    hdf5_object_clear(&object);
    return s;
}

pm_status hdf5_read(pm_span bytes, hdf5_file *file, pm_error *err)
{
    superblock super = {0};
    pm_status s;

    file->bytes = bytes;
    if ((s = read_superblock(file, &super, err))) return s;
    if ((s = add_node(file, -1, (pm_span){NULL, 0}, super.root, err))) return s;
    for (int64_t i = 0; !s && i < file->n; i++) s = read_node(file, i, err);
    return s;
}

void hdf5_clear(hdf5_file *file)
{
    free(file->node);
    *file = (hdf5_file){0};
}
