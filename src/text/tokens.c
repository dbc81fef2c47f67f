/* SPDX-License-Identifier: MIT */
/* The first pass over a block of text: 64 bytes at a time become a mask of separators, the masks become positions. AVX2
 * where the processor has it (checked at run time), else plain C that compilers turn into SSE2. */
#include "tokens.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define PM_AVX2 1
#endif

enum { CHUNK = 4096 }; /* bytes for which room is made at a time */

/* What 64 bytes hold: separators of either kind, and line ends among them. */
typedef struct masks {
    uint64_t ends, lines;
} masks;

/* Writes down the positions; a line end also completes a line. Room for 64 of each is the caller's care. */
static inline void take_masks(pm_tokens *t, masks m, int64_t base)
{
    uint64_t ends = m.ends;
    uint32_t *to = t->ends + t->n_ends;

    while (m.lines) {
        int bit = __builtin_ctzll(m.lines);
        int64_t end = t->n_ends + __builtin_popcountll(m.ends & ((1ULL << bit) - 1));
        t->lines[t->n_lines++] =
            (pm_line){(int32_t)t->line_start, (int32_t)t->line_end, (int32_t)(end - t->line_end + 1)};
        t->line_start = base + bit + 1;
        t->line_end = end + 1;
        m.lines &= m.lines - 1;
    }
    t->n_ends += __builtin_popcountll(m.ends);
    while (ends) {
        *to++ = (uint32_t)base + (uint32_t)__builtin_ctzll(ends);
        ends &= ends - 1;
    }
}

static masks masks_plain(const char *p, int64_t n, char delimiter)
{
    masks m = {0, 0};

    for (int i = 0; i < n; i++) {
        m.lines |= (uint64_t)(p[i] == '\n') << i;
        m.ends |= (uint64_t)(p[i] == delimiter) << i;
    }
    m.ends |= m.lines;
    return m;
}

static void chunk_plain(pm_tokens *t, int64_t from, int64_t to, char delimiter)
{
    for (int64_t i = from; i < to; i += 64)
        take_masks(t, masks_plain(t->text + i, to - i < 64 ? to - i : 64, delimiter), i);
}

#ifdef PM_AVX2
__attribute__((target("avx2,bmi,popcnt"))) static void chunk_avx2(pm_tokens *t, int64_t from, int64_t to,
                                                                  char delimiter)
{
    const __m256i vd = _mm256_set1_epi8(delimiter), vn = _mm256_set1_epi8('\n');
    int64_t i = from;

    for (; i + 64 <= to; i += 64) {
        __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(t->text + i));
        __m256i y = _mm256_loadu_si256((const __m256i *)(const void *)(t->text + i + 32));
        uint64_t lines = (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, vn)) |
                         (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(y, vn)) << 32;
        uint64_t delimiters = (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, vd)) |
                              (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(y, vd)) << 32;
        take_masks(t, (masks){delimiters | lines, lines}, i);
    }
    chunk_plain(t, i, to, delimiter);
}
#endif

static pm_status find_plain(pm_tokens *t, int64_t n, char delimiter, pm_error *err)
{
    pm_status s;

    for (int64_t i = 0; i < n; i += CHUNK) {
        int64_t to = n - i < CHUNK ? n : i + CHUNK;
        if ((s = pm_grow(&t->ends, &t->ends_capacity, t->n_ends + to - i, sizeof *t->ends, err))) return s;
        if ((s = pm_grow(&t->lines, &t->lines_capacity, t->n_lines + to - i, sizeof *t->lines, err))) return s;
#ifdef PM_AVX2
        if (__builtin_cpu_supports("avx2")) {
            chunk_avx2(t, i, to, delimiter);
            continue;
        }
#endif
        chunk_plain(t, i, to, delimiter);
    }
    return PM_OK;
}

/* ---- quotes ---- */

/* One more end, and line where it is one. */
static pm_status take_end(pm_tokens *t, int64_t at, bool line, pm_error *err)
{
    pm_status s;

    if ((s = pm_grow(&t->ends, &t->ends_capacity, t->n_ends + 1, sizeof *t->ends, err))) return s;
    t->ends[t->n_ends++] = (uint32_t)at;
    if (!line) return PM_OK;
    if ((s = pm_grow(&t->lines, &t->lines_capacity, t->n_lines + 1, sizeof *t->lines, err))) return s;
    t->lines[t->n_lines++] =
        (pm_line){(int32_t)t->line_start, (int32_t)t->line_end, (int32_t)(t->n_ends - t->line_end)};
    t->line_start = at + 1;
    t->line_end = t->n_ends;
    return PM_OK;
}

/* A quote that its line never closes is an inch mark or a slip, and must not swallow the fields behind it: on such lines
 * quotes mean nothing. */
static bool quotes_close(const char *text, int64_t n)
{
    int quotes = 0;

    for (int64_t i = 0; i < n && text[i] != '\n'; i++) quotes += text[i] == '"';
    return quotes % 2 == 0;
}

static pm_status find_quoted(pm_tokens *t, int64_t n, char delimiter, pm_error *err)
{
    bool at_start = true, quoted = false, meant = quotes_close(t->text, n);
    pm_status s;

    for (int64_t i = 0; i < n; i++) {
        char c = t->text[i];
        bool line = c == '\n';
        if (line || (c == delimiter && !quoted)) {
            if ((s = take_end(t, i, line, err))) return s;
            at_start = true;
            quoted = false;
            if (line) meant = quotes_close(t->text + i + 1, n - i - 1);
        } else if (c == '"' && meant && (at_start || quoted)) {
            quoted = !quoted;
            at_start = false;
        } else if (c != ' ') {
            at_start = false;
        }
    }
    return PM_OK;
}

pm_status pm_tokens_find(pm_tokens *t, const char *text, int64_t n, char delimiter, pm_error *err)
{
    pm_status s;

    t->text = text;
    t->n_ends = t->n_lines = t->line_start = t->line_end = 0;
    bool quotes = n > 0 && memchr(text, '"', (size_t)n);
    if ((s = quotes ? find_quoted(t, n, delimiter, err) : find_plain(t, n, delimiter, err))) return s;
    return n > 0 && text[n - 1] != '\n' ? take_end(t, n, true, err) : PM_OK;
}

void pm_tokens_free(pm_tokens *t)
{
    free(t->ends);
    free(t->lines);
    *t = (pm_tokens){0};
}

int pm_tokens_leading_empty(const pm_tokens *t, const pm_line *line, int most)
{
    int k = 0;
    int64_t n;

    for (; k < most && k < line->n_fields; k++) {
        pm_tokens_field(t, line, k, &n);
        if (n > 0) break;
    }
    return k;
}
