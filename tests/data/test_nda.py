# SPDX-License-Identifier: MIT
"""Neware .nda files against Neware's own export of them: rows, steps, voltage, current, capacity and clocks of each
sampled row and of each step's end after rounding to the digits of the export, sums within half a digit per row,
capacities per cycle.

The export holds single-precision numbers. Its digits differ with the range; those of 2-1-6_61_07005012 are six
significant ones in mA and mAh. Its total time has seven significant digits, and where the file counts microseconds it prints those
below a millisecond two places too far behind (0.463075 s as 0.46300075).
"""
import csv
import functools
import json
import pathlib
import tempfile
import unittest

import real

FOLDER = real.DATA / "cycler" / "neware"
TRUTH = real.DATA / "cycler" / "truth"
# digits of voltage (mV), current (uA), capacity (mAs); the export's clock less ours (s): it shows its machine's time
FILES = {
    "2-1-6_61_07005012": (0.01, 10, 3.6, 7200),
    "SIM": (0.1, 100, 1, 0),
    "SINTEF__G20M7_BTS91": (0.1, 0.1, 0.36, 3600),
    "nda8": (0.1, 1, 0.1, 3600),
    "nda_v22": (0.1, 10, 1, 3600),
    "nda_v26": (0.1, 100, 1, 0),
    "nda_v8": (0.1, 1, 0.1, 3600),
    "new_nda_file": (0.1, 0.1, 0.1, 0),
}
# What is on purpose not as the export has it, and what else a file's output must say.
FINDINGS = {
    "SIM": {"cycle-count-differs", "placeholder-metadata"},
    "SINTEF__G20M7_BTS91": {"capacity-resets-in-step"},
    "nda8": {"row-incomplete", "declared-rows-missing"},
    "nda_v22": {"placeholder-metadata"},
    "nda_v26": {"cycle-count-differs"},
    "new_nda_file": {"placeholder-metadata", "cycle-count-differs"},
}
END = ("step_count", "cycle", "step", "type", "rows", "time", "total", "first_voltage", "voltage", "current",
       "capacity", "energy")
ROW = ("row", "total", "voltage", "current", "capacity", "energy", "date", "cycle", "step", "step_count")


@functools.cache
def truth(name):
    return json.loads((TRUTH / f"neware_btsda__{name}.json").read_text())


@functools.cache
def converted(name):
    """Columns as numbers (step types as words) by name, and what the output says about the file."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "rows.csv"
        code, _, err = real.run("convert", "--quiet", FOLDER / f"{name}.nda.zip", "-o", out)
        if code:
            raise AssertionError(err)
        with open(out, newline="") as file:
            table = csv.reader(file)
            head = next(table)
            columns = list(zip(*table))
        meta = json.loads(pathlib.Path(f"{out}.meta.json").read_text())
    columns = {label: column if label == "step_type" else [float(x or "nan") for x in column]
               for label, column in zip(head, columns)}
    columns.setdefault("cycle_count", [1] * len(columns["voltage_volt"]))  # BTS 9.0 writes none
    return columns, meta["files"][0]


def capacity_mAs(columns, row):
    """The export's capacity: of the step, without a sign; of steps in both directions the difference."""
    if "step_capacity_ah" in columns:
        return columns["step_capacity_ah"][row] * 3.6e6
    return abs(columns["charging_capacity_ah"][row] - columns["discharging_capacity_ah"][row]) * 3.6e6


def step_ends(columns):
    """First and last row of each step."""
    counts = columns["step_count"]
    firsts = [0] + [row for row in range(1, len(counts)) if counts[row] != counts[row - 1]]
    return list(zip(firsts, [first - 1 for first in firsts[1:]] + [len(counts) - 1]))


@real.needs_data
@real.needs("libzip")
class Truth(unittest.TestCase):
    def near(self, ours, theirs, digit, what):
        room = digit / 2 * (1 + 1e-6) + abs(theirs) * 2 ** -23  # half a digit, and of a single
        self.assertLessEqual(abs(ours - theirs), room, f"{what}: {ours!r}, the export has {theirs!r}")

    def near_time(self, ours, theirs, what):
        self.near(ours, theirs, max(2e-3, abs(theirs) * 1e-6), what)

    def each(self):
        for name, digits in FILES.items():
            yield name, truth(name), converted(name)[0], digits

    def test_rows_and_sums(self):
        for name, true, columns, (mV, uA, _, _) in self.each():
            rows = true["rows"]
            self.assertEqual(len(columns["voltage_volt"]), rows)
            self.assertEqual(columns["record_number"], [float(row) for row in range(1, rows + 1)])
            self.assertLessEqual(abs(sum(columns["voltage_volt"]) * 1e3 - true["sum_voltage_mV"]), rows * mV / 2)
            self.assertLessEqual(abs(sum(columns["current_ampere"]) * 1e6 - true["sum_current_uA"]), rows * uA / 2)

    def test_sampled_rows(self):
        for name, true, columns, (mV, uA, mAs, shift) in self.each():
            for sample in true["rows_sample"]:
                right = dict(zip(ROW, sample))
                row = int(right["row"])
                where = f"{name} row {row + 1}"
                self.near(columns["voltage_volt"][row] * 1e3, right["voltage"], mV, where)
                self.near(columns["current_ampere"][row] * 1e6, right["current"], uA, where)
                self.near(capacity_mAs(columns, row), abs(right["capacity"]), mAs, where)
                self.near_time(columns["test_time_second"][row], right["total"], where)
                self.near(columns["unix_time_second"][row] + shift, right["date"] / 1e3, 2e-3, where)
                self.assertEqual([columns[label][row] for label in ("cycle_count", "step_id", "step_count")],
                                 [right[label] for label in ("cycle", "step", "step_count")], where)

    def test_step_ends(self):
        for name, true, columns, (mV, uA, mAs, _) in self.each():
            ends = step_ends(columns)
            self.assertEqual(len(ends), true["steps"])
            for values in true["step_ends"]:
                right = dict(zip(END, values))
                first, last = ends[right["step_count"] - 1]
                where = f"{name} step {right['step_count']}"
                self.assertEqual((columns["cycle_count"][last], columns["step_id"][last], last - first + 1),
                                 (right["cycle"], right["step"], right["rows"]), where)
                self.assertEqual(columns["step_type"][last].replace("_", " "),
                                 right["type"].replace("_", " ").removesuffix(" Step"))
                self.near(columns["voltage_volt"][first] * 1e3, right["first_voltage"], mV, where)
                self.near(columns["voltage_volt"][last] * 1e3, right["voltage"], mV, where)
                self.near(columns["current_ampere"][last] * 1e6, right["current"], uA, where)
                self.near(capacity_mAs(columns, last), abs(right["capacity"]), mAs, where)
                self.near_time(columns["step_time_second"][last], right["time"], where)
                self.near_time(columns["test_time_second"][last], right["total"], where)

    def test_cycles(self):
        """Capacities per cycle of the vendor's count, from the steps' ends, as the export's were made."""
        for name, true, columns, (_, _, mAs, _) in self.each():
            self.assertEqual(len(set(columns["cycle_count"])), true["cycles_vendor"])
            sums, steps = {}, {}
            for _, last in step_ends(columns):
                way = columns["step_type"][last].partition("_")[2]
                key = columns["cycle_count"][last], way
                if way:
                    sums[key] = sums.get(key, 0) + capacity_mAs(columns, last)
                    steps[key] = steps.get(key, 0) + 1
            for cycle, charge, discharge in true["per_cycle"]:
                for way, right in (("Chg", charge), ("DChg", discharge)):
                    if right is None:
                        self.assertNotIn((cycle, way), sums)
                    else:
                        self.near(sums[cycle, way] / 3600, right, mAs / 3600 * steps[cycle, way],
                                  f"{name} cycle {cycle} {way}")

    def test_says_why(self):
        told = real.document("info", *(FOLDER / f"{name}.nda.zip" for name in FILES))
        for name in FILES:
            found = {f["code"]: f for f in told[str(FOLDER / f"{name}.nda.zip")]["findings"]}
            self.assertLessEqual(FINDINGS.get(name, set()), set(found), name)
            worse = {code for code, f in found.items() if f["severity"] != "note"}
            self.assertLessEqual(worse, FINDINGS.get(name, set()), name)
        reset = {f["code"]: f for f in converted("SINTEF__G20M7_BTS91")[1]["findings"]}["capacity-resets-in-step"]
        self.assertEqual(reset["row_first"], 9104)
        self.near(reset["expected"], 3.855172, 1e-6, "the capacity that the current makes")
        cut = {f["code"]: f for f in converted("nda8")[1]["findings"]}["row-incomplete"]
        self.assertEqual(cut["count"], 1)

    def test_info(self):
        files = real.document("info", *(FOLDER / f"{name}.nda.zip" for name in FILES))
        for path, file in files.items():
            name = pathlib.Path(path).name.removesuffix(".nda.zip")
            local = name in ("SIM", "nda_v26", "new_nda_file")
            self.assertEqual((file["format"], file["rows"]), ("nda", truth(name)["rows"]))
            self.assertEqual(file["time_zone"], "unknown" if local else "UTC", name)
        self.assertEqual(files[str(FOLDER / "SIM.nda.zip")]["cycle_count_vendor"], 100)
        self.assertEqual(files[str(FOLDER / "nda_v26.nda.zip")]["cycle_count_vendor"], 8992)


if __name__ == "__main__":
    unittest.main()
