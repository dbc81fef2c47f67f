/* SPDX-License-Identifier: MIT */
/* Cells: numbers and words. */
#include "jet.h"

#include <math.h>

/* ---- where a cell lies ---- */

static int64_t mask_bytes(pm_span row)
{
    return (pm_u16(row.at) + 7) / 8;
}

/* The bit of a column, among those at the end of a row: whether it has a value (a truth value: its value). */
static bool bit_of(const pm_jet_column *c, pm_span row)
{
    if (c->number >= pm_u16(row.at)) return false;
    return row.at[row.n - mask_bytes(row) + c->number / 8] >> c->number % 8 & 1;
}

/* Before the bits: how many texts there are, and before that, backwards, where each begins and where the last ends. */
static pm_span variable_of(const pm_jet_column *c, pm_span row)
{
    int64_t count_at = row.n - mask_bytes(row) - 2, at = count_at - 2 * ((int64_t)c->variable + 2);

    if (!bit_of(c, row) || at < 2 || c->variable >= pm_u16(row.at + count_at)) return (pm_span){NULL, 0};
    int end = pm_u16(row.at + at), start = pm_u16(row.at + at + 2);
    if (start < 2 || end < start || end > at) return (pm_span){NULL, 0};
    return pm_span_part(row, start, end - start);
}

/* ---- numbers ---- */

bool pm_jet_is_number(const pm_jet_column *c)
{
    return c->type >= PM_JET_BOOL && c->type <= PM_JET_DATE && (c->fixed || c->type == PM_JET_BOOL);
}

double pm_jet_number(const pm_jet_column *c, pm_span row)
{
    if (!c || !pm_jet_is_number(c)) return NAN;
    if (c->type == PM_JET_BOOL) return c->number < pm_u16(row.at) ? bit_of(c, row) : NAN;
    if (!bit_of(c, row)) return NAN;
    const uint8_t *p = row.at + 2 + c->offset;
    switch (c->type) {
    case PM_JET_BYTE: return *p;
    case PM_JET_INT: return pm_i16(p);
    case PM_JET_LONG: return pm_i32(p);
    case PM_JET_MONEY: return (double)pm_i64(p) / 10000.0;
    case PM_JET_SINGLE: return (double)pm_f32(p);
    default: return pm_f64(p);
    }
}

const char *pm_jet_type_name(const pm_jet_column *c, char room[24])
{
    static const char *const names[] = {NULL,     "Boolean", "Byte",   "Integer", "Long Integer", "Currency", "Single",
                                        "Double", "Date",    "Binary", "Text",    "OLE",          "Memo"};

    if (c->type > 0 && c->type < sizeof names / sizeof *names) return names[c->type];
    snprintf(room, 24, "type %d", c->type);
    return room;
}

/* ---- words ---- */

static size_t put(uint32_t code, char *out, size_t room)
{
    char bytes[4];
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

    if (n > room) return 0;
    for (size_t i = n; i-- > 1; code >>= 6) bytes[i] = (char)(0x80 | (code & 0x3f));
    bytes[0] = (char)(lead[n] | code);
    memcpy(out, bytes, n);
    return n;
}

/* A character in two or four bytes; halves without their other half become U+FFFD. */
static uint32_t wide_character(pm_span text, int64_t *at)
{
    uint32_t high = pm_u16(text.at + *at);

    *at += 2;
    if (high < 0xd800 || high > 0xdfff) return high;
    if (high > 0xdbff || *at + 2 > text.n) return 0xfffd;
    uint32_t low = pm_u16(text.at + *at);
    if (low < 0xdc00 || low > 0xdfff) return 0xfffd;
    *at += 2;
    return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* UTF-16; behind FF FE one byte per character, where a zero byte begins and ends stretches of UTF-16. */
void pm_jet_utf8(pm_span text, char *out, size_t room)
{
    bool packed = text.n >= 2 && text.at[0] == 0xff && text.at[1] == 0xfe, narrow = packed;
    int64_t i = packed ? 2 : 0;
    size_t k = 0;

    while (i < text.n) {
        uint32_t code;
        if (packed && text.at[i] == 0) {
            narrow = !narrow;
            i++;
            continue;
        }
        if (!narrow && i + 1 >= text.n) break;
        code = narrow ? text.at[i++] : wide_character(text, &i);
        if (code == 0) break;
        size_t used = put(code, out + k, room - 1 - k);
        if (!used) break;
        k += used;
    }
    out[k] = 0;
}

/* Long text: behind its 12 bytes, or in a row of its own, or in a chain of rows that each begin with a pointer to the
 * next. The first of a chain holds more than what is asked for here. */
static pm_span memo_of(const pm_jet *jet, pm_span cell)
{
    if (cell.n < 12) return (pm_span){NULL, 0};
    uint32_t length = pm_u32(cell.at) & 0x3fffffff, pointer = pm_u32(cell.at + 4);
    int where = cell.at[3] & 0xc0;
    pm_span text = where == 0x80 ? pm_span_from(cell, 12) : pm_jet_pointed(jet, pointer);
    if (where == 0) text = pm_span_from(text, 4);
    if (text.n > length) text.n = length;
    return text;
}

void pm_jet_words(const pm_jet *jet, const pm_jet_column *c, pm_span row, char *out, size_t room)
{
    pm_span cell = c && !c->fixed ? variable_of(c, row) : (pm_span){NULL, 0};

    if (c && c->type == PM_JET_MEMO)
        cell = memo_of(jet, cell);
    else if (c && c->type != PM_JET_TEXT)
        cell.n = 0;
    pm_jet_utf8(cell, out, room);
}
