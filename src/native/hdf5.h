/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: the parts of a reader of HDF5 files whose tables are datasets of compound type, as PyTables and battdat
 * write them.
 */
#ifndef PM_NATIVE_HDF5_H
#define PM_NATIVE_HDF5_H

#include "native.h"

enum { HDF5_NAME = 128, HDF5_PATH = 256 };

/** "..." with the byte. */
pm_status hdf5_fail(pm_error *err, int64_t byte, const char *format, ...) PM_PRINTF(3, 4);

/* ---- objects ------------------------------------------------------------------------------------------------------ */

/** Messages of an object header that are looked at. */
enum { HDF5_SPACE = 1, HDF5_LINK_INFO, HDF5_TYPE, HDF5_LINK = 6, HDF5_LAYOUT = 8, HDF5_FILTERS = 11, HDF5_ATTRIBUTE };
enum { HDF5_CONTINUATION = 16, HDF5_SYMBOLS, HDF5_ATTRIBUTE_INFO = 21 };

typedef struct hdf5_message {
    int type;
    bool shared; /**< its data lies elsewhere */
    pm_span data;
} hdf5_message;

typedef struct hdf5_object {
    hdf5_message *message;
    int64_t n, room;
} hdf5_object;
PM_CHECK pm_status hdf5_object_read(pm_span file, int64_t at, hdf5_object *object, pm_error *err);
void hdf5_object_clear(hdf5_object *object);
/** The first message of a type, NULL = none. */
const hdf5_message *hdf5_find(const hdf5_object *object, int type);

/** Bob Jenkins' lookup3, with which newer structures are summed. */
uint32_t hdf5_checksum(const uint8_t *bytes, int64_t n);

/* ---- types -------------------------------------------------------------------------------------------------------- */

typedef enum hdf5_kind { HDF5_OTHER, HDF5_INTEGER, HDF5_FLOAT, HDF5_TEXT, HDF5_COMPOUND } hdf5_kind;

/** What the values of a dataset or member are. */
typedef struct hdf5_type {
    hdf5_kind kind;
    bool big, is_signed;
    int class;           /**< as the format numbers it */
    int64_t size, count; /**< bytes of one value; values side by side */
    int64_t used;        /**< bytes of its description */
} hdf5_type;

typedef struct hdf5_member {
    char name[HDF5_NAME];
    int64_t offset;
    hdf5_type type;
} hdf5_member;

typedef struct hdf5_members {
    hdf5_member *member;
    int64_t n, room;
} hdf5_members;

/** `members`, unless NULL, gets those of a compound type. */
PM_CHECK pm_status hdf5_type_read(pm_span file, pm_span description, hdf5_type *type, hdf5_members *members,
                                  pm_error *err);
const char *hdf5_class_name(int class);

/** Rank and dimensions; false where they make no sense. A single value has rank 0. */
bool hdf5_space_read(pm_span description, int *rank, int64_t size[32]);

/* ---- the tree ----------------------------------------------------------------------------------------------------- */

/** A dataset or group. */
typedef struct hdf5_node {
    char path[HDF5_PATH];
    int64_t at; /**< of its header */
    bool is_set;
    hdf5_type type;
    int rank;
    int64_t size[32];
} hdf5_node;

typedef struct hdf5_file {
    pm_span bytes;
    int version;
    hdf5_node *node; /**< [0] is the root */
    int64_t n, room;
} hdf5_file;
PM_CHECK pm_status hdf5_read(pm_span bytes, hdf5_file *file, pm_error *err);
void hdf5_clear(hdf5_file *file);

/** An attribute with one text of fixed length, or one number as text, to be freed; NULL where it is neither. */
char *hdf5_attribute_text(pm_span file, const hdf5_message *message, char name[HDF5_NAME]);

/* ---- values ------------------------------------------------------------------------------------------------------- */

/** A dataset of one dimension, read piece by piece. */
typedef struct hdf5_data hdf5_data;
PM_CHECK pm_status hdf5_data_new(const hdf5_file *file, const hdf5_node *node, hdf5_data **out, pm_error *err);
/** The bytes of rows from `row` on and how many rows they are; *n = 0 at the end, which is where nothing more was ever
 *  written. at NULL: these rows were not, but some behind them. */
PM_CHECK pm_status hdf5_data_rows(hdf5_data *data, int64_t row, pm_span *bytes, int64_t *n, pm_error *err);
/** How it is kept, in words. */
const char *hdf5_data_how(const hdf5_data *data);
void hdf5_data_free(hdf5_data *data);

#endif
