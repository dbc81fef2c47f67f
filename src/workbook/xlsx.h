/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: a workbook as it is taken apart: sheets, cells, texts, number formats.
 */
#ifndef PM_WORKBOOK_XLSX_H
#define PM_WORKBOOK_XLSX_H

#include "workbook.h"

enum { PM_SHEET_ROWS_MAX = 1048576, PM_SHEET_COLUMNS_MAX = 16384 };

/** How a number is shown: as itself, as a day (and time), as a span of time. */
typedef enum pm_cell_style { PM_CELL_PLAIN, PM_CELL_DAY, PM_CELL_SPAN } pm_cell_style;

typedef struct pm_sheet {
    char *name, *relation; /* as the workbook names it; the id of its part */
    char *part;            /* the member's name; NULL = not found */
    int member;            /* -1 = a chart, or not there */
    int64_t bytes;         /* unpacked, as the archive says */
    int64_t rows, columns; /* as the sheet says; -1 = it does not */
    /* a header of two rows with merged cells is written as one line: that of row header_row + 1 */
    int64_t header_row; /* -1 = none such */
    char *header;
    int64_t first_row; /* rows before it are left out (blank lines): of a sheet that goes on with another one's rows */
    /* what it looks like to the text engine */
    int rank; /* 0 = no table */
    char content[16];
    int64_t data_line;          /* from 1 */
    char *labels;               /* the header's line */
    double start, start_number; /* test time (s) and record number of the first row; NaN = none */
} pm_sheet;

typedef struct pm_sheet_text pm_sheet_text;

struct pm_workbook {
    const pm_archive *archive; /* borrowed */
    pm_sheet *sheet;
    int64_t n_sheets, sheets_room;
    char *strings; /* shared ones, each ended by a zero; string_at[i] is where the i-th begins */
    int64_t strings_n, strings_room, *string_at, n_strings, string_at_room;
    uint8_t *style; /* pm_cell_style of each cell format */
    int64_t n_styles, styles_room;
    bool from_1904;         /* days are counted from 1904-01-01 */
    int *chosen;            /* the sheets that are read, one after the other */
    int n_chosen, n_others; /* others: sheets of the same header with another test */
    char others[160];       /* their names */
    pm_sheet_text *text;    /* of the chosen ones */
};

/* styles.c, strings.c */
PM_CHECK pm_status pm_workbook_styles(pm_workbook *book, int member, pm_error *err);
PM_CHECK pm_status pm_workbook_strings(pm_workbook *book, int member, pm_error *err);

/* time.c */
/** A number of days as "2020-10-19 11:31:46.582" (or "11:31:46" below one day); length, 0 = no day of the calendar. */
int pm_day_print(double days, bool from_1904, char text[40]);
/** A number of days as hours, minutes and seconds: "25:00:01.5"; 0 = out of range. */
int pm_span_print(double days, char text[40]);

/* sheet.c */
/** "BC12" to column 54 and row 11 (both from 0), and *at behind it; false where it is none or beyond Excel's limits. */
bool pm_cell_place(const char **at, int64_t *row, int64_t *column);
/** The rows of sheets one after the other as lines; row n of the first sheet is line n. */
PM_CHECK pm_status pm_sheet_text_new(const pm_workbook *book, const int *sheets, int n, pm_sheet_text **out,
                                     pm_error *err);
/** The pull's `read`. */
pm_status pm_sheet_text_read(void *text, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err);
/** Rows and columns that the sheet read last says it has; -1 = it has not said so yet. */
void pm_sheet_text_size(const pm_sheet_text *text, int64_t *rows, int64_t *columns);
void pm_sheet_text_free(pm_sheet_text *text);
PM_SCOPED(pm_sheet_text, pm_sheet_text_free)
/** The first lines of a sheet, about `bytes` of them; how large the sheet says it is goes into it. */
PM_CHECK pm_status pm_sheet_head(pm_workbook *book, int sheet, int64_t bytes, pm_head *head, pm_error *err);
/** Field `f` (from 0) of such a line; {"", 0} where it has none. */
pm_head_line pm_sheet_field(pm_head_line line, int64_t f);
int64_t pm_sheet_fields(pm_head_line line);

/* header.c */
/** Where two rows with merged cells are the header of a sheet, `sheet->header` becomes the one line they stand for. */
PM_CHECK pm_status pm_sheet_header(const pm_workbook *book, pm_sheet *sheet, const pm_head *head, pm_error *err);

#endif
