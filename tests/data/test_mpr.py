# SPDX-License-Identifier: MIT
"""BioLogic .mpr files: an independent reader's values of sampled rows, bit for bit, and charge per half-cycle."""
import csv
import json
import math
import pathlib
import tempfile
import unittest

import real

FOLDERS = ("cycler/biologic", "lithium-metal/soft-short-teg-dme")
FLAGS = {"mode": 0x03, "ox/red": 0x04, "error": 0x08, "control changes": 0x10, "Ns changes": 0x20, "counter inc.": 0x80}
SMALLER = {("mA", "A"): 1000, ("mA.h", "Ah"): 1000, ("uF", "F"): 1e6}
SPECTRA = {"PEIS-0.mpr": 1, "prerun_C05.mpr": 1, "02_GEIS_C05.mpr": 45}


def truths():
    """(path below DATA, what the independent reader says) of all .mpr files."""
    for path in sorted((real.DATA / "cycler/truth").glob("mpr__*.json")):
        name = path.name[len("mpr__"):-len(".json")]
        folder = next(folder for folder in FOLDERS if (real.DATA / folder / name).is_file())
        yield f"{folder}/{name}", json.loads(path.read_text(encoding="utf-8"))


def read(name):
    """Columns of a file as `convert` writes them: numbers, NaN where missing, or words."""
    with tempfile.TemporaryDirectory() as folder:
        to = pathlib.Path(folder) / "rows.csv"
        code, _, err = real.run("convert", "--quiet", real.DATA / name, "-o", to)
        if code:
            raise AssertionError(err)
        with to.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
    return {label: [number(row[i]) for row in rows] for i, label in enumerate(header)}


def number(text):
    try:
        return float(text) if text else math.nan
    except ValueError:
        return text


def called(column):
    """As the truth names it."""
    unit = column["source_unit"].replace("uF", "µF")
    return column["source_name"] + ("/" + unit if unit else "")


@real.needs_data
class Mpr(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.truth = dict(truths())
        cls.info = real.document("info", *[real.DATA / name for name in cls.truth])
        cls.rows = {name: read(name) for name in cls.truth}

    def columns(self, name):
        return [c for c in self.info[str(real.DATA / name)]["columns"] if c["source_name"] and c["type"] != "string"]

    def test_ten_files(self):
        self.assertEqual(len(self.truth), 10)

    def test_rows(self):
        for name, truth in self.truth.items():
            self.assertEqual(self.info[str(real.DATA / name)]["rows"], truth["rows"], name)
            self.assertEqual(len(self.rows[name]["test_time_second"]), truth["rows"], name)

    def test_start(self):
        for name, truth in self.truth.items():
            metadata = self.info[str(real.DATA / name)]["metadata"]
            self.assertEqual(metadata["start_time"][:10], truth["startdate"], name)
            self.assertEqual(metadata["time_zone"], "unknown", name)

    def test_flags(self):
        for name, truth in self.truth.items():
            for row in truth["rows_sample"] if "flags" in truth["columns"] else ():
                for column in self.columns(name):
                    mask = FLAGS.get(column["source_name"])
                    if mask:
                        stored = int(row[1 + truth["columns"].index("flags")]) & mask
                        self.assertEqual(self.rows[name][column["name"]][row[0]], stored // (mask & -mask), name)

    def compare(self, name, truth, column):
        """How many sampled values differ from the stored ones over their unit, and how many are missing on purpose."""
        over = SMALLER.get((column["source_unit"], column["unit"]), 1) * (-1 if column["source_name"][0] == "-" else 1)
        at = 1 + truth["columns"].index(called(column))
        frequency = 1 + truth["columns"].index("freq/Hz") if "freq/Hz" in truth["columns"] else 0
        differ = 0
        for row in truth["rows_sample"]:
            ours, stored = self.rows[name][column["name"]][row[0]], row[at] / over
            blank = frequency and row[frequency] == 0 and row[at] == 0 and math.isnan(ours)
            differ += not blank and ours != stored
        return differ

    def test_sampled_values_are_the_stored_ones(self):
        compared = 0
        for name, truth in self.truth.items():
            for column in self.columns(name):
                made = column["name"] in ("step_capacity_ah", "cycle_count") and called(column) != "cycle number"
                mixed = name.endswith("biol.mpr") and column["name"] == "current_ampere"
                if column["source_name"] in FLAGS or column["source_name"] == "control" or made or mixed:
                    continue
                self.assertEqual(self.compare(name, truth, column), 0, (name, column["name"]))
                compared += 1
        self.assertGreater(compared, 100)

    def test_every_stored_column_is_there(self):
        for name, truth in self.truth.items():
            ours = {called(column) for column in self.columns(name)}
            control = {"control/V/mA"} if {"control/V", "control/mA"} <= ours else set()
            self.assertEqual(set(truth["columns"]) - ours - {"flags"} - control, set(), name)

    def test_charge_of_half_cycles(self):
        for name, truth in self.truth.items():
            if "half cycle" not in truth["columns"]:
                continue
            charge = dict(zip(self.rows[name]["half_cycle_vendor"], self.rows[name]["q_charge_discharge_ah"]))
            last = {k: q for k, q in truth["per_half_cycle"]}
            for half, q_mAh in last.items():
                self.assertAlmostEqual(charge[half] * 1000, q_mAh, delta=1e-12, msg=name)

    def test_cycles_have_the_instruments_charge(self):
        for part in ("jdb11", "biol.mpr"):
            name = next(name for name in self.truth if part in name)
            file = real.document("cycles", "--half", real.DATA / name)[str(real.DATA / name)]
            sign = {"charge": 1, "discharge": -1}
            ours = [half["capacity_ah"] * sign[half["direction"]] for half in file["half_cycles"]]
            theirs = [q_mAh / 1000 for _, q_mAh in self.truth[name]["per_half_cycle"]]
            self.assertEqual(len(ours), len(theirs))
            for a, b in zip(ours, theirs):
                self.assertAlmostEqual(a, b, delta=1e-12)

    def test_derived_current_is_that_of_the_power(self):
        """P/Ewe, which the instrument keeps beside dq, is the current of a galvanostatic row; float32 both."""
        name = next(name for name in self.truth if "jdb11" in name)
        rows = self.rows[name]
        for ampere, watt, volt in zip(rows["current_ampere"], rows["power_watt"], rows["voltage_volt"]):
            self.assertAlmostEqual(ampere, watt / volt, delta=2e-6 * abs(ampere) + 1e-12)
        said = [f["message"] for f in self.info[str(real.DATA / name)]["findings"] if f["column"] == "current_ampere"]
        self.assertIn("the file holds no current", said[0])

    def test_rests_have_no_half_cycle(self):
        """An OCV, and a test that was stopped at rest: they store no current, for none flows."""
        for name in ("cycler/biologic/test_C01.mpr", "cycler/biologic/MB-0.mpr"):
            self.assertEqual(set(self.rows[name]["current_ampere"]), {0}, name)
            said = [f for f in self.info[str(real.DATA / name)]["findings"] if f["column"] == "current_ampere"]
            self.assertIn("no current flows at rest", said[0]["message"])
            file = real.document("cycles", "--half", real.DATA / name)[str(real.DATA / name)]
            self.assertEqual(file["half_cycles"], [], name)

    def test_current_within_spectra_of_a_mixed_file(self):
        name = "cycler/biologic/biol.mpr"
        rows = self.rows[name]
        sampled = [i for i, f in enumerate(rows["frequency_hertz"]) if not math.isnan(f)]
        differ = [i for i, (a, b) in enumerate(zip(rows["current_ampere"], rows["i_ampere"])) if a != b]
        said = [f for f in self.info[str(real.DATA / name)]["findings"] if f["column"] == "current_ampere"]
        self.assertEqual(said[0]["count"], len(sampled))
        self.assertIn("alternating", said[0]["message"])
        self.assertLessEqual(set(differ), set(sampled))
        self.assertEqual({rows["current_ampere"][i] for i in sampled}, {0.0})  # its counter stands still there
        self.assertEqual(max(n for n in rows["spectrum_count"] if not math.isnan(n)), 5)
        for i in sampled:
            self.assertEqual(rows["spectrum_count"][i], rows["z_cycle"][i] + 1)

    def test_spectra(self):
        for name, n in SPECTRA.items():
            path = next(path for path in self.truth if path.endswith(name))
            self.assertEqual(self.info[str(real.DATA / path)]["content"], "spectra")
            self.assertEqual(sorted(set(self.rows[path]["spectrum_count"])), [k + 1 for k in range(n)])
            if "cycle number" in self.truth[path]["columns"] and n > 1:
                self.assertEqual(self.rows[path]["spectrum_count"], self.rows[path]["cycle_count"])


if __name__ == "__main__":
    unittest.main()
