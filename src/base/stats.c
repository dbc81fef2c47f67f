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

static void sink(double *v, double *w, int64_t root, int64_t n)
{
    for (int64_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && v[child] < v[child + 1]) child++;
        if (v[root] >= v[child]) return;
        swap(&v[root], &v[child]);
        swap(&w[root], &w[child]);
    }
}

/** Heapsort of v, w moving along: no memory of its own. */
static void sort_pairs(double *v, double *w, int64_t n)
{
    for (int64_t i = n / 2 - 1; i >= 0; i--) sink(v, w, i, n);
    for (int64_t i = n - 1; i > 0; i--) {
        swap(&v[0], &v[i]);
        swap(&w[0], &w[i]);
        sink(v, w, 0, i);
    }
}

double pm_weighted_median(double *values, double *weights, int64_t n)
{
    sort_pairs(values, weights, n);
    pm_sum total = {0, 0}, passed = {0, 0};
    for (int64_t i = 0; i < n; i++) pm_sum_add(&total, weights[i]);
    double all = pm_sum_value(total), lower = NAN;
    for (int64_t i = 0; i < n; i++) {
        if (weights[i] <= 0) continue;
        if (!isnan(lower)) return lower == values[i] ? lower : lower + (values[i] - lower) / 2;
        pm_sum_add(&passed, weights[i]);
        double twice = 2 * pm_sum_value(passed);
        if (twice > all) return values[i];
        if (twice == all) lower = values[i];
    }
    return lower;
}
