# SPDX-License-Identifier: MIT
"""What each real text file is: format, content, rows and span, counted here again; none may be misread."""
import csv
import io
import os
import unittest

import real
from plain_cycles import FILES, load, seconds

# file: (format, content, the text its header line starts with, delimiter, label of its time column, seconds in its unit)
BDF, NEWARE, MACCOR = "cycler/bdf/SINTEF__", "cycler/neware/", "cycler/maccor/"
SHORT = "lithium-metal/soft-short-teg-dme/jr862_11_08_23_insitu-impedance-LiLi_1MLiTFSI_TEGDME-1mA"
CALCE = "cycler/archive/CALCE_CX2-33_prism_LCO_25C_0-100_0.5-0.5C_d_"
RECORDS = {
    "cycler/arbin/CS2_33_10_04_10.csv": ("arbin-csv", "Data_Point,", ",", "Test_Time(s)", 1),
    "cycler/arbin/arbin_example.csv": ("arbin-csv", "Data_Point,", ",", "Test_Time", 1),
    "cycler/arbin/sample_data_arbin.csv": ("arbin-csv", "Data Point,", ",", "Test Time (s)", 1),
    CALCE + "timeseries.csv": ("battery-archive", "Date_Time,", ",", "Test_Time (s)", 1),
    "cycler/archive/p492-13-raw.csv": ("batterydata-org", "Cycle_Index,", ",", "Time_s", 1),
    "cycler/bad/custom_good_small.csv": ("prime-csv", "index;", ";", "test_time", 1),
    "cycler/bad/custom_missing_cycle.csv": ("prime-csv", "index;", ";", "test_time", 1),
    "cycler/bad/custom_truncated.csv": ("prime-csv", "index;", ";", "test_time", 1),
    "cycler/basytec/sample_data_basytec.txt": ("basytec", "~Time[s]", "\t", "~Time[s]", 1),
    "cycler/bdf/DLR__LiLNMOHydra0b__20221125__POCV__25degC__Basytec.bdf.csv":
        ("bdf", "test_time_second,", ",", "test_time_second", 1),
    BDF + "G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv":
        ("bdf", "test_time_second,", ",", "test_time_second", 1),
    BDF + "LiGrR2032__2024-04-30__25degC__Landt.bdf.csv": ("bdf", "test_time_second,", ",", "test_time_second", 1),
    BDF + "SLPBA842124HV__2024-10-23__Rate_25degC__Neware__Time_Bug.bdf.csv":
        ("bdf", "test_time_second,", ",", "test_time_second", 1),
    "cycler/bdf/arbin_example.bdf.csv": ("bdf", "Test_ID,", ",", "Test Time / s", 1),
    "cycler/bdf/sample.bdf.csv": ("bdf", "Test Time / s,", ",", "Test Time / s", 1),
    "cycler/biologic/Sample_data_biologic_01_MB_CA1.txt": ("eclab-mpt", "Ns changes\t", "\t", "time/s", 1),
    "cycler/biologic/Sample_data_biologic_no_header.mpt": ("eclab-mpt", "mode\t", "\t", "time/s", 1),
    "cycler/biologic/biologic_cycling.mpt": ("eclab-mpt", "mode\t", "\t", "time/s", 1),
    "cycler/landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv":
        ("landt-csv", "channel_index,", ",", "test_time_s", 1),
    MACCOR + "PredictionDiagnostics_000109_tztest.010": ("maccor-text", "Rec#\t", "\t", "Test (Sec)", 1),
    MACCOR + "maccor_002.txt": ("maccor-text", "Rec\t", "\t", "TestTime", 60),
    MACCOR + "maccor_example.001": ("maccor-text", "Rec#\t", "\t", "Test (Min)", 60),
    MACCOR + "maccor_example.002": ("maccor-text", "Rec#\t", "\t", "Test (Min)", 60),
    MACCOR + "maccor_three.txt": ("maccor-text", "Rec#\t", "\t", "TestTime", 1),
    MACCOR + "sample_data_maccor.csv": ("maccor-csv", "Rec,", ",", "Test Time (sec)", 1),
    NEWARE + "neware_uio.csv": ("neware-csv", "DataPoint,", ",", "Cumulative Time", 1),
    NEWARE + "nw_regular_export_ife_example.csv": ("neware-layered", ",,DataPoint,", ",", "Total Time", 1),
    "cycler/novonix/sample_data_novonix.csv": ("novonix", "Date and Time,", ",", "Run Time (h)", 3600),
    "cycler/novonix/test_Nova_Form-CH01-01_short.csv": ("novonix", "Date and Time,", ",", "Run Time (h)", 3600),
    "cycler/other/batmo_bdf.csv": ("bdf", "Test Time / h,", ",", "Test Time / h", 3600),
    "cycler/other/custom_data_001.csv": ("prime-csv", "index;", ";", "test_time", 1),
    "cycler/other/pec.csv": ("pec-csv", "Test,Cell,", ",", "Total Time (Seconds)", 1),
    SHORT + "_03_GCPL_C05.txt": ("eclab-mpt", "time/s\t", "\t", "time/s", 1),
    "lithium-metal/symmetric/Data_Figure_4bc_xemp.csv": ("csv", "Time (h);", ";", "Time (h)", 3600),
}
# What holds no records of a test: (format, content, header line or None, delimiter): rows are the lines that follow it.
OTHERS = {
    CALCE + "cycle_data.csv": ("table", "cycles", "Cycle_Index,", ","),
    "lithium-metal/anode-free/in-house_label_data.csv": ("table", "table", "solv_comb_sm,", ","),
    "lithium-metal/anode-free/label_all_batches_feat.csv": ("table", "table", "solv_comb_sm,", ","),
    "lithium-metal/anode-free/label_data_post_batch6.csv": ("table", "table", "solv_comb_sm,", ","),
    "cycler/biologic/250116_kigr_gen6_01_02_GCPL_CD8.mpl": ("eclab-mpl", "log", None, None),
    "cycler/biologic/jdb11-1_c3_gcpl_5cycles_2V-3p8V_C-24_data.mps": ("eclab-mps", "settings", None, None),
    SHORT + ".mps": ("eclab-mps", "settings", None, None),
    SHORT + "_01_GCPL_C05_LOOP.txt": ("eclab-loop", "index", None, None),
    SHORT + "_02_GEIS_C05_LOOP.txt": ("eclab-loop", "index", None, None),
    SHORT + "_03_GCPL_C05_LOOP.txt": ("eclab-loop", "index", None, None),
}
# Gamry files hold several tables, of lines that begin with a tab and a number.
GAMRY = {
    "cycler/gamry/chronoa_data.dta": ("records", "CURVE", "T"),
    "cycler/gamry/cv_data.dta": ("records", "CURVE", "T"),
    "cycler/gamry/eispot_data.dta": ("spectra", "ZCURVE", "Time"),
    "cycler/gamry/ocvcurve_data.dta": ("records", "CURVE", "T"),
}
REFUSED = "cycler/bad/custom_missing_column.csv"


def lines_of(name):
    text = (real.DATA / name).read_bytes().decode("utf-8-sig", "replace")
    return [line.strip('"') for line in text.splitlines()]


def data_lines(name, head, delimiter):
    """The header's labels and the fields of each line of data: all lines behind the header with something in a field."""
    lines = lines_of(name)
    start = next(k for k, line in enumerate(lines) if line.startswith(head))
    rows = [line.split(delimiter) for line in lines[start + 1:] if line.replace(delimiter, "").strip()]
    if head.startswith(",,"):  # layered: cycle lines fill field 0, step lines field 1
        rows = [row for row in rows if not row[0] and not row[1]]
    return lines[start].split(delimiter), rows


def gamry_lines(name, section, label):
    """(rows, times) of the tables called `section`, `section`1, ..."""
    inside, column, times = False, None, []
    for line in lines_of(name):
        field = line.split("\t")
        if field[0].strip():
            inside = field[0].rstrip("0123456789") == section and field[1] == "TABLE"
        elif inside and field[1] == "Pt":
            column = field.index(label)
        elif inside and field[1].isdigit():
            times.append(float(field[column]))
    return times


@real.needs_data
class Formats(unittest.TestCase):
    def test_every_text_file_is_named_here(self):
        self.assertEqual(sorted([*RECORDS, *OTHERS, *GAMRY, REFUSED]), sorted(real.text_files()))

    def check(self, name, form, content, rows, times=None):
        file = real.info()[name]
        self.assertEqual((file["status"], file["format"], file["content"]), ("ok", form, content))
        self.assertEqual(file["rows"], rows)
        self.assertEqual(file["bytes"], os.path.getsize(real.DATA / name))
        if times:
            for key, value in (("first", times[0]), ("last", times[-1])):
                self.assertAlmostEqual(file[f"test_time_{key}_second"], value, delta=1e-12 * abs(value))

    def test_records(self):
        for name, (form, head, delimiter, label, factor) in RECORDS.items():
            with self.subTest(name):
                labels, rows = data_lines(name, head, delimiter)
                column = [text.strip() for text in labels].index(label)
                times = [seconds(row[column]) * factor for row in rows]
                self.check(name, form, "records", len(rows), times)

    def test_no_records(self):
        for name, (form, content, head, delimiter) in OTHERS.items():
            with self.subTest(name):
                self.check(name, form, content, len(data_lines(name, head, delimiter)[1]) if head else 0)
                if head is None:
                    self.assertEqual(real.info()[name]["half_cycles"], None)

    def test_gamry(self):
        for name, (content, section, label) in GAMRY.items():
            with self.subTest(name):
                times = gamry_lines(name, section, label)
                self.check(name, "gamry-dta", content, len(times), times)

    def test_no_voltage_is_refused(self):
        file = real.info()[REFUSED]
        self.assertEqual((file["status"], file["error"]["code"], file["error"]["line"]), ("failed", "column", 20))
        self.assertEqual(lines_of(REFUSED)[19].split(";")[0], "index")
        self.assertIn("voltage", file["error"]["message"])
        self.assertIn("--map", file["error"]["hint"])

    def test_values(self):
        """Time, voltage and current of every row; --reconcile, as two of the files state wrong units or signs."""
        for name, spec in FILES.items():
            with self.subTest(name):
                code, out, err = real.run("convert", "--quiet", "--reconcile", name, "-o", "-")
                self.assertEqual(code, 0, err)
                rows = csv.DictReader(io.StringIO(out))
                wanted = load(real.DATA / name, spec)
                labels = {"t": "test_time_second", "v": "voltage_volt", "i": "current_ampere"}
                labels = {k: label for k, label in labels.items() if label in rows.fieldnames}
                self.assertEqual("i" in labels, spec["i"] is not None)
                for number, (row, right) in enumerate(zip(rows, wanted, strict=True), 1):
                    for k, label in labels.items():
                        if abs(float(row[label]) - right[k]) > 1e-12 * abs(right[k]):
                            self.fail(f"row {number}: {label} {row[label]}, not {right[k]!r}")

    def test_the_name_decides_nothing(self):
        """The same bytes under another name, and from standard input, are the same format."""
        for name in ("cycler/arbin/arbin_example.csv", "cycler/maccor/maccor_example.001", SHORT + "_03_GCPL_C05_LOOP.txt"):
            code, out, err = real.run("info", "--brief", "-", input_bytes=(real.DATA / name).read_bytes())
            self.assertEqual(code, 0, err)
            self.assertIn(real.info()[name]["format"], out)


if __name__ == "__main__":
    unittest.main()
