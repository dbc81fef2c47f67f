/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: how a text file is laid out: which dialect, where the header is, what each field holds.
 */
#ifndef PM_TEXT_LAYOUT_H
#define PM_TEXT_LAYOUT_H

#include "clock.h"
#include "labels.h"

/** What a column is computed from where the file does not have it. */
typedef enum pm_derived {
    PM_DERIVED_NOT,
    PM_DERIVED_ABSOLUTE,  /* |Z| of real and imaginary part */
    PM_DERIVED_PHASE,     /* their angle */
    PM_DERIVED_REAL,      /* real part of |Z| and phase */
    PM_DERIVED_IMAGINARY, /* imaginary part of them */
    PM_DERIVED_SPECTRUM,  /* sweeps of the frequency, counted */
    PM_DERIVED_TABLE      /* tables of a file, counted */
} pm_derived;

/** One column of the batches. */
typedef struct pm_text_column {
    char name[PM_LABEL_MAX], unit[PM_UNIT_MAX], source_name[PM_LABEL_MAX], source_unit[PM_UNIT_MAX], clock_name[24];
    pm_type type;
    pm_value_kind kind;
    int field;              /* of a row, from 0 */
    int level;              /* layered files: the header level it comes from; records are the last one */
    double num, den, shift; /* kept value = value * num / den + shift */
    double base;            /* subtracted: a test time made from the wall clock */
    pm_clock clock;
    bool wanted; /* not asked for: not read */
    bool known;  /* a quantity that numbers rest on, not a further column */
    pm_derived derived;
    pm_source_column source;
} pm_text_column;

enum { PM_LEVELS_MAX = 3 };
typedef struct pm_layout {
    const pm_dialect *dialect; /* NULL = none of them */
    pm_guess guess;
    char delimiter, decimal;
    int64_t header_line, data_line; /* from 1 */
    int64_t data_byte;              /* where the first data line begins in the head */
    pm_labels labels[PM_LEVELS_MAX];
    int levels;          /* 1, or 3 for layered files: labels[levels - 1] is the records' header */
    int expected_fields; /* a row of fewer is incomplete */
    pm_text_column *column;
    int n_columns;
    int sign_field, sign_column; /* -1 = none */
    int64_t rows_declared;       /* -1 = not declared */
    bool blanks;                 /* rows are parted by runs of blanks, which become tabs */
    bool bare;                   /* no header: labels are made up */
    bool frequencies;            /* each of the first rows holds a frequency above zero */
    bool units_line;             /* the labels' units stood below them */
    pm_head_line header, units;  /* their lines in the head, as written; units.at NULL = none */
    char table_name[40];         /* of the first table that is read, where a file has several */
    int64_t meta_lines;          /* so many first lines were searched for metadata */
    struct pm_tables *tables;    /* the state in front of the first row, where a file has several tables; else NULL */
    int spectrum_column;         /* counts spectra; -1 = none */
    int table_column;            /* counts tables; -1 = none */
    char *meta;                  /* "key\0value\0...", n bytes */
    int64_t meta_n, meta_capacity;
    char unreadable[120];   /* "'Time' holds no numbers, such as '1,000'"; "" = all is well */
    char placeholders[200]; /* "Mass (g) 1.000, ...": defaults an instrument writes, "" = none */
} pm_layout;

/** Further metadata. */
PM_CHECK pm_status pm_layout_meta(pm_layout *layout, const char *key, const char *value, pm_error *err);
/** NULL = there is none of that name. */
pm_text_column *pm_layout_column(const pm_layout *layout, const char *name);
/** Whether batches depend on what stood before them: they are made in the file's order then. */
bool pm_layout_in_order(const pm_layout *layout);
void pm_layout_free(pm_layout *layout);

#endif
