/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/philox.h"
#include "support.h"

/* The known answers that come with Random123 (kat_vectors, philox4x32 10). */
static void gives_published_blocks(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < 3; i++) {
        uint32_t out[4];
        pm_philox(known[i].counter, known[i].key, out);
        assert_memory_equal(out, known[i].out, sizeof out);
    }
}

static void streams_are_apart(void **state)
{
    (void)state;
    pm_random streams[] = {pm_random_stream(1, "a", 0), pm_random_stream(2, "a", 0), pm_random_stream(1, "b", 0),
                           pm_random_stream(1, "a", 1), pm_random_stream(1, "a", UINT64_C(1) << 32)};
    double first[5];
    for (int i = 0; i < 5; i++) first[i] = pm_random_uniform(&streams[i]);
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < i; k++) assert_true(first[i] != first[k]);
    }
    pm_random again = pm_random_stream(1, "a", 0);
    assert_true(pm_random_uniform(&again) == first[0]);
    pm_random fork = again;
    for (int i = 0; i < 9; i++) assert_true(pm_random_normal(&again) == pm_random_normal(&fork));
    assert_true(pm_random_uniform(&again) == pm_random_uniform(&fork));
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double normal_part(double z)
{
    return 0.5 * erfc(-z / sqrt(2));
}

static double uniform_part(double u)
{
    return u;
}

/** Largest distance between what was drawn and the distribution, times sqrt(n): above 1.95 once in 1000 (Kolmogorov). */
static double distance(double *drawn, int n, double (*part)(double))
{
    qsort(drawn, (size_t)n, sizeof *drawn, ascending);
    double most = 0;
    for (int i = 0; i < n; i++) {
        double p = part(drawn[i]);
        most = fmax(most, fmax(p - (double)i / n, (double)(i + 1) / n - p));
    }
    return most * sqrt(n);
}

static void follows_the_distributions(void **state)
{
    (void)state;
    enum { DRAWS = 100000 };
    static double drawn[DRAWS];
    pm_random r = pm_random_stream(7, "test/random", 3);
    for (int i = 0; i < DRAWS; i++) {
        drawn[i] = pm_random_uniform(&r);
        assert_true(drawn[i] > 0 && drawn[i] < 1);
    }
    assert_true(distance(drawn, DRAWS, uniform_part) < 1.95);
    for (int i = 0; i < DRAWS; i++) drawn[i] = pm_random_normal(&r);
    double product = 0;
    for (int i = 0; i < DRAWS; i += 2) product += drawn[i] * drawn[i + 1];
    assert_close(product / (DRAWS / 2.0), 0, 0, 4 / sqrt(DRAWS / 2.0)); /* the two of a pair do not know each other */
    assert_true(distance(drawn, DRAWS, normal_part) < 1.95);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_published_blocks),
        cmocka_unit_test(streams_are_apart),
        cmocka_unit_test(follows_the_distributions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
