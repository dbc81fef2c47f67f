/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: the .ndc files that Neware's servers write, loose or as members of a .ndax archive.
 *
 * A file is a row of pages, the first of which holds type and version. Each further page begins with its type + 1, the
 * number of its rows and a mask of the places in use; rows of one length follow. Row k of the voltages and currents
 * (main) belongs to the k-th place of its pages. From version 11 on the clock and the counters stand in a file of their own
 * (run), with one row for every change of step and every 10 to 60 rows in between; a third (step) has a row per step.
 */
#ifndef PM_NATIVE_NDC_H
#define PM_NATIVE_NDC_H

#include "native.h"

enum { NDC_MAIN = 1, NDC_AUX = 5, NDC_STEP = 7, NDC_LOG = 9, NDC_ES = 16, NDC_RUN = 18 };
enum { NDC_PAGE_MAX = 4096, NDC_PLACES_MAX = 1024 };

/** How pages and rows lie in the files of one type and version. */
typedef struct ndc_layout {
    int version, type;
    int page;  /**< bytes of a page */
    int first; /**< byte of a page's first row */
    int size;  /**< bytes of a row */
} ndc_layout;

const ndc_layout *ndc_layout_find(int version, int type);
/** Rows that a page has room for. */
int ndc_places(const ndc_layout *l);
/** "main", "run information", ...; NULL = not known. */
const char *ndc_type_word(int type);

/** Where the bytes of a file are: here, or packed in an archive. */
typedef struct ndc_source {
    char name[160]; /**< of the member or file */
    pm_span bytes;  /**< {NULL, 0}: in the archive */
    const pm_archive *archive;
    int member;
} ndc_source;

/** A file as pages, one after the other. */
typedef struct ndc_pages {
    const char *name; /**< borrowed */
    const ndc_layout *layout;
    pm_span bytes;
    pm_member *member;
    uint8_t *chunk; /**< of what the member unpacks to */
    int64_t chunk_n, chunk_used;
    bool ended;
    int64_t at;   /**< byte of the next page */
    int64_t page; /**< its number, from 0 */
    /* damage */
    int64_t rows_lost, damaged, first_damaged; /**< rows, pages, byte of the first such page */
} ndc_pages;

typedef struct ndc_page {
    const uint8_t *row;                 /**< the first place */
    int64_t first_place;                /**< of all places of the file, from 0 */
    int places;                         /**< 0 = no more pages */
    uint64_t mask[NDC_PLACES_MAX / 64]; /**< of the places in use */
} ndc_page;

/** Reads the first page. PM_ERR_FORMAT where the file is not of the type wanted or its version is not known. */
PM_CHECK pm_status ndc_pages_open(const ndc_source *source, int type, ndc_pages *p, pm_error *err);
/** The next page with rows. The page is valid until the next call. */
PM_CHECK pm_status ndc_pages_next(ndc_pages *p, ndc_page *page, pm_error *err);
/** The next run of places in use from `place` on: where it begins (`places` = none) and how long it is. */
int ndc_page_run(const ndc_page *page, int place, int *length);
void ndc_pages_close(ndc_pages *p);
/** The faults that were met. */
void ndc_pages_tell(const ndc_pages *p, pm_native *n);

/* ---- the test ---- */

/** What the run information says at one row. */
typedef struct ndc_run {
    uint32_t index; /**< of the row, from 1 */
    int32_t dt_ms;  /**< between the rows that follow */
    int64_t step_ms, unix_ms;
    double charge, discharge, charge_energy, discharge_energy; /**< Ah, Wh */
    int32_t step;                                              /**< how many steps before it */
} ndc_run;

typedef struct ndc_step {
    uint32_t cycle, id;
    uint8_t type;
} ndc_step;

/** What an auxiliary channel measures: a number in its rows. */
typedef struct ndc_aux_value {
    const char *name, *unit;
    int at;
    char kind; /**< 'f' float, 'i' 4 bytes, 's' 2 bytes */
    double divide;
} ndc_aux_value;

enum { NDC_AUX_VALUES = 3 };

/** An auxiliary channel. */
typedef struct ndc_aux {
    ndc_source source;
    int number, quantity; /**< as the test's information has them; quantity 0 = not told */
    int index_at;         /**< -1 = rows are numbered by their place */
    ndc_aux_value value[NDC_AUX_VALUES];
    int n_values, column[NDC_AUX_VALUES]; /**< column: -1 = nothing but zeros */
    bool loaded;
    uint32_t *index; /**< of the row, rising */
    double *number_of[NDC_AUX_VALUES];
    int64_t n_rows, index_room, number_room[NDC_AUX_VALUES], next;
    int64_t lacking; /**< rows of the test for which it has nothing */
    ndc_pages pages;
} ndc_aux;

enum {
    NDC_TEST_TIME,
    NDC_STEP_TIME,
    NDC_VOLTAGE,
    NDC_CURRENT,
    NDC_UNIX_TIME,
    NDC_CYCLE,
    NDC_STEP_COUNT,
    NDC_STEP_ID,
    NDC_STEP_TYPE,
    NDC_NUMBER,
    NDC_CHARGE,
    NDC_DISCHARGE,
    NDC_CHARGE_ENERGY,
    NDC_DISCHARGE_ENERGY,
    NDC_COLUMNS
};

typedef struct ndc_test {
    ndc_source main, run_source, step_source;
    bool has_run, has_step;
    ndc_aux *aux;
    int64_t n_aux, aux_room;
    pm_run run_options;
    int column[NDC_COLUMNS]; /**< -1 = the file has none */
    ndc_run *run;
    int64_t n_runs, runs_room;
    uint32_t step_number; /**< of the last one read, as the instrument numbers steps */
    ndc_step *step;
    int64_t n_steps, steps_room;
    int64_t reach; /**< rows that the last run information may speak for */
    int64_t steps_unknown, rows_beyond, rows_foreign, rows_taken;
    ndc_pages run_pages, step_pages; /**< for their faults */
    /* next */
    ndc_pages pages;
    ndc_page page;
    int place;
    bool started, told;
    int64_t at;                  /**< the run information that holds for the next row; -1 = none yet */
    double charged, energy;      /**< since it: Ah, Wh */
    int64_t base_ms, longest_ms; /**< the steps before, the longest time in this one */
    int64_t step_before;         /**< -1 = none */
    int last_step_id;            /**< of rows that have all in themselves */
    int64_t last_step_ms;
} ndc_test;

/** Reads the run information and the steps, and opens the main file: columns are declared. */
PM_CHECK pm_status ndc_test_open(ndc_test *t, const pm_run *run, pm_native *n, pm_error *err);
PM_CHECK pm_status ndc_test_next(ndc_test *t, pm_native *n, const pm_rows *rows, int64_t *count, pm_error *err);
void ndc_test_clear(ndc_test *t);

/* ---- tables beside the rows (ndc_joined.c) ---- */
PM_CHECK pm_status ndc_read_runs(ndc_test *t, pm_error *err);
PM_CHECK pm_status ndc_read_steps(ndc_test *t, pm_error *err);

/* ---- auxiliary channels (ndc_aux.c) ---- */
/** Finds out what the channels hold; those whose rows have several numbers are loaded, for numbers that are all 0 are left
 *  out. */
PM_CHECK pm_status ndc_aux_open(ndc_test *t, pm_native *n, pm_error *err);
/** Numbers of the rows `index[0, count)` into the batch from row `at` on; loads the channel when it is wanted first. */
PM_CHECK pm_status ndc_aux_load(ndc_test *t, const pm_rows *rows, pm_error *err);
void ndc_aux_fill(ndc_test *t, const pm_rows *rows, int64_t at, const uint32_t *index, int64_t count);
void ndc_aux_tell(const ndc_test *t, pm_native *n);
void ndc_aux_clear(ndc_test *t);

/* ---- what both formats show (ndc.c) ---- */
/** A part for the file, its rows counted. */
void ndc_push_part(const ndc_source *source, int64_t bytes, pm_builder *parts);

/* ---- what the archive says about the test (ndax_about.c) ---- */
enum { NDAX_AUX_MAX = 256 };
typedef struct ndax_aux_entry {
    int number, channel, quantity, kind;
    bool taken;
} ndax_aux_entry;
typedef struct ndax_about {
    ndax_aux_entry aux[NDAX_AUX_MAX];
    int n_aux, announced; /**< announced: how many there are said to be */
} ndax_about;
/** Metadata from TestInfo.xml, VersionInfo.xml and Step.xml, and which auxiliary channels there are. */
PM_CHECK pm_status ndax_read_about(const pm_archive *archive, pm_native *n, ndax_about *about, pm_error *err);

/* ---- tags of small XML files (ndax_tags.c) ---- */
enum { NDAX_ATTRIBUTES = 40 };
typedef struct ndax_tag {
    const char *name;
    int n;
    const char *key[NDAX_ATTRIBUTES], *value[NDAX_ATTRIBUTES];
} ndax_tag;
/** An attribute's value, NULL = not there. */
const char *ndax_attribute(const ndax_tag *tag, const char *key);
typedef void (*ndax_on_tag)(void *context, const ndax_tag *tag);
/** All tags that open, in order, as UTF-8; the encoding is the declared one. Nothing is called for a member that is not
 *  there; a member that is damaged is read up to there, with a warning. Written for files that instruments write: what is
 *  no tag is passed over. */
PM_CHECK pm_status ndax_tags(const pm_archive *archive, const char *member, ndax_on_tag on_tag, void *context,
                             pm_native *native, pm_error *err);

#endif
