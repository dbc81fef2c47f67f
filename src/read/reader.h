/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: what the audit asks of a reader.
 */
#ifndef PM_READ_READER_H
#define PM_READ_READER_H

#include "read.h"

/** Whether a repair of this code was applied (the reader was opened with repairs). */
bool pm_reader_repaired(const pm_reader *reader, const char *code);
/** The reader's own findings so far: rows cut, cells that hold no number, units and signs assumed, placeholders. */
PM_CHECK pm_status pm_reader_findings(const pm_reader *reader, pm_builder *findings, pm_error *err);

#endif
