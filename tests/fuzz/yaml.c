/* SPDX-License-Identifier: MIT */
#include "document.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    parse_and_walk(pm_doc_parse_yaml, bytes, n);
    return 0;
}
