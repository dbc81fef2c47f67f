/* SPDX-License-Identifier: MIT */
/** @file Private to base: one block of Philox4x32-10. */
#ifndef PM_BASE_PHILOX_H
#define PM_BASE_PHILOX_H

#include <stdint.h>

/** Four random words, a function of counter and key only; out may be counter. */
void pm_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

#endif
