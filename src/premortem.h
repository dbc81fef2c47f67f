/* SPDX-License-Identifier: MIT */
/** @file
 * All doors of the library. Each may be included alone as "<room>/<room>.h".
 */
#ifndef PREMORTEM_H
#define PREMORTEM_H

#include "about/about.h"
#include "audit/audit.h"
#include "base/base.h"
#include "bytes/bytes.h"
#include "cycle/cycle.h"
#include "design/design.h"
#include "doc/doc.h"
#include "early/early.h"
#include "label/label.h"
#include "learn/learn.h"
#include "life/life.h"
#include "native/native.h"
#include "read/read.h"
#include "report/report.h"
#include "table/table.h"
#include "text/text.h"
#include "verdict/verdict.h"
#include "virtual/virtual.h"
#include "why/why.h"
#include "workbook/workbook.h"

#endif
