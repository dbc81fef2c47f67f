# SPDX-License-Identifier: MIT
"""Neware .ndax archives against Neware's own export of them: rows, steps, voltage, current, capacity and clocks of each
sampled row and of each step's end after rounding to the digits of the export, sums within half a digit per row, capacities
per cycle. And the loose files that a server keeps: the three together are a test, the first alone is voltage and current.

The export holds single-precision numbers, and the time of the machine that made it.
"""
import csv
import functools
import json
import pathlib
import shutil
import tempfile
import unittest
import warnings
import zipfile

import real

FOLDER = real.DATA / "cycler" / "neware"
TRUTH = real.DATA / "cycler" / "truth"
# digits of voltage (mV), current (uA), capacity (mAs) and energy (mWs) in the export; its clock less ours (s)
FILES = {
    "21_10_7_85": (0.1, 1, 0.1, 0.1, 3600),
    "46_1_5_60_bts16": (0.1, 1, 1, 1, 0),
    "TESTCELL0001-B2-2025-M50T_NewareNDA_Investigation": (0.1, 1, 0.1, 0.1, 0),
    "TESTCELL0001-Test_Data_Collection_Ndc17": (0.1, 1, 0.1, 0.1, 0),
    "Unit27_Example_Data_File": (0.1, 1, 0.1, 0.1, 0),
    "nw4-120-1-6-53": (0.1, 1, 1e-4, 1e-4, 3600),
    "scrubbed_ndc2": (0.1, 1, 0.1, 0.1, 0),
}
LOOSE = "20250128_161756_270120_0_69_33"
END = ("step_count", "cycle", "step", "type", "rows", "time", "total", "first_voltage", "voltage", "current", "capacity",
       "energy")
ROW = ("row", "total", "voltage", "current", "capacity", "energy", "date", "cycle", "step", "step_count")


def read(path):
    """Columns as numbers (step types as words) by name, and what the output says about the file."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "rows.csv"
        code, _, err = real.run("convert", "--quiet", path, "-o", out)
        if code:
            raise AssertionError(err)
        with open(out, newline="") as file:
            table = csv.reader(file)
            head = next(table)
            columns = list(zip(*table))
        meta = json.loads(pathlib.Path(f"{out}.meta.json").read_text())
    return {label: column if label == "step_type" else [float(x or "nan") for x in column]
            for label, column in zip(head, columns)}, meta["files"][0]


# The vendor's count, and the cycles that the current begins.
DIFFERENT_CYCLES = {"nw4-120-1-6-53": (150, 160), "TESTCELL0001-B2-2025-M50T_NewareNDA_Investigation": (7, 8)}


@functools.cache
def converted(name):
    return read(FOLDER / f"{name}.ndax")


@functools.cache
def truth(name):
    return json.loads((TRUTH / f"neware_btsda__{name}.json").read_text())


def counter(columns, row, what):
    """Of both directions, mAs or mWs; within a step one of them is 0."""
    unit = "ah" if what == "capacity" else "wh"
    return sum(columns[f"{way}_{what}_{unit}"][row] for way in ("charging", "discharging")) * 3.6e6


def last_rows(columns):
    """Row of each step's end by step count, and how many rows the step has."""
    ends, rows = {}, {}
    for row, count in enumerate(columns["step_count"]):
        ends[count] = row
        rows[count] = rows.get(count, 0) + 1
    return ends, rows


@unittest.skipUnless(TRUTH.is_dir(), "no real files")
@real.needs("libzip")
class Export(unittest.TestCase):
    def near(self, ours, theirs, digit, what):
        """Equal after rounding, but for a number that lies at a half and for what single precision leaves of it."""
        self.assertLessEqual(abs(ours - theirs), 0.5 * digit + 1.3e-7 * abs(theirs), what)

    def compare(self, name, columns, row, theirs, what):
        voltage, current, capacity, energy, _ = FILES[name]
        self.near(columns["voltage_volt"][row] * 1e3, theirs["voltage"], voltage, (*what, "voltage"))
        self.near(columns["current_ampere"][row] * 1e6, theirs["current"], current, (*what, "current"))
        self.near(counter(columns, row, "capacity"), theirs["capacity"], capacity, (*what, "capacity"))
        self.near(counter(columns, row, "energy"), theirs["energy"], energy, (*what, "energy"))
        self.near(columns["test_time_second"][row], theirs["total"], 0.001, (*what, "time"))
        self.assertEqual(columns["cycle_count"][row], theirs["cycle"], (*what, "cycle"))
        self.assertEqual(columns["step_id"][row], theirs["step"], (*what, "step"))

    def test_rows(self):
        for name in FILES:
            columns, _ = converted(name)
            self.assertEqual(len(columns["voltage_volt"]), truth(name)["rows"], name)
            self.assertEqual(columns["record_number"], list(range(1, truth(name)["rows"] + 1)), name)
            for sample in truth(name)["rows_sample"]:
                theirs = dict(zip(ROW, sample))
                row = int(theirs["row"])
                self.compare(name, columns, row, theirs, (name, row))
                self.assertEqual(columns["step_count"][row], theirs["step_count"], (name, row))
                ahead = theirs["date"] / 1e3 - columns["unix_time_second"][row]
                self.assertLess(abs(ahead - FILES[name][4]), 0.001, (name, row, "date"))

    def test_steps(self):
        for name in FILES:
            columns, _ = converted(name)
            ends, rows = last_rows(columns)
            self.assertEqual(len(ends), truth(name)["steps"], name)
            for step in truth(name)["step_ends"]:
                theirs = dict(zip(END, step))
                row = ends[theirs["step_count"]]
                self.compare(name, columns, row, theirs, (name, "step", theirs["step_count"]))
                self.near(columns["step_time_second"][row], theirs["time"], 0.001, (name, row, "step time"))
                self.assertEqual(rows[theirs["step_count"]], theirs["rows"], (name, theirs["step_count"]))
                self.assertEqual(columns["step_type"][row].replace("_", " "), theirs["type"], (name, row))

    def test_sums(self):
        for name, (voltage, current, *_) in FILES.items():
            columns, _ = converted(name)
            rows = truth(name)["rows"]
            self.near(sum(columns["voltage_volt"]) * 1e3, truth(name)["sum_voltage_mV"], voltage * rows, name)
            self.near(sum(columns["current_ampere"]) * 1e6, truth(name)["sum_current_uA"], current * rows, name)

    def test_cycles(self):
        for name in FILES:
            columns, file = converted(name)
            self.assertEqual(len(set(columns["cycle_count"])), truth(name)["cycles_vendor"], name)
            charges, (ends, rows) = {}, last_rows(columns)
            for row in ends.values():
                sums = charges.setdefault(columns["cycle_count"][row], [0, 0])
                sums[0] += columns["charging_capacity_ah"][row] * 1e3
                sums[1] += columns["discharging_capacity_ah"][row] * 1e3
            half = 0.5 * FILES[name][2] / 3600 * max(1, len(rows))
            for cycle, charge, discharge in truth(name)["per_cycle"]:
                for ours, theirs in zip(charges[cycle], (charge or 0, discharge or 0)):
                    self.assertLessEqual(abs(ours - theirs), half + 1.3e-7 * theirs, (name, cycle))

    def test_differences_are_told(self):
        info = real.document("info", *(FOLDER / f"{name}.ndax" for name in FILES))
        for name in FILES:
            file = info[str(FOLDER / f"{name}.ndax")]
            told = {f["code"]: f for f in file["findings"]}
            self.assertEqual("cycle-count-differs" in told, name in DIFFERENT_CYCLES, name)
            if name in DIFFERENT_CYCLES:
                differs = told["cycle-count-differs"]
                self.assertEqual((differs["observed"], differs["expected"]), DIFFERENT_CYCLES[name])
            self.assertFalse({f["code"] for f in real.findings(file, worse_than_note=True)}, name)


@real.needs_data
@real.needs("libzip")
class Archive(unittest.TestCase):
    def test_metadata(self):
        columns, file = converted("21_10_7_85")
        expected = {"barcode": "test3", "start_time": "2025-11-05 16:55:02", "schedule": "testOCV.xml", "device": "21",
                    "channel": "79", "creator": "Graham", "remarks": "Hello there", "mass_gram": "0.004",
                    "time_zone": "UTC", "protocol": "1 Rest, 2 End"}
        self.assertLessEqual(expected.items(), file["metadata"].items())

    def test_auxiliary_channels(self):
        """The names of the members say which channel of TestInfo.xml they are."""
        columns, _ = converted("20260302_IFE_BTS85_2_9_8_1")
        self.assertEqual(set(columns["auxiliary_1_voltage_volt"]), {0})
        self.assertTrue(all(22 < t < 28 for t in columns["auxiliary_1_temperature_celsius"]))
        self.assertTrue(all(24 < x < 27 for x in columns["auxiliary_1_quantity_1122"]))
        columns, _ = converted("46_1_5_60_bts16")
        self.assertAlmostEqual(columns["auxiliary_1_temperature_celsius"][0], 23.6)
        self.assertLess(max(map(abs, columns["auxiliary_1_voltage_volt"])), 0.001)
        columns, _ = converted("Unit27_Example_Data_File")
        self.assertAlmostEqual(columns["auxiliary_2_temperature_celsius"][0], 25.487, 3)

    def test_without_rows(self):
        code, out, err = real.run("info", FOLDER / "empty.ndax")
        self.assertEqual(code, 2)
        self.assertIn("holds no row", err)

    def test_members_are_shown(self):
        code, out, _ = real.run("info", "--deep", FOLDER / "46_1_5_60_bts16.ndax")
        self.assertEqual(code, 0)
        self.assertIn("data_runInfo.ndc, version 16  25 rows", out)


def rebuilt(folder, name, without=(), halves=(), doubled=(), padded=()):
    """An archive as the real one, without some members, with half of others' pages, some of them twice, some with 5 MiB of
    blanks behind."""
    path = pathlib.Path(folder) / "rebuilt.ndax"
    with zipfile.ZipFile(FOLDER / f"{name}.ndax") as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as to:
        for member in source.namelist():
            content = source.read(member)
            if member in halves:
                content = content[:len(content) // 2 // 4096 * 4096]
            if member in padded:
                content += b" " * (5 << 20)
            if member not in without:
                to.writestr(member, content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for member in doubled:
                to.writestr(member, source.read(member))
    return path


@real.needs_data
@real.needs("libzip")
class Incomplete(unittest.TestCase):
    LONG = "TESTCELL0001-B2-2025-M50T_NewareNDA_Investigation"

    def told(self, code, name, **changes):
        """The warnings of one code about a rebuilt archive."""
        with tempfile.TemporaryDirectory() as folder:
            path = rebuilt(folder, name, **changes)
            file = real.document("info", path)[str(path)]
        return [f for f in file["findings"] if f["code"] == code and f["severity"] == "warning"]

    def test_channel_without_its_member(self):
        for name, member, words in ((self.LONG, "data_AUX_225_3_1.ndc", "auxiliary_1 (channel 225, quantity 103)"),
                                    ("46_1_5_60_bts16", "data_1.ndc", "auxiliary_1 (channel 12, quantity 6)")):
            self.assertEqual(self.told("value-missing", name), [])
            said, = self.told("value-missing", name, without=[member])
            self.assertIn(words, said["message"])
            self.assertEqual(said["count"], 1)

    def test_half_a_channel(self):
        """40 of 80 pages, of which the first holds no rows: 39 of 990 rows."""
        said, = self.told("value-missing", self.LONG, halves=["data_AUX_225_3_1.ndc"])
        self.assertIn("data_AUX_225_3_1.ndc", said["message"])
        self.assertEqual(said["count"], 77745 - 39 * 990)

    def test_half_of_the_rows(self):
        """79 of 159 pages, of which the first holds no rows: 78 of 495 rows. The channel has a row for each of the test."""
        for without, last, least in (([], 77745, "data_AUX"), (["data_AUX_225_3_1.ndc"], 77724, "data_runInfo")):
            said, = self.told("declared-rows-missing", self.LONG, halves=["data.ndc"], without=without)
            self.assertEqual((said["expected"], said["observed"], said["count"]), (last, 38610, last - 38610))
            self.assertTrue(said["message"].startswith(least), said["message"])
            self.assertIn("at least", said["message"])

    def test_long_xml(self):
        """Only the first 4 MiB are read, and that is said."""
        said, = self.told("value-missing", "46_1_5_60_bts16", padded=["TestInfo.xml"])
        self.assertIn("'TestInfo.xml' is damaged: only its first 4 MiB are read", said["message"])

    def test_members_of_one_name(self):
        said, = self.told("table-left-out", "46_1_5_60_bts16", doubled=["data.ndc"])
        self.assertIn("data.ndc", said["message"])
        self.assertIn("first", said["message"])
        self.assertEqual(self.told("table-left-out", "46_1_5_60_bts16"), [])


@real.needs_data
class Loose(unittest.TestCase):
    def test_three_files(self):
        columns, _ = read(FOLDER / f"{LOOSE}.ndc")
        self.assertEqual(len(columns["voltage_volt"]), 43201)
        self.assertEqual(columns["test_time_second"], [float(i) for i in range(43201)])
        self.assertEqual(set(columns["step_type"]), {"Rest"})

    def test_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(FOLDER / f"{LOOSE}.ndc", folder)
            code, out, _ = real.run("info", "--json", pathlib.Path(folder) / f"{LOOSE}.ndc")
            shutil.copy(FOLDER / f"{LOOSE}_runInfo.ndc", folder)
            other, _, err = real.run("info", pathlib.Path(folder) / f"{LOOSE}_runInfo.ndc")
        file, = json.loads(out)["files"]
        self.assertEqual(file["rows"], 43201)
        self.assertIn("value-missing", {f["code"] for f in file["findings"]})
        self.assertEqual(other, 2)
        self.assertIn("run information", err)

    def test_no_ndc(self):
        code, _, err = real.run("info", "--format", "ndc", real.DATA / "cycler/biologic/MB-0.mpr")
        self.assertEqual(code, 2)
        self.assertIn("is no Neware .ndc file", err)


if __name__ == "__main__":
    unittest.main()
