/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: what is particular about an instrument's text files, as data. docs/dialects.md tells users the same.
 */
#ifndef PM_TEXT_DIALECT_H
#define PM_TEXT_DIALECT_H

#include "clock.h"
#include "doc/doc.h"
#include "text.h"

typedef enum pm_sign_rule {
    PM_SIGN_UNKNOWN,   /* the dialect does not say: taken as charge-positive, and said */
    PM_SIGN_CHARGE,    /* positive current charges */
    PM_SIGN_DISCHARGE, /* positive current discharges: turned round */
    PM_SIGN_UNSIGNED,  /* magnitudes only, and nothing tells the direction */
    PM_SIGN_LETTER     /* the magnitude's sign comes from a word in another column */
} pm_sign_rule;

/** Owned by its document: texts are borrowed from it. */
typedef struct pm_dialect {
    pm_doc *doc;
    const pm_node *root;
    const char *id, *title, *content; /* content "" = decided by the columns */
    const pm_node *find;              /* the list of alternatives */
    const pm_node *columns, *defaults, *placeholders, *header_after, *header_begins, *rows_declared, *table_end;
    const char *header_mark, *header_lines, *comment, *table_mark, *table_count, *table_hint, *meta_mark;
    int meta_key, meta_value; /* fields of a line above the header, from 1; 0 = by what stands between them */
    bool layered, quoted_rows, sections, header_blanks;
    pm_sign_rule sign;
    const pm_node *sign_columns, *sign_charge, *sign_discharge;
    pm_day_order clock_order; /* 0 = none given */
} pm_dialect;

struct pm_dialects {
    pm_dialect *dialect; /* first those that are its own */
    int n, own;
};
/** Format, title and content; no score. */
void pm_dialect_guess(const pm_dialect *dialect, pm_guess *out);

/** What a dialect says of one label: where it goes and in what unit. */
typedef struct pm_dialect_column {
    const char *to, *unit; /* unit NULL = the label's own */
    double factor;
    bool assumed; /* the unit is the instrument's habit, not the file's word */
    int rank;     /* position of the spelling: 0 = best */
} pm_dialect_column;
/** false where the dialect says nothing of it. */
bool pm_dialect_find_column(const pm_dialect *d, const char *label, pm_dialect_column *out);
/** The unit that the instrument means where the label has none; NULL = not said. */
const char *pm_dialect_default_unit(const pm_dialect *d, const char *label);
/** Whether a word of the sign column means charge (+1), discharge (-1) or neither (0). */
int pm_dialect_letter(const pm_dialect *d, const char *word, int64_t n);

#endif
