/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: how a text file is laid out: which dialect, where the header is, what each field holds.
 */
#ifndef PM_READ_LAYOUT_H
#define PM_READ_LAYOUT_H

#include "dialect.h"
#include "label/label.h"
#include "read.h"
#include "tokens.h"

/** The head of a file as lines, in the file's own bytes (UTF-16 already turned into UTF-8). */
typedef struct pm_head_line {
    const char *at;
    int64_t n;
} pm_head_line;
typedef struct pm_head {
    char *text; /* n bytes and a zero */
    int64_t n;
    bool whole; /* the file ends here */
    pm_head_line *line;
    int64_t n_lines, lines_capacity;
} pm_head;
PM_CHECK pm_status pm_head_new(const char *bytes, int64_t n, bool whole, pm_head *head, pm_error *err);
void pm_head_free(pm_head *head);

/** Header labels of one line, UTF-8. */
typedef struct pm_labels {
    char **text;
    int n;
} pm_labels;
PM_CHECK pm_status pm_labels_split(pm_head_line line, char delimiter, const pm_dialect *dialect, pm_labels *out,
                                   pm_error *err);
void pm_labels_free(pm_labels *labels);
/** The delimiter of , ; tab | that occurs most in a line; 0 = none. */
char pm_line_delimiter(pm_head_line line);

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

/** Finds the layout of delimited text, or says why not. Settings, logs and indexes have no columns. */
PM_CHECK pm_status pm_layout_find(const pm_head *head, const pm_dialects *dialects, const pm_quantities *quantities,
                                  const pm_read_options *options, pm_layout *out, pm_error *err);
void pm_layout_free(pm_layout *layout);
/** Whether the head ends before the table that its dialect would rather read than the one it has, if it has any. */
PM_CHECK pm_status pm_layout_wants_more(const pm_head *head, const pm_dialects *dialects,
                                        const pm_read_options *options, bool *more, pm_error *err);
PM_CHECK pm_status pm_layout_meta(pm_layout *layout, const char *key, const char *value, pm_error *err);

/** How many of the first `most` fields of a line are empty: the level of a line of a layered file. */
int pm_leading_empty(const pm_tokens *t, const pm_line *line, int most);
/** Whether batches depend on what stood before them: they are made in the file's order then. */
bool pm_layout_in_order(const pm_layout *layout);
/** Runs of blanks (so many at least, or with a tab among them) inside the lines of a text become one tab with blanks
 *  behind it; the length stays. */
void pm_blanks_to_tabs(char *text, int64_t n, int least);

/* layout_columns.c */
PM_CHECK pm_status pm_layout_columns(pm_layout *layout, const pm_head *head, const pm_quantities *quantities,
                                     const pm_read_options *options, pm_error *err);
enum { PM_DERIVED_MAX = 5 }; /* columns that are added at most */
/* layout_bare.c: numbers without a header that can only be a spectrum */
PM_CHECK pm_status pm_layout_bare(pm_layout *layout, const pm_head *head, bool *is, pm_error *err);
/* layout_spectra.c: whether rows are those of spectra; the columns that the file lacks and that follow from the others */
bool pm_layout_is_spectra(const pm_layout *layout);
void pm_layout_derive(pm_layout *layout, const char *const *asked_for);
/* layout_meta.c: "Key: value" lines above the header */
PM_CHECK pm_status pm_layout_preamble(pm_layout *layout, const pm_head *head, int64_t n_lines, pm_error *err);
/* layout_match.c: which dialect; the line (from 0) whose labels decided, -1 = none */
typedef struct pm_match {
    const pm_dialect *dialect;
    int64_t line;
    int score;
    char reason[200];
} pm_match;
PM_CHECK pm_status pm_layout_match(const pm_head *head, const pm_dialects *dialects, int room, pm_match best_first[],
                                   int *n, pm_error *err);
/** The line (from 0) that names the most quantities, else the header of some other table; -1 = none. */
PM_CHECK pm_status pm_layout_best_line(const pm_head *head, const pm_quantities *quantities, int64_t *line,
                                       pm_error *err);

/** "time=Zeit,voltage=U@mV,current=3" */
typedef struct pm_map_entry {
    char to[PM_LABEL_MAX], label[PM_LABEL_MAX], unit[PM_UNIT_MAX];
    int field; /* from 0 where a number was given, else -1 */
} pm_map_entry;
enum { PM_MAP_MAX = 32 };
PM_CHECK pm_status pm_map_parse(const char *text, pm_map_entry entries[PM_MAP_MAX], int *n, pm_error *err);

#endif
