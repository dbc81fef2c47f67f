/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 0: errors, memory, text, numbers, units, output, parallel loops, random streams, statistics.
 *
 * Conventions of the whole library. Every function that can fail returns `pm_status` (0 is good) and takes a last
 * `pm_error *` that may be NULL. Outputs come last and are set on success only. `free` takes NULL. Nothing prints, exits
 * or keeps global state. Text is UTF-8.
 */
#ifndef PM_BASE_H
#define PM_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PM_CHECK __attribute__((__warn_unused_result__))
#define PM_PRINTF(format, first) __attribute__((__format__(__printf__, format, first)))

/** Frees the object when its variable leaves scope: `pm_scoped(pm_table) t = NULL;`, always initialised;
 *  `*out = t; t = NULL;` hands it out. */
#define pm_scoped(T) __attribute__((__cleanup__(T##_leave))) T *
/** Makes pm_scoped work for a type; stands once per type, below its free. */
#define PM_SCOPED(T, free_function)                                                                                    \
    static inline void T##_leave(T **p)                                                                                \
    {                                                                                                                  \
        free_function(*p);                                                                                             \
    }

/* ---- errors ------------------------------------------------------------------------------------------------- */

typedef enum pm_status {
    PM_OK = 0,
    PM_ERR_MEMORY,    /**< no memory */
    PM_ERR_ARGUMENT,  /**< the caller asked for something that makes no sense */
    PM_ERR_IO,        /**< the operating system refused: open, read, write */
    PM_ERR_FORMAT,    /**< the bytes are not of a format that is known, or break its rules */
    PM_ERR_UNIT,      /**< unknown, ambiguous or mixed-up units */
    PM_ERR_COLUMN,    /**< a column that is needed is absent */
    PM_ERR_DATA,      /**< the format holds, but the numbers in it cannot be used */
    PM_ERR_LIMIT,     /**< larger than what is bounded for safety */
    PM_ERR_FEATURE,   /**< needs an optional part that this build lacks */
    PM_ERR_CANCELLED, /**< pm_run.cancelled said so */
    PM_ERR_INTERNAL   /**< a defect of ours: please report */
} pm_status;

/** The name of a status in lower case ("format"), as JSON errors print it. */
const char *pm_status_name(pm_status status);

/** Why a call failed, and where. A plain value of the caller's; NULL is allowed wherever one is taken. */
typedef struct pm_error {
    pm_status code;
    int64_t byte, line, row; /**< byte from 0; line and data row from 1; -1 = does not apply */
    char file[256], column[64], message[256], hint[160]; /**< UTF-8, control characters escaped; hint: what to do */
} pm_error;

typedef struct pm_place {
    const char *file, *column; /**< NULL = not known */
    int64_t byte, line, row;   /**< -1 = does not apply */
} pm_place;

pm_place pm_nowhere(void);
pm_place pm_at_line(const char *file, int64_t line, const char *column);

/** The two birthplaces of errors: fill *err (if any) and return the code. The hint may be NULL. */
pm_status pm_fail(pm_error *err, pm_status code, const char *format, ...) PM_PRINTF(3, 4);
pm_status pm_fail_at(pm_error *err, pm_status code, pm_place at, const char *hint, const char *format, ...)
    PM_PRINTF(5, 6);
/** PM_ERR_IO (or PM_ERR_LIMIT) from errno: "cannot open: permission denied", with a hint where there is a usual one. */
pm_status pm_fail_errno(pm_error *err, const char *file, const char *doing);
/** Adds on the way up what is not known yet: the file's name, a hint. NULL adds nothing. */
void pm_error_locate(pm_error *err, const char *file, const char *hint);

/* ---- what is ambient ---------------------------------------------------------------------------------------- */

enum { PM_LOG_ERROR = 1, PM_LOG_WARNING, PM_LOG_NOTE, PM_LOG_DEBUG };

/** All that is ambient. NULL or zeros: all cores, seed 0, silent. Calls never overlap within a run, but come from any
 *  thread. */
typedef struct pm_run {
    int threads; /**< 0 = all cores */
    uint64_t seed;
    void *context;
    void (*log)(void *context, int level, const char *message);
    void (*progress)(void *context, const char *what, double part); /**< part 0..1, NaN where the length is unknown */
    bool (*cancelled)(void *context); /**< asked per batch and per index; true: PM_ERR_CANCELLED */
} pm_run;

/** PM_ERR_CANCELLED if the run says so; run may be NULL. */
PM_CHECK pm_status pm_run_check(const pm_run *run, pm_error *err);
/** Reports progress, if anybody listens. */
void pm_run_progress(const pm_run *run, const char *what, double part);
/** Tells the run's log, if it has one; a message longer than 1023 bytes is cut. */
void pm_run_log(const pm_run *run, int level, const char *format, ...) PM_PRINTF(3, 4);
/** Threads to use: run->threads, or the cores this process may use. Never below 1; 1 where a loop or a pm_ahead with
 *  several threads is running already. */
int pm_run_threads(const pm_run *run);

/** Calls task(context, i) for i in [0, n) on up to run->threads threads; a loop inside a task stays in its thread.
 *  Task i writes to slot i only and sums are taken afterwards in order: same bits for any number of threads.
 *  Fails with the error of the smallest failing i; tasks after it may not have run. */
typedef pm_status (*pm_task)(void *context, int64_t i, pm_error *err);
PM_CHECK pm_status pm_parallel(const pm_run *run, int64_t n, pm_task task, void *context, pm_error *err);

/** Work done ahead of the caller, taken in order. `fill(context, slot)` runs one call at a time, in order, until it sets
 *  *more to false (that slot is the last one and is not taken); `work(context, slot)` follows it, several slots at once;
 *  then pm_ahead_take hands the slots out in order. A slot is filled again only after the next take.
 *  With one thread all of it happens inside take. */
typedef struct pm_ahead pm_ahead;
typedef struct pm_ahead_work {
    void *context;
    int slots; /**< how many may be filled or held at once, at least 2 */
    pm_status (*fill)(void *context, int slot, bool *more, pm_error *err);
    pm_status (*work)(void *context, int slot, pm_error *err);
} pm_ahead_work;
PM_CHECK pm_status pm_ahead_new(const pm_run *run, const pm_ahead_work *work, pm_ahead **out, pm_error *err);
/** *slot = the next slot, or -1 at the end. An error is that of the first slot that failed. */
PM_CHECK pm_status pm_ahead_take(pm_ahead *ahead, int *slot, pm_error *err);
void pm_ahead_free(pm_ahead *ahead);
PM_SCOPED(pm_ahead, pm_ahead_free)

/* ---- memory and text ---------------------------------------------------------------------------------------- */

/** Makes room for `need` elements of `size` bytes in *array (a pointer to any object pointer), growing by halves;
 *  new bytes are zero. */
PM_CHECK pm_status pm_grow(void *array, int64_t *capacity, int64_t need, size_t size, pm_error *err);
/** A copy of n bytes with a final zero; n = -1 takes the length of the text. NULL where there is no memory. */
char *pm_text_copy(const char *text, int64_t n);
static inline void pm_chars_leave(char **p)
{
    free(*p);
}
/** `pm_scoped_memory double *x = malloc(...);`: any memory of malloc's, freed when it leaves scope. */
static inline void pm_memory_leave(void *p)
{
    void *memory;
    __builtin_memcpy(&memory, p, sizeof memory); /* p is the address of a pointer of any type */
    free(memory);
}
#define pm_scoped_memory __attribute__((__cleanup__(pm_memory_leave)))
/** `pm_scoped_text name = pm_text_copy(...)`: freed when it leaves scope. */
#define pm_scoped_text __attribute__((__cleanup__(pm_chars_leave))) char *

/** True where the two words are equal but for the case of ASCII letters. */
bool pm_text_same(const char *a, const char *b);
/** True where the n bytes are valid UTF-8. */
bool pm_utf8_valid(const char *bytes, int64_t n);
/** Copies n bytes as UTF-8, at most room - 1 bytes and whole characters; what is not valid UTF-8 is taken as Latin-1. */
void pm_utf8_from(const char *bytes, int64_t n, char *out, int64_t room);

/** "Did you mean": keeps the candidate nearest to a word by edit distance (Damerau, adjacent letters swapped count one). */
typedef struct pm_nearest {
    const char *word, *best; /**< best: NULL where none is near enough to be meant */
    int distance;
} pm_nearest;
void pm_nearest_try(pm_nearest *nearest, const char *candidate);

/* ---- numbers ------------------------------------------------------------------------------------------------ */

typedef enum pm_numeral {
    PM_NUMERAL_OK = 0,
    PM_NUMERAL_EMPTY, /**< nothing but blanks, or a word for missing: NaN, N/A, NULL, -, ... ; value is NaN */
    PM_NUMERAL_BAD,   /**< not a number; value is NaN */
    PM_NUMERAL_RANGE  /**< a number beyond the range of a double; value is +-infinity */
} pm_numeral;

/** The double nearest to the decimal number in n bytes (blanks around it allowed), independent of locale; `decimal` is
 *  '.' or ','. Correctly rounded for any number of digits. Never reads past bytes[n-1]. */
pm_numeral pm_number_parse(const char *bytes, int64_t n, char decimal, double *value);
/** The shortest decimal text that reads back to the same double, and of those the nearest to it ("0.1", "1e-07", "" for
 *  NaN); returns its length. */
int pm_number_print(double value, char text[32]);

/* ---- units -------------------------------------------------------------------------------------------------- */

/** SI value = value * num / den + shift; num and den are whole, so 3.5 mA becomes the double nearest to 0.0035. */
typedef struct pm_unit {
    double num, den, shift;
    int8_t power[7]; /**< of s m kg A K mol cd */
} pm_unit;

/** Takes "mA", "mAh/cm2", "µAh g-1", "°C", "%", "Amp-hr", "1". Unknown or ambiguous text fails with PM_ERR_UNIT. */
PM_CHECK pm_status pm_unit_parse(const char *text, pm_unit *unit, pm_error *err);
/** In place, by one reduced fraction; PM_ERR_UNIT where the dimensions differ. */
PM_CHECK pm_status pm_unit_convert(pm_unit from, pm_unit to, int64_t n, double *values, pm_error *err);
/** The factor by which a value in `from` becomes one in `to`, as num/den (both whole where possible), plus shift. */
PM_CHECK pm_status pm_unit_factor(pm_unit from, pm_unit to, double *num, double *den, double *shift, pm_error *err);
bool pm_unit_same_dimension(pm_unit a, pm_unit b);

/* ---- random streams ----------------------------------------------------------------------------------------- */

/** Random numbers that depend on (seed, purpose, index) and the draws made only: Philox4x32-10, Salmon et al.,
 *  doi:10.1145/2063384.2063405. A plain value; copy it to fork it. */
typedef struct pm_random {
    uint32_t key[2], counter[4], block[4];
    int used;
    double spare; /**< second half of a normal pair, NaN = none */
} pm_random;
pm_random pm_random_stream(uint64_t seed, const char *purpose, uint64_t index); /* (seed, "virtual/noise", cell) */
double pm_random_uniform(pm_random *r);                                         /**< in (0, 1), 53 bits */
double pm_random_normal(pm_random *r);                                          /**< mean 0, variance 1 (Box-Muller) */

/* ---- statistics --------------------------------------------------------------------------------------------- */

/** Mean of the values that are not NaN; NaN where there is none. Summed in order with Neumaier's compensation. */
double pm_mean(const double *values, int64_t n);
/** Quantile q in [0, 1] by linear interpolation of order statistics (type 7); reorders values; none may be NaN.
 *  NaN for n = 0. */
double pm_quantile(double *values, int64_t n, double q);
double pm_median(double *values, int64_t n);
/** Median of values with weights >= 0: the value at which half of the weight is passed (the mean of two where it is
 *  passed exactly between them). Reorders both arrays. */
double pm_weighted_median(double *values, double *weights, int64_t n);
/** Compensated sum (Neumaier 1974): add with pm_sum_add, read with pm_sum_value. Start from zeros. */
typedef struct pm_sum {
    double value, carry;
} pm_sum;
static inline void pm_sum_add(pm_sum *s, double x)
{
    double t = s->value + x;
    if ((s->value < 0 ? -s->value : s->value) >= (x < 0 ? -x : x))
        s->carry += (s->value - t) + x;
    else
        s->carry += (x - t) + s->value;
    s->value = t;
}
static inline double pm_sum_value(pm_sum s)
{
    return s.value + s.carry;
}

/* ---- output ------------------------------------------------------------------------------------------------- */

/** A file being written, beside `path` until commit syncs and renames it ("-" = standard output, NULL = memory);
 *  free without commit leaves nothing. Writes after a failure do nothing and commit reports the first: a full disk is
 *  never silent. An existing file needs force. */
typedef struct pm_out pm_out;
PM_CHECK pm_status pm_out_open(const char *path, bool force, pm_out **out, pm_error *err);
void pm_out_bytes(pm_out *o, const char *bytes, int64_t n);
/** printf's formats, but not %f %e %g: they follow the locale. */
void pm_out_text(pm_out *o, const char *format, ...) PM_PRINTF(2, 3);
/** Shortest digits that read back to the same double; nothing for NaN. */
void pm_out_number(pm_out *o, double value);
/** Text with & < > " ' escaped for HTML and SVG; bytes that are not UTF-8 and control characters become U+FFFD. */
void pm_out_html(pm_out *o, const char *text);
PM_CHECK pm_status pm_out_commit(pm_out *o, pm_error *err);
/** What a memory output holds so far (zero-terminated), borrowed; NULL after a failure or where it is not memory. */
const char *pm_out_memory(const pm_out *o, int64_t *length);
void pm_out_free(pm_out *o);
PM_SCOPED(pm_out, pm_out_free)

/** JSON, streamed: commas, nesting and escapes are the writer's business. Keys are NULL inside arrays. Doubles have 17
 *  digits, NaN and infinities are null; text that is not UTF-8 has its bad bytes replaced. Indents by two spaces. */
typedef struct pm_json {
    pm_out *out;
    int depth;
    bool first[32]; /**< nothing written yet at this depth */
    bool flat[32];  /**< this level is written on one line */
    bool array[32]; /**< closes with a bracket, not a brace */
} pm_json;
pm_json pm_json_start(pm_out *out);
void pm_json_object(pm_json *j, const char *key); /**< opens; pm_json_end closes */
void pm_json_array(pm_json *j, const char *key);
void pm_json_flat_object(pm_json *j, const char *key); /**< the same, all on one line */
void pm_json_flat_array(pm_json *j, const char *key);
void pm_json_end(pm_json *j);
void pm_json_text(pm_json *j, const char *key, const char *value); /**< NULL = null */
void pm_json_real(pm_json *j, const char *key, double value);
void pm_json_whole(pm_json *j, const char *key, int64_t value); /**< PM_NO_INT = null */
void pm_json_bool(pm_json *j, const char *key, bool value);
void pm_json_null(pm_json *j, const char *key);

/** A missing integer in row structs, builders and JSON. */
#define PM_NO_INT INT64_MIN

/* ---- days --------------------------------------------------------------------------------------------------- */

/** Days since 1970-01-01 of a proleptic Gregorian date. */
int64_t pm_days_from_civil(int64_t year, int month, int day);

/* ---- sha256 ------------------------------------------------------------------------------------------------- */

typedef struct pm_sha256 pm_sha256;
PM_CHECK pm_status pm_sha256_new(pm_sha256 **out, pm_error *err);
void pm_sha256_add(pm_sha256 *s, const void *bytes, int64_t n);
/** 64 hex digits and a zero; s starts anew. */
void pm_sha256_result(pm_sha256 *s, char hex[65]);
void pm_sha256_free(pm_sha256 *s);
PM_SCOPED(pm_sha256, pm_sha256_free)

/* ---- files built into the library --------------------------------------------------------------------------- */

/** A file built in by scripts/embed.py. A table of them ends with a NULL name. */
typedef struct pm_embedded {
    const char *name;  /**< the file's name without its folder */
    const char *bytes; /**< a final zero follows, which length does not count */
    int64_t length;
} pm_embedded;

/* ---- version ------------------------------------------------------------------------------------------------ */

/** "0.1.0" */
const char *pm_version(void);

#ifdef __cplusplus
}
#endif
#endif
