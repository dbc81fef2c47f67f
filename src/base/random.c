/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "base/base.h"
#include "base/philox.h"

#define TWO_PI 6.28318530717958647692

void pm_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]}, k[2] = {key[0], key[1]};
    for (int round = 0; round < 10; round++) {
        uint64_t a = UINT64_C(0xD2511F53) * c[0], b = UINT64_C(0xCD9E8D57) * c[2];
        uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ k[0], (uint32_t)b, (uint32_t)(a >> 32) ^ c[3] ^ k[1],
                            (uint32_t)a};
        memcpy(c, next, sizeof c);
        k[0] += 0x9E3779B9;
        k[1] += 0xBB67AE85;
    }
    memcpy(out, c, sizeof c);
}

/** FNV-1a, 64 bits. */
static uint64_t hash(const char *text)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);
    for (; *text; text++) h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    return h;
}

/** The key is drawn from the seed at the purpose; the counter is the block within the stream and the index. */
pm_random pm_random_stream(uint64_t seed, const char *purpose, uint64_t index)
{
    uint64_t h = hash(purpose);
    uint32_t place[4] = {(uint32_t)h, (uint32_t)(h >> 32), 0, 0};
    uint32_t seed_key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)}, mixed[4];
    pm_philox(place, seed_key, mixed);
    return (pm_random){.key = {mixed[0], mixed[1]},
                       .counter = {0, 0, (uint32_t)index, (uint32_t)(index >> 32)},
                       .used = 4,
                       .spare = NAN};
}

static uint64_t word(pm_random *r)
{
    if (r->used == 4) {
        pm_philox(r->counter, r->key, r->block);
        if (!++r->counter[0]) r->counter[1]++;
        r->used = 0;
    }
    uint64_t w = (uint64_t)r->block[r->used] << 32 | r->block[r->used + 1];
    r->used += 2;
    return w;
}

/** The odd multiples of 2^-53: neither end, and even about the middle. */
double pm_random_uniform(pm_random *r)
{
    return ((double)(word(r) >> 12) + 0.5) * 0x1p-52;
}

double pm_random_normal(pm_random *r)
{
    double z = r->spare;
    r->spare = NAN;
    if (!isnan(z)) return z;
    double radius = sqrt(-2 * log(pm_random_uniform(r))), angle = TWO_PI * pm_random_uniform(r);
    r->spare = radius * sin(angle);
    return radius * cos(angle);
}
