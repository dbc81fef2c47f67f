/* SPDX-License-Identifier: MIT */
/* The text engine on small made-up files: encodings, delimiters, layers, units, and the same bits however it is cut. */
#include "support.h"

#include "read/read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static pm_status try_read(const char *bytes, int64_t n, const pm_read_options *options, pm_table **out, pm_error *err)
{
    char *path = support_file(".txt", bytes, n);
    pm_status s = pm_read_table(path, options, NULL, out, err);

    support_remove(path);
    return s;
}

static pm_table *read_with(const char *text, pm_read_options options)
{
    pm_table *out = NULL;
    pm_error err;

    assert_good(try_read(text, -1, &options, &out, &err), &err);
    return out;
}

static pm_table *read_text(const char *text)
{
    return read_with(text, (pm_read_options){0});
}

static void assert_refused(const char *text, pm_read_options options, pm_status code, int64_t line, const char *words)
{
    pm_scoped(pm_table) out = NULL;
    pm_error err = {0};

    assert_int_equal(try_read(text, -1, &options, &out, &err), code);
    assert_int_equal(err.line, line);
    if (!strstr(err.message, words)) fail_msg("'%s' does not say '%s'", err.message, words);
    assert_true(err.file[0] && err.hint[0]);
}

static void plain_csv(void **state)
{
    pm_scoped(pm_table) t = read_text("Test Time / s,Voltage / V,Current / A\n0,3.7,0.1\n1,3.6,\n2,3.5,-0.1\n");

    (void)state;
    assert_int_equal(pm_table_rows(t), 3);
    assert_close(real_at(t, "voltage_volt", 2), 3.5, 0, 0);
    assert_true(isnan(real_at(t, "current_ampere", 1)));
    assert_close(real_at(t, "current_ampere", 2), -0.1, 0, 0);
}

static void assert_columns(const char *text, const char *names, int64_t rows)
{
    pm_scoped(pm_table) t = read_text(text);
    char found[200] = "";
    size_t n = 0;

    for (int c = 0; c < pm_table_columns(t); c++)
        n += (size_t)snprintf(found + n, sizeof found - n, "%s%s", c ? " " : "", pm_table_column(t, c)->name);
    assert_string_equal(found, names);
    assert_int_equal(pm_table_rows(t), rows);
}

/* Tables of cells: a word of a row that is also the name of a quantity ("e") makes no header of it. */
static void plain_tables(void **state)
{
    (void)state;
    assert_columns("cell,electrolyte,x,label\nc0,e,0,rdf\nc1,f,1,kdf\n", "cell electrolyte x label", 2);
    assert_columns("cell,electrolyte,x,label\nc0,e,,rdf\nc1,f,1,kdf\n", "cell electrolyte x label", 2);
    assert_columns("cell,electrolyte,label\nc0,e,rdf\nc1,f,kdf\nc2,g,7\n", "cell electrolyte label", 3);
    assert_columns("cell,label\nc0,rdf\nc1,kdf\n", "cell label", 2);
    assert_columns("cell,label\nc0,e\nc1,f\n", "cell label", 2);
    assert_columns("cell,mass,label\nc0,e,rdf", "cell mass label", 1);
    /* what stands above a header is none */
    assert_columns("Operator,Joe\nDay,Tuesday\ncycle,retention\n1,0.9\n2,0.8\n", "cycle_count retention", 2);
    assert_columns("Operator,Joe\nDay,Tuesday\nfoo,bar\n1,0.9\n2,0.8\n", "foo bar", 2);
    assert_columns("A,A,A\ncycle,retention,CE\n1,0.9,0.8\n2,0.8,0.7\n", "cycle_count retention ce", 2);
    assert_columns("Operator,Joe,\nDay,Tuesday,\ncycle,retention,CE\n1,0.9,0.8\n", "cycle_count retention ce", 1);
    assert_refused("only words, here\nand more\n", (pm_read_options){0}, PM_ERR_FORMAT, -1, "no line of it names");
}

static void decimal_comma_and_units(void **state)
{
    pm_scoped(pm_table) t = read_text("Zeit [h];Spannung [mV];Strom [\xB5"
                                      "A]\r\n0,5;3700,5;-3,5\r\n2,80E-04;3600;1E1\r\n");

    (void)state;
    assert_close(real_at(t, "test_time_second", 0), 1800, 0, 0);
    assert_close(real_at(t, "test_time_second", 1), 1.008, 1e-15, 0);
    assert_close(real_at(t, "voltage_volt", 0), 3.7005, 0, 0);
    assert_close(real_at(t, "current_ampere", 0), -3.5e-6, 1e-15, 0);
}

static void units_in_a_second_row(void **state)
{
    pm_scoped(pm_table) t = read_text("Step,Status,Step Time,Prog Time,Voltage,Current,AhAccu\n,,h,h,mV,mA,mAh\n"
                                      "1,CHA,0.5,1,3700,2,1\n1,CHA,1.0,1.5,3710,2,2\n");

    (void)state;
    assert_close(real_at(t, "test_time_second", 1), 5400, 0, 0);
    assert_close(real_at(t, "voltage_volt", 0), 3.7, 0, 0);
    assert_close(real_at(t, "current_ampere", 0), 0.002, 0, 0);
    assert_close(real_at(t, "net_capacity_ah", 1), 0.002, 0, 0);
    assert_string_equal(word_at(t, "step_type", 0), "CHA");
}

static const char wide_source[] = "Time (s)\tVoltage (V)\tComment\n0\t3.5\t\xC2\xB5x\n1\t3.6\ty\n";

/* The same text in UTF-16, with and without a mark, both orders of bytes. */
static void utf16(void **state)
{
    pm_scoped(pm_table) narrow = read_text(wide_source);

    (void)state;
    for (int form = 0; form < 4; form++) {
        bool big = form & 1, mark = form & 2;
        char bytes[400];
        int64_t n = 0;
        if (mark) {
            bytes[n++] = (char)(big ? 0xFE : 0xFF);
            bytes[n++] = (char)(big ? 0xFF : 0xFE);
        }
        for (const char *c = wide_source; *c; c++) {
            unsigned unit = (unsigned char)*c;
            if (unit == 0xC2) unit = (unsigned char)*++c; /* U+00B5 is the only wide one */
            bytes[n++] = (char)(big ? unit >> 8 : unit & 0xFF);
            bytes[n++] = (char)(big ? unit & 0xFF : unit >> 8);
        }
        pm_scoped(pm_table) t = NULL;
        pm_error err;
        assert_good(try_read(bytes, n, NULL, &t, &err), &err);
        assert_same_table(t, narrow);
    }
}

static void latin1_words_become_utf8(void **state)
{
    pm_scoped(pm_table) t = read_text("time (s),voltage (V),T (\xB0"
                                      "C),remark\n0,1,25,caf\xE9\n1,1,26,x\n");

    (void)state;
    assert_string_equal(word_at(t, "remark", 0), "caf\xC3\xA9");
    assert_close(real_at(t, "t_celsius", 1), 26, 0, 0);
}

static void carriage_returns_only(void **state)
{
    pm_scoped(pm_table) t = read_text("time/s,Ewe/V\r0,1\r1,2\r");

    (void)state;
    assert_int_equal(pm_table_rows(t), 2);
    assert_close(real_at(t, "voltage_volt", 1), 2, 0, 0);
}

static void quotes(void **state)
{
    pm_scoped(pm_table) t =
        read_text("time (s),voltage (V),remark\n0,1,\"a,\"\"b\"\"\"\n\"1\",\"2\",5\" cell\n2,3,\"open\n3,4,z\n");

    (void)state;
    assert_int_equal(pm_table_rows(t), 4);
    assert_string_equal(word_at(t, "remark", 0), "a,\"b\"");
    assert_close(real_at(t, "voltage_volt", 1), 2, 0, 0);
    assert_string_equal(word_at(t, "remark", 1), "5\" cell");
    assert_close(real_at(t, "voltage_volt", 3), 4, 0, 0);
}

static void trailing_delimiters_and_ragged_ends(void **state)
{
    pm_scoped(pm_table) t = read_text("time (s),voltage (V),remark\n0,1,a,\n1,2,b,\n2,3,c,,,\n");

    (void)state;
    assert_int_equal(pm_table_rows(t), 3);
    assert_string_equal(word_at(t, "remark", 2), "c");
}

static void letters_give_the_sign(void **state)
{
    pm_scoped(pm_table) t = read_text("Rec#\tCyc#\tStep\tTest (Min)\tAmps\tVolts\tState\n1\t1\t1\t0\t0\t3\tR\n"
                                      "2\t1\t2\t1\t0.5\t3.1\tC\n3\t1\t3\t2\t0.5\t3.0\tD\n4\t1\t3\t3\t-0.5\t2.9\tD\n");

    (void)state;
    assert_close(real_at(t, "test_time_second", 1), 60, 0, 0);
    assert_close(real_at(t, "current_ampere", 1), 0.5, 0, 0);
    assert_close(real_at(t, "current_ampere", 2), -0.5, 0, 0);
    assert_close(real_at(t, "current_ampere", 3), -0.5, 0, 0);
}

static const char layered[] =
    "Cycle Index,Chg. Cap.(Ah),DChg. Cap.(Ah)\n,Step Index,Step Number,Step Type\n"
    ",,DataPoint,Total Time,Current(A),Voltage(V)\n"
    "1,0.1,0.2,1,1,Rest\n,,1,00:00:00,0,3.5\n,,2,00:01:00,0,3.5\n,2,2,CC Chg\n,,3,00:02:00,1,3.6\n"
    "2,0.3,0.4\n,1,3,CC DChg\n,,4,00:03:00,-1,3.4\n";

/* Cycle and step lines hold for the records below them, also across the edges of blocks. */
static void layers(void **state)
{
    pm_scoped(pm_table) t = read_text(layered);

    (void)state;
    assert_int_equal(pm_table_rows(t), 4);
    assert_close(real_at(t, "cycle_count", 2), 1, 0, 0);
    assert_close(real_at(t, "cycle_count", 3), 2, 0, 0);
    assert_close(real_at(t, "step_id", 2), 2, 0, 0);
    assert_close(real_at(t, "step_count", 3), 3, 0, 0);
    assert_string_equal(word_at(t, "step_type", 1), "Rest");
    assert_string_equal(word_at(t, "step_type", 3), "CC DChg");
    for (int64_t bytes = 1; bytes < 80; bytes += 7) {
        pm_scoped(pm_table) cut = read_with(layered, (pm_read_options){.block_bytes = bytes});
        assert_same_table(cut, t);
    }
}

static char *long_file(int rows)
{
    char *text = malloc((size_t)rows * 64 + 100);
    assert_non_null(text);
    int n = sprintf(text, "test_time_second,voltage_volt,current_ampere,step_type,cycle_count\n");

    for (int i = 0; i < rows; i++)
        n +=
            sprintf(text + n, "%.17g,%.17g,%d,%s,%d\n", i * 1.1, 3 + sin(i), i % 3 - 1, i % 5 ? "cc" : "rest", i / 100);
    return text;
}

static void blocks_and_threads_change_nothing(void **state)
{
    pm_scoped_text text = long_file(5000);
    pm_scoped(pm_table) whole = read_text(text);
    char *path = support_file(".csv", text, -1);

    (void)state;
    assert_int_equal(pm_table_rows(whole), 5000);
    assert_close(real_at(whole, "test_time_second", 4999), 4999 * 1.1, 0, 0);
    for (int threads = 1; threads <= 4; threads++) {
        pm_run run = {.threads = threads};
        pm_read_options options = {.block_bytes = 1000 * threads};
        pm_scoped(pm_table) cut = NULL;
        pm_error err;
        assert_good(pm_read_table(path, &options, &run, &cut, &err), &err);
        assert_same_table(cut, whole);
    }
    support_remove(path);
}

static void only_the_columns_asked_for(void **state)
{
    static const char *const names[] = {"voltage_volt", NULL};
    pm_scoped_text text = long_file(10);
    pm_scoped(pm_table) t = read_with(text, (pm_read_options){.columns = names});

    (void)state;
    assert_int_equal(pm_table_columns(t), 1);
    assert_close(real_at(t, "voltage_volt", 3), 3 + sin(3), 0, 0);
}

static void a_map_names_columns(void **state)
{
    pm_scoped(pm_table) t = read_with("some words\nA,B,C\n0,1000,3\n1,2000,4\n",
                                      (pm_read_options){.map = "time=A@min,voltage=B@mV,current=3"});
    pm_scoped(pm_table) bare = read_with("0 ;1\n1 ;2\n", (pm_read_options){.map = "time=1,voltage=2"});

    (void)state;
    assert_close(real_at(t, "test_time_second", 1), 60, 0, 0);
    assert_close(real_at(t, "voltage_volt", 1), 2, 0, 0);
    assert_close(real_at(t, "current_ampere", 0), 3, 0, 0);
    assert_int_equal(pm_table_rows(bare), 2);
    assert_refused("A,B\n1,2\n", (pm_read_options){.map = "time=A,voltage=Z"}, PM_ERR_COLUMN, -1,
                   "no line has all the columns");
    assert_refused("A,B\n1,2\n", (pm_read_options){.map = "time=A,voltage=B@parsec"}, PM_ERR_UNIT, -1, "parsec");
}

/* A map that cannot be followed is refused, never passed over. */
static void a_map_is_kept_or_refused(void **state)
{
    static const char text[] = "Zeit;U;I;X\n0;1;2;a\n1;2;3;b\n";

    (void)state;
    assert_refused(text, (pm_read_options){.map = "time=9,voltage=2"}, PM_ERR_COLUMN, -1, "column 9");
    assert_refused(text, (pm_read_options){.map = "time=0,voltage=2"}, PM_ERR_ARGUMENT, -1, "column 0");
    assert_refused(text, (pm_read_options){.map = "time=Zeit,voltage=Zeit"}, PM_ERR_ARGUMENT, -1, "twice");
    assert_refused(text, (pm_read_options){.map = "time=Zeit,voltage=X"}, PM_ERR_COLUMN, 1, "'a'");
    assert_refused(text, (pm_read_options){.map = "foo=Zeit,voltage=U"}, PM_ERR_ARGUMENT, -1, "foo");
}

/* Words for no value are missing; what should be a number and never is, is said. */
static void infinity_is_missing(void **state)
{
    pm_scoped(pm_table) t = read_text("time (s),voltage (V),resistance (ohm)\n0,1,Inf\n1,2,1.#INF\n2,inf,3\n");

    (void)state;
    assert_true(isnan(real_at(t, "resistance_ohm", 0)) && isnan(real_at(t, "resistance_ohm", 1)));
    assert_true(isnan(real_at(t, "voltage_volt", 2)));
    assert_refused("time (s),voltage (V)\n\"1,000\",1\n\"2,000\",2\n", (pm_read_options){0}, PM_ERR_DATA, 1, "1,000");
    assert_refused("weeks,voltage (V),current (A)\n0,1,2\n", (pm_read_options){0}, PM_ERR_COLUMN, 1, "time");
}

static void a_dialect_is_a_text_file(void **state)
{
    static const char dialect[] =
        "id: lab-x\ntitle: our own box\nfind: {any: [{first: \"BOX\"}]}\nsign: discharge-positive\n"
        "columns:\n  - {from: [tt], to: test_time_second, unit: min}\n"
        "  - {from: [uu], to: voltage_volt, unit: mV}\n  - {from: [ii], to: current_ampere, unit: mA}\n";
    char *path = support_file(".yaml", dialect, -1);
    pm_scoped(pm_table) t = read_with("BOX\ntt;uu;ii\n1;3500;2\n2;3400;2\n", (pm_read_options){.dialect = path});

    (void)state;
    support_remove(path);
    assert_close(real_at(t, "test_time_second", 0), 60, 0, 0);
    assert_close(real_at(t, "voltage_volt", 1), 3.4, 0, 0);
    assert_close(real_at(t, "current_ampere", 0), -0.002, 0, 0);
}

static void a_wrong_dialect_is_named_by_line(void **state)
{
    char *path = support_file(".yaml", "id: x\nfind: {any: [{first: X}]}\nsgin: unsigned\n", -1);
    pm_scoped(pm_table) t = NULL;
    pm_error err = {0};
    pm_read_options options = {.dialect = path};

    (void)state;
    assert_int_equal(try_read("a,b\n1,2\n", -1, &options, &t, &err), PM_ERR_FORMAT);
    support_remove(path);
    assert_int_equal(err.line, 3);
    assert_non_null(strstr(err.message, "sgin"));
}

static void time_from_the_wall_clock(void **state)
{
    pm_scoped(pm_table) t = read_text("Date Time,Voltage (V)\n2024-01-01 00:00:10,1\n2024-01-01 00:01:10,2\n");

    (void)state;
    assert_close(real_at(t, "test_time_second", 0), 0, 0, 0);
    assert_close(real_at(t, "test_time_second", 1), 60, 0, 0);
}

static void gzip_is_read_through(void **state)
{
    pm_scoped_text text = long_file(3000);
    pm_scoped(pm_table) plain = read_text(text);
    pm_scoped(pm_table) unpacked = NULL;
    char *path = support_file(".gz", "", 0);
    gzFile gz = gzopen(path, "wb");
    pm_error err;

    (void)state;
    gzwrite(gz, text, (unsigned)strlen(text));
    gzclose(gz);
    assert_good(pm_read_table(path, NULL, NULL, &unpacked, &err), &err);
    support_remove(path);
    assert_same_table(unpacked, plain);
}

/* A column's words are found however long they, or the rows before them, are. */
static void words_in_long_lines(void **state)
{
    enum { ROWS = 40 };

    (void)state;
    for (int64_t length = 70000; length < 1000000; length *= 2) {
        pm_scoped_text text = calloc((size_t)(8 * length), 1);
        if (!text) abort();
        int64_t n = sprintf(text, "cell,x,remark,label\n");
        for (int i = 0; i < ROWS; i++) {
            n += sprintf(text + n, "c%d,%d,", i, i);
            if (i % 10 == 0) memset(text + n, 'w', (size_t)length);
            n += i % 10 ? 0 : length;
            n += sprintf(text + n, ",%s\n", i % 2 ? "rdf" : "kdf");
        }
        pm_scoped(pm_table) t = read_text(text);
        assert_int_equal(pm_table_rows(t), ROWS);
        assert_string_equal(pm_column_word(pm_table_find(t, "cell"), 7), "c7");
        assert_string_equal(pm_column_word(pm_table_find(t, "label"), 7), "rdf");
        assert_int_equal(strlen(pm_column_word(pm_table_find(t, "remark"), 30)), length);
        assert_true(pm_column_missing(pm_table_find(t, "remark"), 31));
        assert_close(real_at(t, "x", 39), 39, 0, 0);
    }
}

/* Rows wider than what is looked at of narrow ones, with their words in the last column. */
static void words_behind_many_columns(void **state)
{
    enum { COLUMNS = 8000, ROWS = 3 };
    pm_scoped_text text = calloc(COLUMNS * (ROWS + 1), 24);
    int64_t n = 0;

    (void)state;
    if (!text) abort();
    for (int c = 0; c < COLUMNS; c++) n += sprintf(text + n, "x%d,", c);
    n += sprintf(text + n, "cell\n");
    for (int i = 0; i < ROWS; i++) {
        for (int c = 0; c < COLUMNS; c++) n += sprintf(text + n, "%.17f,", (double)c / COLUMNS);
        n += sprintf(text + n, "c%d\n", i);
    }
    pm_scoped(pm_table) t = read_text(text);
    assert_int_equal(pm_table_columns(t), COLUMNS + 1);
    assert_int_equal(pm_table_rows(t), ROWS);
    assert_string_equal(pm_column_word(pm_table_find(t, "cell"), 2), "c2");
    assert_close(real_at(t, "x4000", 2), 0.5, 0, 0);
}

static void what_is_no_record_is_named(void **state)
{
    static const struct {
        const char *text, *content;
    } files[] = {
        {"EC-LAB SETTING FILE\n\nDevice : MPG-2\n", "settings"},
        {"BT-Lab LOG FILE\n\nUser : \n", "log"},
        {"VMP EXPERIMENT LOOP INDEXES\n0\n109\n", "index"},
        {"Cycle_Index,Charge_Capacity (Ah),Discharge_Capacity (Ah)\n1,2,3\n2,2,3\n", "cycles"},
        {"solvent,salt,capacity\nDME,LiFSI,1.0\nDOL,LiFSI,0.9\n", "table"},
        {"freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm\n1000,1,2\n100,2,3\n", "spectra"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = support_file(".txt", files[i].text, -1);
        pm_guess guess[3];
        int found = 0;
        pm_error err;
        assert_good(pm_sniff(path, 3, guess, &found, &err), &err);
        support_remove(path);
        assert_true(found >= 1);
        assert_string_equal(guess[0].content, files[i].content);
        assert_true(guess[0].reason[0]);
    }
}

static void bad_files_are_refused_with_a_place(void **state)
{
    pm_read_options none = {0};

    (void)state;
    assert_refused("", none, PM_ERR_FORMAT, -1, "empty");
    assert_refused("hello\nworld\n", none, PM_ERR_FORMAT, -1, "no line of it names columns");
    assert_refused("a;b;c\nx;y\n", none, PM_ERR_FORMAT, -1, "no line of it names columns");
    assert_refused("Time (s),Voltage (V)\n", none, PM_ERR_DATA, 1, "no row of data");
    assert_refused("Time (s),Current (A)\n0,1\n", none, PM_ERR_COLUMN, 1, "voltage");
    assert_refused("Time (s),Voltage (V)\n0,1\n1,1e999\n", none, PM_ERR_DATA, 3, "1e999");
    assert_refused("Time (s),Voltage (V)\n0,1\n1,2\nTime (s),Voltage (V)\n0,1\n", none, PM_ERR_FORMAT, 4,
                   "second header");
    assert_refused("Time (s),Voltage (V)\n0,1\n", (pm_read_options){.format = "nonsense"}, PM_ERR_ARGUMENT, -1,
                   "nonsense");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_csv),
        cmocka_unit_test(plain_tables),
        cmocka_unit_test(decimal_comma_and_units),
        cmocka_unit_test(units_in_a_second_row),
        cmocka_unit_test(utf16),
        cmocka_unit_test(latin1_words_become_utf8),
        cmocka_unit_test(carriage_returns_only),
        cmocka_unit_test(quotes),
        cmocka_unit_test(trailing_delimiters_and_ragged_ends),
        cmocka_unit_test(letters_give_the_sign),
        cmocka_unit_test(layers),
        cmocka_unit_test(blocks_and_threads_change_nothing),
        cmocka_unit_test(only_the_columns_asked_for),
        cmocka_unit_test(a_map_names_columns),
        cmocka_unit_test(a_map_is_kept_or_refused),
        cmocka_unit_test(infinity_is_missing),
        cmocka_unit_test(a_dialect_is_a_text_file),
        cmocka_unit_test(a_wrong_dialect_is_named_by_line),
        cmocka_unit_test(time_from_the_wall_clock),
        cmocka_unit_test(gzip_is_read_through),
        cmocka_unit_test(words_in_long_lines),
        cmocka_unit_test(words_behind_many_columns),
        cmocka_unit_test(what_is_no_record_is_named),
        cmocka_unit_test(bad_files_are_refused_with_a_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
