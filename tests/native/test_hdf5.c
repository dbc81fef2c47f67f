/* SPDX-License-Identifier: MIT */
/* HDF5 files that a small writer puts together (superblock 0, headers of version 1, as PyTables writes them): contiguous
 * and in chunks, filters, types, names of columns, what is refused, damage. */
#include "native/formats.h"
#include "native/hdf5.h"
#include "read/read.h"
#include "support.h"

#include <math.h>
#include <string.h>
#include <zlib.h>

enum { ROWS = 6, CHUNK = 4, ROW_BYTES = 8 + 8 + 2 + 4 };

static const double TIME[ROWS] = {0, 1.5, 3, 4.5, 6, 7.5};
static const double CURRENT[ROWS] = {1, -1, 0.5, -0.5, 0.25, -0.25};
static const char *const STATE[ROWS] = {"chg", "dchg", "", "rest", "chg", "dchg"};

/* What is to be written. */
typedef struct contents {
    bool chunks, shuffle, gzip, sum;
    int filter;          /* another filter, 0 = none */
    int type_version;    /* of the compound; 1 or 3 */
    const char *columns; /* battdat's description in JSON, NULL = none */
    bool hole;           /* the first chunk was never written */
} contents;

typedef struct writer {
    uint8_t bytes[1 << 14];
    int64_t n;
    int64_t header; /* of the dataset */
} writer;

static void put(writer *w, uint64_t x, int size)
{
    for (int i = 0; i < size; i++) w->bytes[w->n++] = (uint8_t)(x >> 8 * i);
}

static void put_at(writer *w, int64_t at, uint64_t x, int size)
{
    for (int i = 0; i < size; i++) w->bytes[at + i] = (uint8_t)(x >> 8 * i);
}

static void put_text(writer *w, const char *text, int64_t n)
{
    memcpy(w->bytes + w->n, text, (size_t)n);
    w->n += n;
}

/* With its zero, filled up to eights where the version wants that. */
static void put_name(writer *w, const char *name, bool padded)
{
    int64_t start = w->n;

    put_text(w, name, (int64_t)strlen(name) + 1);
    while (padded && (w->n - start) % 8) put(w, 0, 1);
}

static int64_t begin_message(writer *w, int type)
{
    put(w, (uint64_t)type, 2);
    put(w, 0, 6);
    return w->n;
}

static void end_message(writer *w, int64_t start)
{
    while ((w->n - start) % 8) put(w, 0, 1);
    put_at(w, start - 6, (uint64_t)(w->n - start), 2);
}

static int64_t begin_header(writer *w, int messages)
{
    while (w->n % 8) put(w, 0, 1);
    put(w, 1, 2);
    put(w, (uint64_t)messages, 2);
    put(w, 1, 4);
    put(w, 0, 8);
    return w->n;
}

static void end_header(writer *w, int64_t start)
{
    put_at(w, start - 8, (uint64_t)(w->n - start), 4);
}

/* Numbers of IEEE 754, integers, text. */
static void put_type(writer *w, int class, int bits, int size)
{
    put(w, (uint64_t)(0x10 | class), 1);
    put(w, (uint64_t)bits, 3);
    put(w, (uint64_t)size, 4);
    if (class == 3) return;
    put(w, 0, 2);
    put(w, (uint64_t)size * 8, 2);
}

static void put_double_type(writer *w)
{
    put_type(w, 1, 0x3f20, 8);
    put(w, 52, 1); /* exponent's place and size */
    put(w, 11, 1);
    put(w, 0, 1); /* mantissa's */
    put(w, 52, 1);
    put(w, 1023, 4);
}

static void put_member(writer *w, int version, const char *name, int offset)
{
    put_name(w, name, version < 3);
    put(w, (uint64_t)offset, version < 3 ? 4 : 1);
    if (version == 1) put(w, 0, 28);
}

static void put_compound(writer *w, int version)
{
    put(w, (uint64_t)(version << 4 | 6), 1);
    put(w, 4, 3);
    put(w, ROW_BYTES, 4);
    put_member(w, version, "test_time", 0);
    put_double_type(w);
    put_member(w, version, "current", 8);
    put_double_type(w);
    put_member(w, version, "cycle_number", 16);
    put_type(w, 0, 9, 2); /* signed, the high byte first */
    put_member(w, version, "state", 18);
    put_type(w, 3, 0, 4);
}

static void put_space(writer *w, int64_t rows)
{
    put(w, 0x0101, 8);
    put(w, (uint64_t)rows, 8);
}

static void put_attribute(writer *w, const char *name, const char *text)
{
    int64_t start = begin_message(w, HDF5_ATTRIBUTE), n = (int64_t)strlen(text);

    put(w, 1, 2);
    put(w, strlen(name) + 1, 2);
    put(w, 8, 2);
    put(w, 8, 2);
    put_name(w, name, true);
    put_type(w, 3, 0, (int)n);
    put(w, 1, 8); /* a single value */
    put_text(w, text, n);
    end_message(w, start);
}

static void make_rows(uint8_t *to, int64_t from, int64_t n)
{
    memset(to, 0, (size_t)(n * ROW_BYTES));
    for (int64_t i = 0; i < n && from + i < ROWS; i++, to += ROW_BYTES) {
        memcpy(to, &TIME[from + i], 8);
        memcpy(to + 8, &CURRENT[from + i], 8);
        int16_t cycle = (int16_t)(from + i - 3);
        to[16] = (uint8_t)((uint16_t)cycle >> 8);
        to[17] = (uint8_t)cycle;
        memcpy(to + 18, STATE[from + i], strlen(STATE[from + i]));
    }
}

/* Fletcher's sum of 16 bits as the format's description gives it, one word at a time. */
static uint32_t sum_of(const uint8_t *bytes, int64_t n)
{
    uint64_t a = 0, b = 0;

    for (int64_t i = 0; i < n; i += 2) {
        a += (uint64_t)bytes[i] * 256 + (i + 1 < n ? bytes[i + 1] : 0);
        b += a;
    }
    return (uint32_t)(b % 65535 << 16 | a % 65535);
}

static int64_t write_chunk(writer *w, const contents *wish, int64_t row)
{
    uint8_t plain[CHUNK * ROW_BYTES], mixed[CHUNK * ROW_BYTES], packed[512];
    uLongf n = sizeof plain;

    make_rows(plain, row, CHUNK);
    for (size_t i = 0; i < sizeof plain; i++)
        mixed[i] = wish->shuffle ? plain[i % CHUNK * ROW_BYTES + i / CHUNK] : plain[i];
    memcpy(packed, mixed, sizeof mixed);
    if (wish->gzip) {
        n = sizeof packed;
        assert_int_equal(compress(packed, &n, mixed, sizeof mixed), Z_OK);
    }
    uint32_t sum = sum_of(packed, (int64_t)n);
    for (int i = 0; i < 4 && wish->sum; i++) packed[n++] = (uint8_t)(sum >> 8 * i);
    put_text(w, (const char *)packed, (int64_t)n);
    return (int64_t)n;
}

/* The chunks, then the tree that leads to them; where the tree is. */
static int64_t write_chunks(writer *w, const contents *wish)
{
    int64_t at[2], n[2], first = wish->hole ? 1 : 0;

    for (int64_t i = first; i < 2; i++) {
        at[i] = w->n;
        n[i] = write_chunk(w, wish, i * CHUNK);
    }
    int64_t tree = w->n;
    put_text(w, "TREE", 4);
    put(w, 1, 2); /* of chunks, level 0 */
    put(w, (uint64_t)(2 - first), 2);
    put(w, UINT64_MAX, 8);
    put(w, UINT64_MAX, 8);
    for (int64_t i = first; i < 2; i++) {
        put(w, (uint64_t)n[i], 4);
        put(w, 0, 4);
        put(w, (uint64_t)(i * CHUNK), 8);
        put(w, 0, 8);
        put(w, (uint64_t)at[i], 8);
    }
    put(w, 0, 24);
    return tree;
}

static void put_filter(writer *w, int id, int value)
{
    put(w, (uint64_t)id, 2);
    put(w, 0, 4); /* no name */
    put(w, 1, 2);
    put(w, (uint64_t)value, 4);
    put(w, 0, 4);
}

static void put_filters(writer *w, const contents *wish)
{
    int64_t start = begin_message(w, HDF5_FILTERS);

    put(w, 1, 1);
    put(w, (uint64_t)(wish->shuffle + wish->gzip + wish->sum + (wish->filter > 0)), 1);
    put(w, 0, 6);
    if (wish->shuffle) put_filter(w, 2, ROW_BYTES);
    if (wish->gzip) put_filter(w, 1, 6);
    if (wish->sum) put_filter(w, 3, 0);
    if (wish->filter) put_filter(w, wish->filter, 0);
    end_message(w, start);
}

static void write_set(writer *w, const contents *wish, int64_t data)
{
    bool filters = wish->shuffle || wish->gzip || wish->sum || wish->filter;
    int64_t start = begin_header(w, 3 + filters + (wish->columns != NULL)), message;

    w->header = start - 16;
    message = begin_message(w, HDF5_SPACE);
    put_space(w, ROWS);
    end_message(w, message);
    message = begin_message(w, HDF5_TYPE);
    put_compound(w, wish->type_version);
    end_message(w, message);
    message = begin_message(w, HDF5_LAYOUT);
    put(w, 3, 1);
    put(w, wish->chunks ? 2 : 1, 1);
    if (wish->chunks) put(w, 2, 1);
    put(w, (uint64_t)data, 8);
    if (!wish->chunks) put(w, ROWS * ROW_BYTES, 8);
    if (wish->chunks) put(w, CHUNK, 4);
    if (wish->chunks) put(w, ROW_BYTES, 4);
    end_message(w, message);
    if (filters) put_filters(w, wish);
    if (wish->columns) put_attribute(w, "metadata", wish->columns);
    end_header(w, start);
}

/* The root group with one name. */
static int64_t write_root(writer *w)
{
    int64_t heap = w->n;
    put_text(w, "HEAP\0\0\0\0", 8);
    put(w, 24, 8);
    put(w, 1, 8);
    put(w, (uint64_t)heap + 32, 8);
    put(w, 0, 8);
    put_name(w, "raw_data", true);
    int64_t names = w->n;
    put_text(w, "SNOD\1\0\1\0", 8);
    put(w, 8, 8);
    put(w, (uint64_t)w->header, 8);
    put(w, 0, 24);
    int64_t tree = w->n;
    put_text(w, "TREE\0\0\1\0", 8);
    put(w, UINT64_MAX, 8);
    put(w, UINT64_MAX, 8);
    put(w, 0, 8);
    put(w, (uint64_t)names, 8);
    put(w, 8, 8);
    int64_t start = begin_header(w, 3), message = begin_message(w, HDF5_SYMBOLS);
    put(w, (uint64_t)tree, 8);
    put(w, (uint64_t)heap, 8);
    end_message(w, message);
    put_attribute(w, "battdat_version", "0.4.2");
    put_attribute(w, "metadata",
                  "{\"name\": \"cell 7\", \"battery\": {\"anode\": {\"name\": \"Li\"}}, \"source\": null}");
    end_header(w, start);
    return start - 16;
}

static void write_file(writer *w, const contents *wish)
{
    w->n = 0;
    put_text(w, "\x89HDF\r\n\x1a\n\0\0\0\0\0\10\10\0", 16);
    put(w, 4 | 16 << 16, 8);
    put(w, 0, 8);
    put(w, UINT64_MAX, 8);
    put(w, 0, 8); /* where the file ends */
    put(w, UINT64_MAX, 8);
    put(w, 0, 40); /* the root's entry */
    int64_t data = w->n;
    if (wish->chunks) {
        data = write_chunks(w, wish);
    } else {
        make_rows(w->bytes + w->n, 0, ROWS);
        w->n += ROWS * ROW_BYTES;
    }
    write_set(w, wish, data);
    int64_t root = write_root(w);
    put_at(w, 40, (uint64_t)w->n, 8);
    put_at(w, 64, (uint64_t)root, 8);
}

/* ---- tests ---- */

static pm_status read_bytes(const writer *w, pm_table **table, pm_error *err)
{
    char *path = support_file(".h5", w->bytes, w->n);
    pm_status s = pm_read_table(path, NULL, NULL, table, err);

    support_remove(path);
    return s;
}

static void assert_rows(const pm_table *t, int first)
{
    assert_int_equal(pm_table_rows(t), ROWS);
    for (int i = first; i < ROWS; i++) {
        assert_close(real_at(t, "test_time_second", i), TIME[i], 0, 0);
        assert_close(real_at(t, "current_ampere", i), CURRENT[i], 0, 0);
        assert_close(real_at(t, "cycle_count", i), i - 3, 0, 0);
        if (STATE[i][0])
            assert_string_equal(word_at(t, "step_type", i), STATE[i]);
        else
            assert_null(word_at(t, "step_type", i));
    }
}

static void layouts_filters_and_versions(void **state)
{
    static writer w;
    const contents wishes[] = {
        {.type_version = 1},
        {.type_version = 3},
        {.type_version = 1, .chunks = true},
        {.type_version = 1, .chunks = true, .gzip = true},
        {.type_version = 3, .chunks = true, .shuffle = true},
        {.type_version = 3, .chunks = true, .sum = true},
        {.type_version = 1, .chunks = true, .shuffle = true, .gzip = true, .sum = true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        pm_scoped(pm_table) t = NULL;
        pm_error err = {0};
        write_file(&w, &wishes[i]);
        assert_good(read_bytes(&w, &t, &err), &err);
        assert_rows(t, 0);
        assert_string_equal(pm_table_meta(t, "battery_anode_name"), "Li");
        assert_string_equal(pm_table_meta(t, "name"), "cell 7");
        assert_null(pm_table_meta(t, "source"));
    }
}

static void units_come_from_the_description(void **state)
{
    static writer w;
    pm_scoped(pm_table) t = NULL;
    pm_error err = {0};
    (void)state;
    const contents wish = {.type_version = 1,
                           .columns = "{\"current\": {\"units\": \"mA\"}, \"test_time\": {\"units\": \"min\"}}"};
    write_file(&w, &wish);
    assert_good(read_bytes(&w, &t, &err), &err);
    for (int i = 0; i < ROWS; i++) {
        assert_close(real_at(t, "test_time_second", i), TIME[i] * 60, 0, 0);
        assert_close(real_at(t, "current_ampere", i), CURRENT[i] / 1000, 0, 0);
    }
}

static void rows_never_written_are_told(void **state)
{
    static writer w;
    pm_scoped(pm_table) t = NULL;
    pm_error err = {0};
    (void)state;
    const contents wish = {.type_version = 1, .chunks = true, .gzip = true, .hole = true};
    write_file(&w, &wish);
    assert_good(read_bytes(&w, &t, &err), &err);
    assert_rows(t, CHUNK);
    assert_true(isnan(real_at(t, "current_ampere", 0)));
    pm_image image = {"", {w.bytes, w.n}, true, NULL};
    pm_scoped(pm_native) n = NULL;
    assert_good(pm_native_open(&pm_format_hdf5, &image, NULL, &n, &err), &err);
    const int places[] = {-1, -1, -1, -1};
    double *const numbers[] = {NULL, NULL, NULL, NULL};
    const pm_rows rows = {100, numbers, NULL, places};
    int64_t count;
    assert_good(n->format->next(n, &rows, &count, &err), &err);
    assert_int_equal(count, ROWS);
    assert_good(n->format->next(n, &rows, &count, &err), &err);
    assert_int_equal(count, 0);
    const pm_native_fault *fault = &n->fault[n->n_faults - 1];
    assert_string_equal(fault->code, "value-missing");
    assert_int_equal(fault->count, CHUNK);
}

static void assert_refused(const writer *w, const char *words)
{
    pm_table *table = NULL;
    pm_error err = {0};

    assert_int_equal(read_bytes(w, &table, &err), PM_ERR_FORMAT);
    if (!strstr(err.message, words)) fail_msg("'%s' is not in '%s'", words, err.message);
    assert_true(err.byte >= 0);
}

static void what_is_not_read_is_named(void **state)
{
    static writer w;
    (void)state;
    contents wish = {.type_version = 1, .chunks = true, .filter = 32001};
    write_file(&w, &wish);
    assert_refused(&w, "blosc (32001)");
    wish = (contents){.type_version = 5};
    write_file(&w, &wish);
    assert_refused(&w, "version 5 (compound)");
    wish.type_version = 1;
    write_file(&w, &wish);
    w.bytes[8] = 7;
    assert_refused(&w, "superblock of version 7");
    w.bytes[8] = 0;
    w.bytes[13] = 4;
    assert_refused(&w, "addresses of 4");
    w.bytes[13] = 8;
    w.n--;
    assert_refused(&w, "was cut");
}

static void a_wrong_sum_is_refused(void **state)
{
    static writer w;
    (void)state;
    for (int k = 0; k < 2; k++) {
        const contents wish = {.type_version = 1, .chunks = true, .sum = k, .gzip = !k};
        write_file(&w, &wish);
        w.bytes[96 + 5] ^= 4; /* in the first chunk */
        assert_refused(&w, k ? "contradicts its checksum" : "gzip is damaged");
    }
}

/* The published answer of lookup3's own test, and that of nothing. */
static void checksum_of_newer_structures(void **state)
{
    (void)state;
    assert_int_equal(hdf5_checksum((const uint8_t *)"Four score and seven years ago", 30), 0x17770551);
    assert_int_equal(hdf5_checksum((const uint8_t *)"", 0), 0xdeadbeef);
}

static void every_cut_and_inverted_byte(void **state)
{
    static writer w;
    const contents wish = {.type_version = 1, .chunks = true, .gzip = true, .columns = "{}"};
    (void)state;
    write_file(&w, &wish);
    int64_t whole = w.n;
    for (w.n = 4; w.n < whole; w.n++) assert_refused(&w, "");
    for (int64_t i = 4; i < whole; i++) {
        pm_table *t = NULL;
        pm_error err = {0};
        w.bytes[i] ^= 0xff;
        pm_status s = read_bytes(&w, &t, &err);
        if (!s) assert_in_range(pm_table_rows(t), ROWS, 2 * CHUNK); /* of chunks that are there */
        pm_table_free(t);
        w.bytes[i] ^= 0xff;
    }
}

static void no_memory_is_an_error_and_leaks_nothing(void **state)
{
    static writer w;
    const contents wish = {.type_version = 1, .chunks = true, .gzip = true, .shuffle = true, .columns = "{}"};
    bool failed = true;
    (void)state;
    write_file(&w, &wish);
    pm_image image = {"", {w.bytes, w.n}, true, NULL};
    for (int64_t k = 1; failed; k++) {
        pm_native *n = NULL;
        pm_error err = {0};
        int64_t held = allocations_held();
        fail_allocation(k);
        pm_status s = pm_native_open(&pm_format_hdf5, &image, NULL, &n, &err);
        failed = allocation_failed();
        fail_allocation(0);
        assert_int_equal(s == PM_OK, n != NULL);
        if (!failed) assert_good(s, &err);
        pm_native_free(n);
        assert_int_equal(allocations_held(), held);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts_filters_and_versions), cmocka_unit_test(units_come_from_the_description),
        cmocka_unit_test(rows_never_written_are_told),  cmocka_unit_test(what_is_not_read_is_named),
        cmocka_unit_test(a_wrong_sum_is_refused),       cmocka_unit_test(checksum_of_newer_structures),
        cmocka_unit_test(every_cut_and_inverted_byte),  cmocka_unit_test(no_memory_is_an_error_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
