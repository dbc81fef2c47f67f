/* SPDX-License-Identifier: MIT */
/* Stages of any life at all: each cycle is a few bytes, mostly a small change from the one before. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "life/life.h"

static const pm_field fields[] = {
    {"cycle_count", PM_DOUBLE, "1", 0, ""},           {"discharging_capacity_ah", PM_DOUBLE, "Ah", 8, ""},
    {"coulombic_efficiency", PM_DOUBLE, "1", 16, ""}, {"charging_capacity_ah", PM_DOUBLE, "Ah", 24, ""},
    {"polarisation_volt", PM_DOUBLE, "V", 32, ""},    {"complete", PM_DOUBLE, "1", 40, ""},
};
enum { FIELDS = sizeof fields / sizeof *fields, HEAD = 3, BYTES = 4, MOST_ROWS = 600 };

/* Mostly near `usual`; some any bits. */
static double number(uint8_t byte, double usual, double step)
{
    static const double odd[] = {0, 1.5, NAN, INFINITY, 1e300, 1e-300, -0.0, 4e15};
    return byte < 248 ? usual + (byte - 124) * step : odd[byte - 248];
}

static void push_cycle(pm_builder *b, const uint8_t *byte, double *count, double *capacity)
{
    *count += byte[0] < 240 ? 1 : byte[0] < 250 ? byte[0] - 244 : number(byte[0], 0, 0);
    *capacity *= 1 + (byte[1] < 248 ? (byte[1] - 128) * 1e-5 : 0);
    double efficiency = number(byte[2], 0.998, 2e-5), seen = byte[1] < 248 ? *capacity : number(byte[1], 0, 0);
    pm_builder_push(b,
                    (double[]){*count, seen, efficiency, seen / efficiency, number(byte[3], 0.1, 1e-4), byte[3] > 3});
}

static bool ordered(const pm_estimate *e)
{
    if (isnan(e->value)) return true;
    return e->low <= e->value && (isnan(e->high) || e->value <= e->high); /* no end where N/P may be 0 */
}

static void check(const pm_stages *s, int64_t rows)
{
    must_hold(s->cycles <= rows && s->stage >= 0 && s->stage <= PM_STAGES);
    for (int k = 1; k <= PM_STAGES; k++) {
        const pm_stage_start *at = &s->start[k];
        must_hold(at->probability >= 0 && at->probability <= 1);
        must_hold(at->told != PM_TOLD_YES || (at->low <= at->cycle && at->cycle <= at->high));
    }
    must_hold(ordered(&s->coulombic_efficiency_lithium_mean) && ordered(&s->hidden_lithium_Ah));
    must_hold(ordered(&s->normalised_cycle_life));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const pm_kind kinds[] = {PM_KIND_UNKNOWN, PM_LI_CATHODE, PM_ANODE_FREE, PM_LI_ION};
    pm_scoped(pm_builder) builder = NULL;
    pm_scoped(pm_table) cycles = NULL;
    pm_anode_free_cycles product;
    pm_stages stages;
    double count = 0, capacity = 0.004;

    if (n < HEAD) return 0;
    int64_t rows = (int64_t)((n - HEAD) / BYTES);
    if (rows > MOST_ROWS) rows = MOST_ROWS;
    pm_stage_options options = {.kind = kinds[bytes[0] % 4],
                                .n_to_p = {{bytes[1] / 32.0, bytes[2] / 512.0}, PM_N_TO_P_FOIL}};
    if (bytes[0] & 64) options.n_to_p.convention = PM_N_TO_P_TOTAL;
    must_hold(pm_builder_new(FIELDS, fields, &builder, NULL) == PM_OK);
    for (int64_t i = 0; i < rows; i++) push_cycle(builder, bytes + HEAD + BYTES * i, &count, &capacity);
    must_hold(pm_builder_finish(builder, &cycles, NULL) == PM_OK);
    if (pm_stages_of(cycles, &options, &stages, NULL) == PM_OK) check(&stages, rows);
    (void)!pm_anode_free_of(cycles, 0.02, &product, NULL);
    return 0;
}
