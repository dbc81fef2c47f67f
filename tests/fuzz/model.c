/* SPDX-License-Identifier: MIT */
/* Model files: what is taken can judge, explain, be told in words, and be written and read again. */
#include "fuzz.h"
#include "verdict/predictor.h"

enum { FEATURES = 64 };

static void use(const pm_predictor *predictor)
{
    double x[FEATURES] = {0};
    pm_scoped(pm_table) why = NULL;
    pm_scoped(pm_table) pairs = NULL;
    pm_scoped(pm_table) line = NULL;
    pm_scoped(pm_out) words = NULL;
    pm_verdict verdict;
    must_hold(pm_predictor_judge(predictor, x, &verdict, NULL) == PM_OK);
    must_hold(verdict.out_of_distribution >= 0 && verdict.out_of_distribution <= 1);
    (void)!pm_predictor_explain(predictor, x, &why, NULL);
    (void)!pm_predictor_interactions(predictor, x, 5, &pairs, NULL);
    (void)!pm_predictor_coefficients(predictor, &line, NULL);
    must_hold(pm_out_open(NULL, false, &words, NULL) == PM_OK);
    pm_verdict_words(predictor, &verdict, words);
    must_hold(pm_out_memory(words, NULL) != NULL);
}

static void write_and_read(const pm_predictor *predictor)
{
    pm_scoped(pm_out) out = NULL;
    pm_scoped(pm_predictor) again = NULL;
    int64_t n;
    must_hold(pm_out_open(NULL, false, &out, NULL) == PM_OK);
    pm_predictor_write(predictor, out);
    const char *bytes = pm_out_memory(out, &n);
    must_hold(bytes && pm_predictor_parse(bytes, n, "again", &again, NULL) == PM_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    pm_scoped(pm_predictor) predictor = NULL;
    if (pm_predictor_parse((const char *)bytes, (int64_t)n, "fuzz", &predictor, NULL)) return 0;
    if (pm_predictor_tell(predictor)->features <= FEATURES) use(predictor);
    write_and_read(predictor);
    return 0;
}
