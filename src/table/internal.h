/* SPDX-License-Identifier: MIT */
/* How tables lie in memory; for the files of this room only. */
#ifndef PM_TABLE_INTERNAL_H
#define PM_TABLE_INTERNAL_H

#include "table/table.h"

#include <stdatomic.h>

typedef struct pm_pair {
    char *key, *value;
} pm_pair;

/* A table either owns all that its columns and metadata point to, or is a view of the table that does. Integers whose
 * validity bit is not set are PM_NO_INT. */
struct pm_table {
    atomic_llong references;
    pm_table *owner; /* referenced; NULL = this one owns its memory */
    int64_t n_rows, n_meta;
    pm_pair *meta;
    int n_columns;
    pm_column columns[];
};

/* An empty owner with one reference, all zeros. */
PM_CHECK pm_status pm_table_make(int n_columns, pm_table **out, pm_error *err);
/* Counts the missing values of the rows that the column shows. */
int64_t pm_column_count_missing(const pm_column *column);
void pm_pairs_free(pm_pair *pairs, int64_t n);

/* Text that is safe in any output: bytes that are not UTF-8 and NUL become U+FFFD, control characters a blank (line
 * breaks and tabs stay unless `one_line`). Writes at most 3 n bytes and returns how many. */
int64_t pm_clean_bytes(const char *bytes, int64_t n, bool one_line, char *to);
/* Whether the cleaned text would be the same as the n bytes, on one line. */
bool pm_clean_already(const char *bytes, int64_t n);
/* A cleaned copy of the whole text; NULL where there is no memory. */
char *pm_clean_copy(const char *text, bool one_line);

/* Different words, numbered in the order in which they first came. Zeros are an empty dictionary. */
typedef struct pm_dictionary_entry {
    int64_t start, length; /* within letters */
    uint64_t hash;
} pm_dictionary_entry;
typedef struct pm_dictionary {
    char *letters; /* the words, each with a final zero */
    int64_t n_letters, letters_capacity;
    pm_dictionary_entry *entries;
    int64_t entries_capacity, n_slots;
    int32_t *slots; /* code + 1 at the hash or the next free place after it, 0 = free */
    int32_t n_words;
} pm_dictionary;
/* *code = the number of the word, new or not. */
PM_CHECK pm_status pm_dictionary_intern(pm_dictionary *d, const char *bytes, int64_t n, int32_t *code, pm_error *err);
/* The words as one block to be freed whole: pointers, then letters. NULL for no words. */
PM_CHECK pm_status pm_dictionary_words(const pm_dictionary *d, const char ***words, pm_error *err);
/* Forgets the words, keeps the memory. */
void pm_dictionary_reset(pm_dictionary *d);
void pm_dictionary_free(pm_dictionary *d);

/* What concat needs of the builder: the codes of the room, and a word's code. */
int32_t *pm_builder_codes(pm_builder *b, int column);
PM_CHECK pm_status pm_builder_intern(pm_builder *b, int column, const char *word, int32_t *code, pm_error *err);

#endif
