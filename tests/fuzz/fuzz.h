/* SPDX-License-Identifier: MIT */
/* What fuzz targets share. A property that does not hold ends the process, which is a finding. */
#ifndef PM_TESTS_FUZZ_H
#define PM_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define must_hold(condition) ((condition) ? (void)0 : abort())

#endif
