/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: what is in a MATLAB file. Layout: "MAT-File Format", MathWorks, chapter "Level 5 MAT-File Format".
 */
#ifndef PM_NATIVE_MAT_H
#define PM_NATIVE_MAT_H

#include "native.h"

/** Data types of elements, and classes of arrays. */
enum {
    MAT_INT8 = 1,
    MAT_UINT8,
    MAT_INT16,
    MAT_UINT16,
    MAT_INT32,
    MAT_UINT32,
    MAT_SINGLE,
    MAT_DOUBLE = 9,
    MAT_INT64 = 12,
    MAT_UINT64,
    MAT_MATRIX,
    MAT_COMPRESSED,
    MAT_UTF8,
    MAT_UTF16,
    MAT_UTF32
};
enum {
    MAT_CELL_CLASS = 1,
    MAT_STRUCT_CLASS,
    MAT_OBJECT_CLASS,
    MAT_CHAR_CLASS,
    MAT_SPARSE_CLASS,
    MAT_DOUBLE_CLASS,
    MAT_UINT64_CLASS = 15,
    MAT_FUNCTION_CLASS,
    MAT_OPAQUE_CLASS
};
enum { MAT_LEVELS = 3, MAT_SIZES = 4, MAT_PATH = 128 };

/** Where an array stands: "cycle.data.Time" without the indices of cells and of arrays of structs. */
typedef struct mat_path {
    int32_t parent; /* -1 = a variable of its own */
    char text[MAT_PATH];
    int64_t first, count; /* arrays that stand there: mat_file.order[first ...] */
} mat_path;

/** Values of one data type, as they lie. */
typedef struct mat_values {
    pm_span bytes;
    int type; /* 0 = none */
} mat_values;

/** An array that is no cell and no struct. */
typedef struct mat_array {
    int32_t path;
    int32_t index[MAT_LEVELS], index_of[MAT_LEVELS]; /* from 1, 0 = none; and the path that has it */
    int class, n_sizes;
    bool logical;
    int64_t size[MAT_SIZES], count; /* sizes beyond the last are in the count only */
    mat_values real, imaginary;
    int64_t offset, bytes; /* of the variable in the file; of the array, unpacked */
} mat_array;

/** A file taken apart; spans point into its bytes and into `unpacked`. */
typedef struct mat_file {
    bool big;                            /* big-endian numbers */
    int64_t n_variables, unpacked_bytes; /* of all variables */
    uint8_t **unpacked;
    int64_t n_unpacked, unpacked_room;
    mat_path *path;
    int64_t n_paths, paths_room;
    int32_t *slot; /* paths by name: open addressing */
    mat_array *array;
    int64_t n_arrays, arrays_room;
    int64_t *order; /* arrays path by path, each in the file's order */
} mat_file;

/** Takes a whole file apart; *f is zero before, and to be given to mat_file_clear whatever comes out. */
PM_CHECK pm_status mat_file_read(pm_span bytes, mat_file *f, pm_error *err);
void mat_file_clear(mat_file *f);

/** The last name of a path. */
const char *mat_leaf(const mat_path *path);
/** Bytes of one value; 0 = not a type of numbers. */
int mat_type_size(int type);
/** "double", "struct", ... */
const char *mat_class_name(int class);
/** n values from `first` on, `stride` apart, as doubles; returns how many integers no double is equal to. The caller has
 *  checked that they are there. */
int64_t mat_numbers(const mat_file *f, mat_values v, int64_t first, int64_t stride, int64_t n, double *to);
/** Row `row` of an array of characters, as UTF-8. */
void mat_words(const mat_file *f, const mat_array *a, int64_t row, char *text, size_t room);

/* ---- the table ---- */

/** A column: values of one path, or the index of an array of structs. */
typedef struct mat_column {
    int32_t path;   /* -1 = the index of `level` */
    int level;      /* of the index */
    int64_t across; /* which column (or row, of wide arrays) of a matrix */
    bool imaginary, words;
    double num, den, shift;
} mat_column;

/** Columns of one shape: arrays that have the same indices and lengths. */
typedef struct mat_table {
    mat_column *column; /* in the order of the columns declared */
    int64_t n_columns, columns_room;
    int64_t *rows; /* of each piece: one array of each column */
    bool *wide;    /* of each path: rows lie across */
    int64_t n_pieces;
    int32_t any; /* a path of the table: its arrays have the indices */
} mat_table;

/** Chooses the table, declares its columns, metadata and faults. */
PM_CHECK pm_status mat_table_choose(const mat_file *f, pm_native *n, mat_table *t, pm_error *err);
void mat_table_clear(mat_table *t);
/** Length of an array that is a vector or a matrix. */
int64_t mat_rows(const mat_array *a, bool wide);

#endif
