/* SPDX-License-Identifier: MIT */
/* What a plain scalar means: the core schema of YAML 1.2.2, section 10.3.2. */
#ifndef PM_DOC_YAML_SCALAR_H
#define PM_DOC_YAML_SCALAR_H

#include "doc/doc.h"

/* The kind of n bytes (zero-terminated), with *truth or *number set where it has one. Not "no", "1_000" or "12:30". */
pm_node_type pm_yaml_resolve(const char *text, int64_t n, bool *truth, double *number);
/* Whether the number became infinite without saying ".inf". */
bool pm_yaml_beyond_range(const char *text, double number);

#endif
