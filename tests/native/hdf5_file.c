/* SPDX-License-Identifier: MIT */
#include "hdf5_file.h"
#include "native/hdf5.h"
#include "support.h"

#include <string.h>
#include <zlib.h>

const double hdf5_time[ROWS] = {0, 1.5, 3, 4.5, 6, 7.5};
const double hdf5_current[ROWS] = {1, -1, 0.5, -0.5, 0.25, -0.25};
const char *const hdf5_state[ROWS] = {"chg", "dchg", "", "rest", "chg", "dchg"};

static void put(hdf5_writer *w, uint64_t x, int size)
{
    for (int i = 0; i < size; i++) w->bytes[w->n++] = (uint8_t)(i < 8 ? x >> 8 * i : 0);
}

static void put_at(hdf5_writer *w, int64_t at, uint64_t x, int size)
{
    for (int i = 0; i < size; i++) w->bytes[at + i] = (uint8_t)(i < 8 ? x >> 8 * i : 0);
}

static void put_text(hdf5_writer *w, const char *text, int64_t n)
{
    memcpy(w->bytes + w->n, text, (size_t)n);
    w->n += n;
}

/* With its zero, filled up to eights where the version wants that. */
static void put_name(hdf5_writer *w, const char *name, bool padded)
{
    int64_t start = w->n;

    put_text(w, name, (int64_t)strlen(name) + 1);
    while (padded && (w->n - start) % 8) put(w, 0, 1);
}

static int64_t begin_message(hdf5_writer *w, int type)
{
    put(w, (uint64_t)type, 2);
    put(w, 0, 6);
    return w->n;
}

static void end_message(hdf5_writer *w, int64_t start)
{
    while ((w->n - start) % 8) put(w, 0, 1);
    put_at(w, start - 6, (uint64_t)(w->n - start), 2);
}

static int64_t begin_header(hdf5_writer *w, int messages)
{
    while (w->n % 8) put(w, 0, 1);
    put(w, 1, 2);
    put(w, (uint64_t)messages, 2);
    put(w, 1, 4);
    put(w, 0, 8);
    return w->n;
}

static void end_header(hdf5_writer *w, int64_t start)
{
    put_at(w, start - 8, (uint64_t)(w->n - start), 4);
}

/* Numbers of IEEE 754, integers, text. */
static void put_type(hdf5_writer *w, int class, int bits, int size)
{
    put(w, (uint64_t)(0x10 | class), 1);
    put(w, (uint64_t)bits, 3);
    put(w, (uint64_t)size, 4);
    if (class == 3) return;
    put(w, 0, 2);
    put(w, (uint64_t)size * 8, 2);
}

static void put_double_type(hdf5_writer *w)
{
    put_type(w, 1, 0x3f20, 8);
    put(w, 52, 1); /* exponent's place and size */
    put(w, 11, 1);
    put(w, 0, 1); /* mantissa's */
    put(w, 52, 1);
    put(w, 1023, 4);
}

static void put_member(hdf5_writer *w, int version, const char *name, int offset)
{
    put_name(w, name, version < 3);
    put(w, (uint64_t)offset, version < 3 ? 4 : 1);
    if (version == 1) put(w, 0, 28);
}

static void put_compound(hdf5_writer *w, int version)
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

static void put_space(hdf5_writer *w, int64_t rows)
{
    put(w, 0x0101, 8);
    put(w, (uint64_t)rows, 8);
}

static void put_attribute(hdf5_writer *w, const char *name, const char *text)
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
        memcpy(to, &hdf5_time[from + i], 8);
        memcpy(to + 8, &hdf5_current[from + i], 8);
        int16_t cycle = (int16_t)(from + i - 3);
        to[16] = (uint8_t)((uint16_t)cycle >> 8);
        to[17] = (uint8_t)cycle;
        memcpy(to + 18, hdf5_state[from + i], strlen(hdf5_state[from + i]));
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

static int64_t write_chunk(hdf5_writer *w, const hdf5_contents *wish, int64_t row)
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
static int64_t write_chunks(hdf5_writer *w, const hdf5_contents *wish)
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

static void put_filter(hdf5_writer *w, int id, int value)
{
    put(w, (uint64_t)id, 2);
    put(w, 0, 4); /* no name */
    put(w, 1, 2);
    put(w, (uint64_t)value, 4);
    put(w, 0, 4);
}

static void put_filters(hdf5_writer *w, const hdf5_contents *wish)
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

static void write_set(hdf5_writer *w, const hdf5_contents *wish, int64_t data)
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
static int64_t write_root(hdf5_writer *w)
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

void write_hdf5(hdf5_writer *w, const hdf5_contents *wish)
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
