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

static uint64_t mask_plain(const char *p, char a, char b)
{
    uint64_t m = 0;

    for (int i = 0; i < 64; i++) m |= (uint64_t)(p[i] == a || p[i] == b) << i;
    return m;
}

/* Appends the positions of the set bits; writes eight at a time past what is needed, room is the caller's care. */
static inline uint32_t *put_positions(uint32_t *to, uint32_t base, uint64_t mask)
{
    while (mask) {
        *to++ = base + (uint32_t)__builtin_ctzll(mask);
        mask &= mask - 1;
    }
    return to;
}

static uint32_t *positions_plain(const char *text, int64_t whole, char a, char b, uint32_t *to)
{
    for (int64_t i = 0; i < whole; i += 64) to = put_positions(to, (uint32_t)i, mask_plain(text + i, a, b));
    return to;
}

#ifdef PM_AVX2
__attribute__((target("avx2,bmi"))) static uint32_t *positions_avx2(const char *text, int64_t whole, char a, char b,
                                                                    uint32_t *to)
{
    const __m256i va = _mm256_set1_epi8(a), vb = _mm256_set1_epi8(b);

    for (int64_t i = 0; i < whole; i += 64) {
        __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(text + i));
        __m256i y = _mm256_loadu_si256((const __m256i *)(const void *)(text + i + 32));
        x = _mm256_or_si256(_mm256_cmpeq_epi8(x, va), _mm256_cmpeq_epi8(x, vb));
        y = _mm256_or_si256(_mm256_cmpeq_epi8(y, va), _mm256_cmpeq_epi8(y, vb));
        uint64_t mask = (uint64_t)(uint32_t)_mm256_movemask_epi8(x) | (uint64_t)(uint32_t)_mm256_movemask_epi8(y) << 32;
        to = put_positions(to, (uint32_t)i, mask);
    }
    return to;
}
#endif

static int64_t positions_fast(const char *text, int64_t n, char delimiter, uint32_t *ends)
{
    int64_t whole = n / 64 * 64;
    uint32_t *to;

#ifdef PM_AVX2
    if (__builtin_cpu_supports("avx2"))
        to = positions_avx2(text, whole, delimiter, '\n', ends);
    else
#endif
        to = positions_plain(text, whole, delimiter, '\n', ends);
    for (int64_t i = whole; i < n; i++)
        if (text[i] == delimiter || text[i] == '\n') *to++ = (uint32_t)i;
    return to - ends;
}

/* The same where quotes occur. */
static int64_t positions_quoted(const char *text, int64_t n, char delimiter, uint32_t *ends)
{
    bool at_start = true, quoted = false;
    int64_t found = 0;

    for (int64_t i = 0; i < n; i++) {
        char c = text[i];
        if (c == '\n' || (c == delimiter && !quoted)) {
            ends[found++] = (uint32_t)i;
            at_start = true;
            quoted = false;
        } else if (c == '"' && (at_start || quoted)) {
            quoted = !quoted;
            at_start = false;
        } else if (c != ' ') {
            at_start = false;
        }
    }
    return found;
}

/* A quote that its line never closes is an inch mark or a slip, and must not swallow the fields behind it: such lines are
 * read again as if quotes meant nothing. */
static int64_t reopen_unclosed(const char *text, int64_t n, char delimiter, uint32_t *ends, uint32_t *scratch)
{
    int64_t found = 0;

    for (int64_t start = 0; start < n;) {
        const char *nl = memchr(text + start, '\n', (size_t)(n - start));
        int64_t stop = nl ? nl - text + 1 : n;
        int quotes = 0;
        for (int64_t i = start; i < stop; i++) quotes += text[i] == '"';
        int64_t k = quotes % 2 ? positions_fast(text + start, stop - start, delimiter, scratch)
                               : positions_quoted(text + start, stop - start, delimiter, scratch);
        for (int64_t i = 0; i < k; i++) ends[found++] = scratch[i] + (uint32_t)start;
        start = stop;
    }
    return found;
}

static pm_status find_lines(pm_tokens *t, int64_t n, pm_error *err)
{
    int64_t first = 0, start = 0;
    pm_status s;

    t->n_lines = 0;
    for (int64_t i = 0; i < t->n_ends; i++) {
        if (t->ends[i] < n && t->text[t->ends[i]] != '\n') continue;
        if (t->n_lines == t->lines_capacity &&
            (s = pm_grow(&t->lines, &t->lines_capacity, t->n_lines + 1, sizeof *t->lines, err)))
            return s;
        t->lines[t->n_lines++] = (pm_line){(int32_t)start, (int32_t)first, (int32_t)(i - first + 1)};
        start = (int64_t)t->ends[i] + 1;
        first = i + 1;
    }
    return PM_OK;
}

pm_status pm_tokens_find(pm_tokens *t, const char *text, int64_t n, char delimiter, pm_error *err)
{
    bool quotes = n > 0 && memchr(text, '"', (size_t)n);
    pm_status s;

    t->text = text;
    if ((s = pm_grow(&t->ends, &t->ends_capacity, n + 1, sizeof *t->ends, err))) return s;
    if (quotes) {
        uint32_t *scratch = malloc(((size_t)n + 1) * sizeof *scratch);
        if (!scratch) return pm_fail(err, PM_ERR_MEMORY, "no memory to read quoted text");
        t->n_ends = reopen_unclosed(text, n, delimiter, t->ends, scratch);
        free(scratch);
    } else {
        t->n_ends = positions_fast(text, n, delimiter, t->ends);
    }
    if (n > 0 && text[n - 1] != '\n') t->ends[t->n_ends++] = (uint32_t)n;
    return find_lines(t, n, err);
}

void pm_tokens_free(pm_tokens *t)
{
    free(t->ends);
    free(t->lines);
    *t = (pm_tokens){0};
}
