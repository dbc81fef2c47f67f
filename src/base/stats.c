/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "base/base.h"

double pm_mean(const double *values, int64_t n)
{
    pm_sum sum = {0, 0};
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(values[i])) continue;
        pm_sum_add(&sum, values[i]);
        count++;
    }
    return count ? pm_sum_value(sum) / (double)count : NAN;
}

static void swap(double *a, double *b)
{
    double t = *a;
    *a = *b;
    *b = t;
}

/** Moves the k-th smallest to v[k], none larger before it, none smaller behind (Hoare's find, median of three). */
static void select_kth(double *v, int64_t n, int64_t k)
{
    int64_t low = 0, high = n - 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (v[middle] < v[low]) swap(&v[middle], &v[low]);
        if (v[high] < v[low]) swap(&v[high], &v[low]);
        if (v[high] < v[middle]) swap(&v[high], &v[middle]);
        double pivot = v[middle];
        int64_t i = low, j = high;
        while (i <= j) {
            while (v[i] < pivot) i++;
            while (pivot < v[j]) j--;
            if (i <= j) swap(&v[i++], &v[j--]);
        }
        if (j < k) low = i;
        if (k < i) high = j;
    }
}

double pm_quantile(double *values, int64_t n, double q)
{
    if (n < 1) return NAN;
    double position = q * (double)(n - 1), k = floor(position), part = position - k;
    int64_t at = (int64_t)k;
    select_kth(values, n, at);
    if (part == 0) return values[at];
    double next = values[at + 1];
    for (int64_t i = at + 2; i < n; i++)
        if (values[i] < next) next = values[i];
    return values[at] == next ? next : values[at] + part * (next - values[at]);
}

double pm_median(double *values, int64_t n)
{
    return pm_quantile(values, n, 0.5);
}

static void swap_pairs(double *v, double *w, int64_t i, int64_t j)
{
    swap(&v[i], &v[j]);
    swap(&w[i], &w[j]);
}

static void sink(double *v, double *w, int64_t root, int64_t n)
{
    for (int64_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && v[child] < v[child + 1]) child++;
        if (v[root] >= v[child]) return;
        swap_pairs(v, w, root, child);
    }
}

/** Heapsort of v, w moving along: no memory of its own, never slow. */
static void sort_pairs(double *v, double *w, int64_t n)
{
    for (int64_t i = n / 2 - 1; i >= 0; i--) sink(v, w, i, n);
    for (int64_t i = n - 1; i > 0; i--) {
        swap_pairs(v, w, 0, i);
        sink(v, w, 0, i);
    }
}

static double middle_of_three(double a, double b, double c)
{
    double low = a < b ? a : b, high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
}

static pm_sum sum_from(pm_sum sum, const double *w, int64_t first, int64_t end)
{
    for (int64_t i = first; i < end; i++) pm_sum_add(&sum, w[i]);
    return sum;
}

/** The smallest value up to which at least half of all the weight lies: as select_kth, but by weight. Should the
 *  pivots be bad for long, the rest is sorted, and they halve it from there on. */
static double select_half(double *v, double *w, int64_t n, double all)
{
    int64_t low = 0, high = n - 1, rounds = 2 * (64 - __builtin_clzll((uint64_t)n));
    pm_sum passed = {0, 0};
    while (low < high) {
        if (rounds-- == 0) sort_pairs(v + low, w + low, high - low + 1);
        double pivot = middle_of_three(v[low], v[low + (high - low) / 2], v[high]);
        int64_t i = low, j = high;
        while (i <= j) {
            while (v[i] < pivot) i++;
            while (pivot < v[j]) j--;
            if (i <= j) swap_pairs(v, w, i++, j--);
        }
        pm_sum left = sum_from(passed, w, low, j + 1), equal = sum_from(left, w, j + 1, i);
        if (2 * pm_sum_value(left) >= all) {
            high = j;
        } else if (2 * pm_sum_value(equal) >= all) {
            return pivot;
        } else {
            passed = equal;
            low = i;
        }
    }
    return v[low];
}

double pm_weighted_median(double *values, double *weights, int64_t n)
{
    double all = pm_sum_value(sum_from((pm_sum){0, 0}, weights, 0, n));
    if (!(all > 0)) return NAN;
    double lower = select_half(values, weights, n, all), upper = NAN;
    pm_sum passed = {0, 0};
    for (int64_t i = 0; i < n; i++) {
        if (values[i] <= lower)
            pm_sum_add(&passed, weights[i]);
        else if (weights[i] > 0 && !(upper <= values[i]))
            upper = values[i];
    }
    return 2 * pm_sum_value(passed) > all ? lower : lower + (upper - lower) / 2;
}
