/* SPDX-License-Identifier: MIT */
/* Neware .ndc files: pages of rows. The layouts are facts found by the authors of NewareNDA and fastnda (BSD-3-Clause). */
#include "ndc.h"

#include <stdlib.h>

enum { CHUNK = 64 * NDC_PAGE_MAX };

static const ndc_layout layouts[] = {
    {2, NDC_MAIN, 512, 5, 94},      {2, NDC_AUX, 512, 5, 94},      {5, NDC_MAIN, 4096, 132, 87},
    {5, NDC_AUX, 4096, 132, 87},    {11, NDC_MAIN, 4096, 132, 8},  {11, NDC_AUX, 4096, 132, 7},
    {11, NDC_STEP, 4096, 132, 37},  {11, NDC_RUN, 4096, 132, 47},  {14, NDC_MAIN, 4096, 132, 8},
    {14, NDC_AUX, 4096, 132, 4},    {14, NDC_STEP, 4096, 132, 37}, {14, NDC_RUN, 4096, 132, 55},
    {16, NDC_MAIN, 4096, 132, 8},   {16, NDC_AUX, 4096, 132, 7},   {16, NDC_STEP, 4096, 132, 100},
    {16, NDC_RUN, 4096, 132, 100},  {17, NDC_MAIN, 4096, 132, 8},  {17, NDC_AUX, 4096, 132, 4},
    {17, NDC_STEP, 4096, 132, 100}, {17, NDC_RUN, 4096, 132, 100},
};

const ndc_layout *ndc_layout_find(int version, int type)
{
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (layouts[i].version == version && layouts[i].type == type) return &layouts[i];
    return NULL;
}

/* The last byte of a page is never part of a row. */
int ndc_places(const ndc_layout *l)
{
    return (l->page - l->first - 1) / l->size;
}

const char *ndc_type_word(int type)
{
    switch (type) {
    case NDC_MAIN: return "voltage and current";
    case NDC_AUX: return "auxiliary channel";
    case NDC_STEP: return "steps";
    case NDC_LOG: return "log";
    case NDC_ES: return "es";
    case NDC_RUN: return "run information";
    default: return NULL;
    }
}

static pm_status refuse(const ndc_pages *p, int64_t byte, pm_error *err, const char *what, int a, int b)
{
    pm_place at = pm_nowhere();
    char message[160];

    at.byte = byte;
    snprintf(message, sizeof message, what, a, b);
    return pm_fail_at(err, PM_ERR_FORMAT, at, "export it as text with BTSDA, and send the file in", "%s: %s", p->name,
                      message);
}

/* ---- bytes ---- */

/* Which member it was that cannot be unpacked. */
static pm_status name_it(const ndc_pages *p, pm_status s, pm_error *err)
{
    pm_place at = pm_nowhere();
    pm_error was;

    if (!err) return s;
    was = *err;
    at.byte = p->at + p->chunk_n - p->chunk_used;
    return pm_fail_at(err, s, at, was.hint[0] ? was.hint : NULL, "%s: %s", p->name, was.message);
}

/* At least n bytes from the next page on, fewer only at the end. */
static pm_status have(ndc_pages *p, int64_t n, pm_span *out, pm_error *err)
{
    int64_t got = 1;
    pm_status s;

    if (!p->member) {
        *out = pm_span_from(p->bytes, p->at);
        return PM_OK;
    }
    if (p->chunk_n - p->chunk_used < n && !p->ended) {
        memmove(p->chunk, p->chunk + p->chunk_used, (size_t)(p->chunk_n - p->chunk_used));
        p->chunk_n -= p->chunk_used;
        p->chunk_used = 0;
        while (p->chunk_n < CHUNK && got > 0) {
            s = pm_member_read(p->member, p->chunk + p->chunk_n, CHUNK - p->chunk_n, &got, err);
            if (s) return name_it(p, s, err);
            p->chunk_n += got;
        }
        p->ended = got == 0;
    }
    *out = (pm_span){p->chunk + p->chunk_used, p->chunk_n - p->chunk_used};
    return PM_OK;
}

static pm_status open_bytes(const ndc_source *source, ndc_pages *p, pm_error *err)
{
    *p = (ndc_pages){.name = source->name, .bytes = source->bytes};
    if (source->bytes.at) return PM_OK;
    p->chunk = malloc(CHUNK);
    if (!p->chunk) return pm_fail(err, PM_ERR_MEMORY, "no memory to read %s", source->name);
    return pm_member_open(source->archive, source->member, &p->member, err);
}

static pm_status check_header(ndc_pages *p, int type, pm_error *err)
{
    pm_span head = {0};
    pm_status s = have(p, NDC_PAGE_MAX, &head, err);

    if (s) return s;
    if (head.n < 4) return refuse(p, head.n, err, "the file ends within its header", 0, 0);
    if (head.at[0] != type) return refuse(p, 0, err, "is of type %d, where type %d should be", head.at[0], type);
    p->layout = ndc_layout_find(head.at[2], type);
    if (!p->layout)
        return refuse(p, 2, err, "ndc version %d of type %d is not known (versions 2, 5, 11, 14, 16 and 17 are)",
                      head.at[2], type);
    if (head.n < p->layout->page) return refuse(p, head.n, err, "the file ends within its first page", 0, 0);
    p->at = p->layout->page;
    p->chunk_used = p->layout->page;
    return PM_OK;
}

pm_status ndc_pages_open(const ndc_source *source, int type, ndc_pages *p, pm_error *err)
{
    pm_status s = open_bytes(source, p, err);

    if (!s) s = check_header(p, type, err);
    if (s) ndc_pages_close(p);
    return s;
}

void ndc_pages_close(ndc_pages *p)
{
    pm_member_free(p->member);
    free(p->chunk);
    p->member = NULL;
    p->chunk = NULL;
}

/* ---- pages ---- */

static void damaged(ndc_pages *p, int64_t rows)
{
    if (p->damaged++ == 0) p->first_damaged = p->at;
    p->rows_lost += rows;
}

/* The mask, without places whose rows are cut off; returns how many are in use. */
static int take_mask(const ndc_layout *l, pm_span page, ndc_page *to)
{
    int there = (int)((page.n < l->page ? page.n : l->page) - l->first) / l->size, used = 0;

    memset(to->mask, 0, sizeof to->mask);
    if (there > to->places) there = to->places;
    for (int i = 0; i < (there + 7) / 8; i++) to->mask[i / 8] |= (uint64_t)page.at[4 + i] << 8 * (i % 8);
    if (there % 64) to->mask[there / 64] &= (UINT64_C(1) << there % 64) - 1;
    for (int i = 0; i <= there / 64 && i < NDC_PLACES_MAX / 64; i++) used += __builtin_popcountll(to->mask[i]);
    return used;
}

static bool is_unused(const uint8_t *page)
{
    return pm_u32(page) == 0;
}

/* A page that is there at least up to its first row. */
static void take_page(ndc_pages *p, pm_span bytes, ndc_page *page)
{
    const ndc_layout *l = p->layout;
    int declared = pm_u16(bytes.at + 2);

    page->row = bytes.at + l->first;
    page->places = ndc_places(l);
    page->first_place = p->page * page->places;
    if (is_unused(bytes.at)) {
        memset(page->mask, 0, sizeof page->mask);
    } else if (bytes.at[0] != l->type + 1 || bytes.at[1] != 0 || declared > page->places) {
        memset(page->mask, 0, sizeof page->mask);
        damaged(p, declared <= page->places ? declared : page->places);
    } else {
        int used = take_mask(l, bytes, page);
        if (used != declared) damaged(p, declared > used ? declared - used : 0);
    }
}

pm_status ndc_pages_next(ndc_pages *p, ndc_page *page, pm_error *err)
{
    const ndc_layout *l = p->layout;
    pm_span bytes = {0};
    pm_status s = have(p, l->page, &bytes, err);

    page->places = 0;
    if (s || bytes.n == 0) return s;
    int64_t taken = bytes.n < l->page ? bytes.n : l->page;
    if (bytes.n >= l->first) {
        take_page(p, bytes, page);
    } else {
        damaged(p, bytes.n >= 4 ? pm_u16(bytes.at + 2) : 1);
    }
    p->chunk_used += p->member ? taken : 0;
    p->at += taken;
    p->page++;
    return PM_OK;
}

int ndc_page_run(const ndc_page *page, int place, int *length)
{
    int end;

    while (place < page->places && !(page->mask[place / 64] >> place % 64 & 1)) place++;
    for (end = place; end < page->places; end++) {
        uint64_t word = page->mask[end / 64];
        if (end % 64 == 0 && word == UINT64_MAX && page->places - end >= 64)
            end += 63;
        else if (!(word >> end % 64 & 1))
            break;
    }
    *length = end - place;
    return place;
}

void ndc_pages_tell(const ndc_pages *p, pm_native *n)
{
    if (p->damaged == 0) return;
    pm_native_fault *f =
        pm_native_found(n, "row-incomplete", "warning",
                        "%s: %lld of its pages are damaged or cut, the first at byte %lld; up to %lld rows are lost",
                        p->name, (long long)p->damaged, (long long)p->first_damaged, (long long)p->rows_lost);
    if (!f) return;
    f->count = p->rows_lost;
    snprintf(f->hint, sizeof f->hint, "copy the file again while no test is writing to it");
}
