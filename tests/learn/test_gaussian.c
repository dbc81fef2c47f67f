/* SPDX-License-Identifier: MIT */
/* Gaussian processes against the textbook's formulas solved another way; the simplex search against known minima. */
#include "learn/fit.h"
#include "make_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 30 };

static pm_data *bent(int n, double noise)
{
    double *x = malloc((size_t)n * 2 * sizeof *x), *t = malloc((size_t)n * sizeof *t);
    pm_random r = pm_random_stream(3, "test/gaussian", 0);
    for (int i = 0; i < n; i++) {
        x[2 * i] = 4 * pm_random_uniform(&r);
        x[2 * i + 1] = pm_random_uniform(&r);
        t[i] = 50 + 10 * sin(2 * x[2 * i]) + 5 * x[2 * i + 1] + noise * pm_random_normal(&r);
    }
    pm_data *d = data_of(n, 2, x, NULL, t, NULL, 3);
    free(x);
    free(t);
    return d;
}

/* Matern 5/2 and a linear part, as they stand in Rasmussen and Williams, equations 4.17 and 2.15. */
static double covariance(const double k[4], const double *a, const double *b)
{
    double r = sqrt((pow(a[0] - b[0], 2) + pow(a[1] - b[1], 2)) / 2), s = sqrt(5) * r / k[1];
    return k[0] * (1 + s + 5 * r * r / (3 * k[1] * k[1])) * exp(-s) + k[2] * (1 + (a[0] * b[0] + a[1] * b[1]) / 2);
}

/* Gauss and Jordan with the largest pivot; a[n][n + 1]. Returns log |det|. */
static double eliminate(int n, double *a)
{
    double log_determinant = 0;
    for (int c = 0; c < n; c++) {
        int pivot = c;
        for (int i = c; i < n; i++)
            if (fabs(a[i * (n + 1) + c]) > fabs(a[pivot * (n + 1) + c])) pivot = i;
        for (int j = 0; j <= n; j++) {
            double t = a[c * (n + 1) + j];
            a[c * (n + 1) + j] = a[pivot * (n + 1) + j];
            a[pivot * (n + 1) + j] = t;
        }
        log_determinant += log(fabs(a[c * (n + 1) + c]));
        for (int i = 0; i < n; i++) {
            double factor = i == c ? 0 : a[i * (n + 1) + c] / a[c * (n + 1) + c];
            for (int j = c; factor != 0 && j <= n; j++) a[i * (n + 1) + j] -= factor * a[c * (n + 1) + j];
        }
    }
    for (int i = 0; i < n; i++) a[i * (n + 1) + n] /= a[i * (n + 1) + i];
    return log_determinant;
}

typedef struct table {
    double z[2 * N], t[N], mean, spread, center[2], scale[2];
} table;

static table standardise(const pm_data *d)
{
    table s = {.mean = 0};
    double squares = 0;
    for (int i = 0; i < N; i++) s.mean += d->target[i] / N;
    for (int i = 0; i < N; i++) squares += pow(d->target[i] - s.mean, 2) / N;
    s.spread = sqrt(squares);
    for (int i = 0; i < N; i++) s.t[i] = (d->target[i] - s.mean) / s.spread;
    for (int f = 0; f < 2; f++) {
        for (int i = 0; i < N; i++) s.center[f] += d->x[2 * i + f] / N;
        for (int i = 0; i < N; i++) s.scale[f] += pow(d->x[2 * i + f] - s.center[f], 2) / N;
        s.scale[f] = sqrt(s.scale[f]);
        for (int i = 0; i < N; i++) s.z[2 * i + f] = (d->x[2 * i + f] - s.center[f]) / s.scale[f];
    }
    return s;
}

/* Solves for alpha; returns minus log of likelihood times prior. */
static double evidence(const table *s, const double k[4], double alpha[N])
{
    static double a[N * (N + 1)];
    double sum = 0;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++)
            a[i * (N + 1) + j] = covariance(k, s->z + 2 * i, s->z + 2 * j) + (i == j ? k[3] : 0);
        a[i * (N + 1) + N] = s->t[i];
    }
    sum = eliminate(N, a) / 2;
    for (int i = 0; i < N; i++) {
        alpha[i] = a[i * (N + 1) + N];
        sum += s->t[i] * alpha[i] / 2;
    }
    for (int i = 0; i < 4; i++) sum += pow((log(k[i]) - (i == 3 ? -2.3 : 0)) / 3, 2) / 2;
    return sum;
}

static void as_the_closed_form(void **state)
{
    (void)state;
    pm_data *d = bent(N, 1);
    table s = standardise(d);
    pm_scoped(pm_model) m = NULL;
    pm_error err = {0};
    double alpha[N], out, own;
    assert_good(pm_learn(d, &(pm_learn_options){.learner = PM_GAUSSIAN}, &m, &err), &err);
    evidence(&s, m->gaussian->kernel, alpha);
    for (double at = -1; at < 6; at += 0.37) {
        double x[2] = {at, 0.4}, z[2] = {(x[0] - s.center[0]) / s.scale[0], (x[1] - s.center[1]) / s.scale[1]};
        own = 0;
        for (int i = 0; i < N; i++) own += alpha[i] * covariance(m->gaussian->kernel, z, s.z + 2 * i);
        assert_good(pm_model_predict(m, 1, x, &out, &err), &err);
        assert_close(out, s.mean + s.spread * own, 1e-9, 0);
    }
    /* a feature that is missing stands at its mean */
    double gap[2] = {1, NAN}, filled[2] = {1, s.center[1]};
    assert_good(pm_model_predict(m, 1, gap, &out, &err), &err);
    assert_good(pm_model_predict(m, 1, filled, &own, &err), &err);
    assert_close(out, own, 1e-12, 0);
    pm_data_free(d);
}

/* No step of one of its numbers makes the data likelier: each stands at the bottom of a curve that bends up. */
static void its_numbers_are_the_likeliest(void **state)
{
    (void)state;
    pm_data *d = bent(N, 1);
    table s = standardise(d);
    pm_scoped(pm_model) m = NULL;
    pm_error err = {0};
    double alpha[N], k[4];
    assert_good(pm_learn(d, &(pm_learn_options){.learner = PM_GAUSSIAN}, &m, &err), &err);
    memcpy(k, m->gaussian->kernel, sizeof k);
    double best = evidence(&s, k, alpha);
    for (int i = 0; i < 4; i++) {
        double side[2];
        for (int j = 0; j < 2; j++) {
            k[i] = m->gaussian->kernel[i] * exp(j ? 0.02 : -0.02);
            side[j] = evidence(&s, k, alpha);
            assert_true(side[j] > best);
        }
        k[i] = m->gaussian->kernel[i];
        /* the bottom of the parabola through the three */
        assert_close(0.02 / 2 * (side[0] - side[1]) / (side[0] + side[1] - 2 * best), 0, 0, 0.003);
    }
    /* it has seen that one part is bent and how loud the noise is */
    assert_close(sqrt(k[3]) * s.spread, 1, 0.5, 0);
    pm_data_free(d);
}

static void it_learns_a_bent_law(void **state)
{
    (void)state;
    enum { MANY = 300 };
    pm_data *d = bent(MANY, 0.5);
    double *out = malloc(MANY * sizeof *out);
    int32_t fold[MANY];
    int folds;
    pm_error err = {0};
    pm_errors errors;
    assert_good(pm_split(d, PM_BY_GROUP, 3, 1, fold, &folds, &err), &err);
    assert_good(pm_cross_predict(d, &(pm_learn_options){.learner = PM_GAUSSIAN}, fold, folds, NULL, out, &err), &err);
    assert_good(pm_errors_of(d, out, 0, 0, NULL, &errors, &err), &err);
    assert_true(errors.rmse.value < 0.7); /* noise 0.5; a plane leaves 7 */
    free(out);
    pm_data_free(d);
}

static void what_it_does_not_do_is_said(void **state)
{
    (void)state;
    pm_data *d = bent(N, 1);
    pm_scoped(pm_model) m = NULL;
    double phi[3];
    pm_error err = {0};
    assert_good(pm_learn(d, &(pm_learn_options){.learner = PM_GAUSSIAN}, &m, &err), &err);
    assert_int_equal(pm_model_explain(m, 1, d->x, NULL, phi, &err), PM_ERR_ARGUMENT);
    assert_non_null(strstr(err.hint, "boosted"));
    for (int i = 0; i < N; i++) d->target[i] = 7; /* nothing to tell apart: the constant */
    pm_scoped(pm_model) flat = NULL;
    assert_good(pm_learn(d, &(pm_learn_options){.learner = PM_GAUSSIAN}, &flat, &err), &err);
    assert_good(pm_model_predict(flat, 1, d->x, phi, &err), &err);
    assert_close(phi[0], 7, 1e-9, 0);
    pm_data_free(d);
    double x[6] = {1, 2, 3, 4, 5, 6};
    int y[3] = {0, 1, 0};
    pm_model *none = NULL;
    d = data_of(3, 2, x, y, NULL, NULL, 1);
    assert_int_equal(pm_learn(d, &(pm_learn_options){.learner = PM_GAUSSIAN}, &none, &err), PM_ERR_ARGUMENT);
    assert_non_null(strstr(err.message, "classes"));
    pm_data_free(d);
}

static void it_comes_back_from_its_file(void **state)
{
    (void)state;
    pm_data *d = bent(N, 1);
    pm_scoped(pm_model) m = NULL, *back = NULL;
    pm_scoped(pm_out) out = NULL;
    pm_scoped(pm_doc) doc = NULL;
    pm_error err = {0};
    double before[N], after[N];
    int64_t length;
    assert_good(pm_learn(d, &(pm_learn_options){.learner = PM_GAUSSIAN, .log_target = true}, &m, &err), &err);
    assert_good(pm_out_open(NULL, false, &out, &err), &err);
    pm_json json = pm_json_start(out);
    pm_model_write(m, NULL, &json);
    const char *text = pm_out_memory(out, &length);
    assert_good(pm_doc_parse_json(text, length, NULL, &doc, &err), &err);
    assert_good(pm_model_read(doc, pm_doc_root(doc), &back, &err), &err);
    assert_good(pm_model_predict(m, N, d->x, before, &err), &err);
    assert_good(pm_model_predict(back, N, d->x, after, &err), &err);
    assert_memory_equal(before, after, sizeof before);
    for (int64_t cut = 0; cut < length; cut += 1 + length / 97) { /* refused, or harmless */
        pm_scoped(pm_doc) broken = NULL;
        pm_scoped(pm_model) odd = NULL;
        char *copy = pm_text_copy(text, length);
        for (int64_t i = cut; i < length && i < cut + 3; i++)
            if (copy[i] >= '0' && copy[i] <= '9') copy[i] = '9';
        if (!pm_doc_parse_json(copy, length, NULL, &broken, NULL) &&
            !pm_model_read(broken, pm_doc_root(broken), &odd, NULL))
            assert_good(pm_model_predict(odd, odd->p == 2 ? N : 0, d->x, after, &err), &err);
        free(copy);
    }
    pm_data_free(d);
}

/* ---- the search ---- */

static double rosenbrock(void *context, const double *x)
{
    (void)context;
    return 100 * pow(x[1] - x[0] * x[0], 2) + pow(1 - x[0], 2);
}

static double bowl(void *context, const double *x)
{
    const double *center = context;
    double sum = 0;
    for (int i = 0; i < 4; i++) sum += (i + 1) * pow(x[i] - center[i], 2) + x[i] * 0.1;
    return sum;
}

static void the_simplex_finds_the_bottom(void **state)
{
    (void)state;
    double x[2] = {-1.2, 1}, y[4] = {0}, center[4] = {1, -2, 3, 0.5};
    assert_true(pm_simplex(2, rosenbrock, NULL, 0.5, 500, x) < 1e-7);
    assert_close(x[0], 1, 0, 1e-3);
    pm_simplex(4, bowl, center, 0.7, 500, y);
    for (int i = 0; i < 4; i++) assert_close(y[i], center[i] - 0.05 / (i + 1), 0, 1e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_closed_form),          cmocka_unit_test(its_numbers_are_the_likeliest),
        cmocka_unit_test(it_learns_a_bent_law),        cmocka_unit_test(what_it_does_not_do_is_said),
        cmocka_unit_test(it_comes_back_from_its_file), cmocka_unit_test(the_simplex_finds_the_bottom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
