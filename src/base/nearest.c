/* SPDX-License-Identifier: MIT */
/* "Did you mean": the nearest word by edit distance. */
#include "base/base.h"

#include <string.h>

enum { LONGEST = 40 };

static int smallest(int a, int b, int c)
{
    return a < b ? (a < c ? a : c) : (b < c ? b : c);
}

/* Insertions, deletions, replacements and swaps of neighbours that turn a into b (optimal string alignment). */
static int distance(const char *a, int n_a, const char *b, int n_b)
{
    int d[LONGEST + 1][LONGEST + 1];
    for (int i = 0; i <= n_a; i++) d[i][0] = i;
    for (int j = 0; j <= n_b; j++) d[0][j] = j;
    for (int i = 1; i <= n_a; i++) {
        for (int j = 1; j <= n_b; j++) {
            int differ = a[i - 1] != b[j - 1];
            d[i][j] = smallest(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + differ);
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && d[i - 2][j - 2] + 1 < d[i][j]) d[i][j] = d[i - 2][j - 2] + 1;
        }
    }
    return d[n_a][n_b];
}

void pm_nearest_try(pm_nearest *nearest, const char *candidate)
{
    size_t n_word = strlen(nearest->word), n_candidate = strlen(candidate);
    if (n_word > LONGEST || n_candidate > LONGEST) return;
    int d = distance(nearest->word, (int)n_word, candidate, (int)n_candidate);
    int limit = (int)(n_candidate < n_word ? n_word : n_candidate) / 3;
    if (d > (limit > 1 ? limit : 1)) return;
    if (nearest->best && d >= nearest->distance) return;
    nearest->best = candidate;
    nearest->distance = d;
}
