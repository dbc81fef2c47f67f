/* SPDX-License-Identifier: MIT */
#include <nettle/sha2.h>

#include "base/base.h"

struct pm_sha256 {
    struct sha256_ctx state;
};

pm_status pm_sha256_new(pm_sha256 **out, pm_error *err)
{
    pm_sha256 *s = malloc(sizeof *s);
    if (!s) return pm_fail(err, PM_ERR_MEMORY, "no memory for a checksum");
    sha256_init(&s->state);
    *out = s;
    return PM_OK;
}

void pm_sha256_add(pm_sha256 *s, const void *bytes, int64_t n)
{
    sha256_update(&s->state, (size_t)n, bytes);
}

void pm_sha256_result(pm_sha256 *s, char hex[65])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(&s->state, sizeof digest, digest);
    for (int i = 0; i < SHA256_DIGEST_SIZE; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

void pm_sha256_free(pm_sha256 *s)
{
    free(s);
}
