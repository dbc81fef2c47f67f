/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: Thrift's compact protocol, read only. A reader that meets something wrong is `broken` from then on, stays
 * where it is, and gives zeros.
 */
#ifndef PM_NATIVE_THRIFT_H
#define PM_NATIVE_THRIFT_H

#include "bytes/bytes.h"

typedef struct thrift {
    pm_span bytes;
    int64_t at;
    bool broken;
} thrift;

/** Kinds of values, as the protocol numbers them. */
enum { THRIFT_TRUE = 1, THRIFT_FALSE, THRIFT_I8, THRIFT_I16, THRIFT_I32, THRIFT_I64, THRIFT_DOUBLE, THRIFT_BINARY };
enum { THRIFT_LIST = 9, THRIFT_SET, THRIFT_MAP, THRIFT_STRUCT };

/** A field of a struct; begin with zeros. */
typedef struct thrift_field {
    int id, kind;
} thrift_field;

uint64_t thrift_varint(thrift *t);
int64_t thrift_zigzag(thrift *t);
/** The next field; false at the end of the struct. */
bool thrift_next(thrift *t, thrift_field *field);
/** A field's value; one of another kind is broken. */
int64_t thrift_integer(thrift *t, thrift_field field);
pm_span thrift_binary(thrift *t, thrift_field field);
bool thrift_enter(thrift *t, thrift_field field); /**< a struct: true where its fields follow */
/** The number of elements that follow, at most as many as there are bytes; *kind is theirs. */
int64_t thrift_list(thrift *t, thrift_field field, int *kind);
void thrift_skip(thrift *t, int kind);

#endif
