/* SPDX-License-Identifier: MIT */
/* Different words and their codes: a hash table with open addressing over one block of letters. */
#include "table/internal.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a, 64 bit; the last step mixes the high bits down, where the slot is taken from. */
static uint64_t hash_of(const char *bytes, int64_t n)
{
    uint64_t h = 0xCBF29CE484222325u;
    for (int64_t i = 0; i < n; i++) h = (h ^ (unsigned char)bytes[i]) * 0x100000001B3u;
    return h ^ (h >> 32);
}

/* The slot that holds the word, or the free one where it belongs. */
static int32_t *slot_of(const pm_dictionary *d, const char *bytes, int64_t n, uint64_t hash)
{
    uint64_t mask = (uint64_t)d->n_slots - 1;
    for (uint64_t i = hash & mask;; i = (i + 1) & mask) {
        int32_t code = d->slots[i] - 1;
        if (code < 0) return &d->slots[i];
        const pm_dictionary_entry *e = &d->entries[code];
        if (e->hash == hash && e->length == n && !memcmp(d->letters + e->start, bytes, (size_t)n)) return &d->slots[i];
    }
}

/* Twice the slots, so that at most half of them are taken. */
static pm_status widen(pm_dictionary *d, pm_error *err)
{
    int64_t n = d->n_slots ? d->n_slots * 2 : 64;
    int32_t *slots = calloc((size_t)n, sizeof *slots);
    if (!slots) return pm_fail(err, PM_ERR_MEMORY, "no memory for %lld words", (long long)n);
    free(d->slots);
    d->slots = slots;
    d->n_slots = n;
    for (int32_t code = 0; code < d->n_words; code++) {
        const pm_dictionary_entry *e = &d->entries[code];
        *slot_of(d, d->letters + e->start, e->length, e->hash) = code + 1;
    }
    return PM_OK;
}

pm_status pm_dictionary_intern(pm_dictionary *d, const char *bytes, int64_t n, int32_t *code, pm_error *err)
{
    pm_status s;
    if (d->n_words >= d->n_slots / 2 && (s = widen(d, err))) return s;
    uint64_t hash = hash_of(bytes, n);
    int32_t *slot = slot_of(d, bytes, n, hash);
    if (*slot) {
        *code = *slot - 1;
        return PM_OK;
    }
    if (d->n_words == INT32_MAX / 2) return pm_fail(err, PM_ERR_LIMIT, "too many different words in one column");
    if ((s = pm_grow(&d->letters, &d->letters_capacity, d->n_letters + n + 1, 1, err))) return s;
    if ((s = pm_grow(&d->entries, &d->entries_capacity, d->n_words + 1, sizeof *d->entries, err))) return s;
    memcpy(d->letters + d->n_letters, bytes, (size_t)n);
    d->letters[d->n_letters + n] = '\0';
    d->entries[d->n_words] = (pm_dictionary_entry){.start = d->n_letters, .length = n, .hash = hash};
    d->n_letters += n + 1;
    *code = d->n_words++;
    *slot = d->n_words;
    return PM_OK;
}

pm_status pm_dictionary_words(const pm_dictionary *d, const char ***words, pm_error *err)
{
    if (!d->n_words) {
        *words = NULL;
        return PM_OK;
    }
    size_t pointers = (size_t)d->n_words * sizeof **words;
    const char **block = malloc(pointers + (size_t)d->n_letters);
    if (!block) return pm_fail(err, PM_ERR_MEMORY, "no memory for %d words", (int)d->n_words);
    char *letters = (char *)block + pointers;
    memcpy(letters, d->letters, (size_t)d->n_letters);
    for (int32_t i = 0; i < d->n_words; i++) block[i] = letters + d->entries[i].start;
    *words = block;
    return PM_OK;
}

void pm_dictionary_reset(pm_dictionary *d)
{
    if (d->n_words) memset(d->slots, 0, (size_t)d->n_slots * sizeof *d->slots);
    d->n_words = 0;
    d->n_letters = 0;
}

void pm_dictionary_free(pm_dictionary *d)
{
    free(d->letters);
    free(d->entries);
    free(d->slots);
}
