/* SPDX-License-Identifier: MIT */
/* Symmetric equations, by Cholesky. */
#include "fit.h"

#include <math.h>

static double dot(const double *a, const double *b, int n)
{
    double sum[4] = {0}; /* four chains, else each addition waits for the one before */
    int i = 0;

    for (; i + 4 <= n; i += 4)
        for (int k = 0; k < 4; k++) sum[k] += a[i + k] * b[i + k];
    for (; i < n; i++) sum[0] += a[i] * b[i];
    return sum[0] + sum[1] + sum[2] + sum[3];
}

pm_status pm_factor_symmetric(int n, double *a, pm_error *err)
{
    int64_t width = n;

    for (int i = 0; i < n; i++) {
        double *own = a + i * width;
        for (int j = 0; j < i; j++) own[j] = (own[j] - dot(own, a + j * width, j)) / a[j * width + j];
        double d = own[i] - dot(own, own, i);
        if (!(d > 0))
            return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "raise the penalty", "the features determine no model");
        own[i] = sqrt(d);
    }
    return PM_OK;
}

void pm_solve_factored(int n, const double *a, double *b)
{
    int64_t width = n;

    for (int i = 0; i < n; i++) b[i] = (b[i] - dot(a + i * width, b, i)) / a[i * width + i];
    for (int i = n - 1; i >= 0; i--) {
        b[i] /= a[i * width + i];
        for (int k = 0; k < i; k++) b[k] -= a[i * width + k] * b[i];
    }
}

pm_status pm_solve_symmetric(int n, double *a, double *b, pm_error *err)
{
    pm_status s = pm_factor_symmetric(n, a, err);

    if (!s) pm_solve_factored(n, a, b);
    return s;
}
