# SPDX-License-Identifier: MIT
"""Arbin .res files: every value bit for bit as it lies in the file, the export of another program, cycles, damage."""
import csv
import pathlib
import shutil
import struct
import subprocess
import tempfile
import unittest

import real

FOLDER = real.DATA / "cycler" / "arbin"
TRUTH = real.DATA / "cycler" / "truth"
HALF_CELL, FULL_CELL, EXAMPLE = ("20160805_test001_45_cc_01.res", "20210210_FC_01_cc_02.res", "arbin_example.res")
PAGE = 4096
# In a row, behind its two first bytes: the same columns at the same places in all three files.
ROW = struct.Struct("<2xiidddhhBffddddffff")
NAMES = ["test_id", "record_number", "test_time_second", "step_time_second", "unix_time_second", "step_id", "cycle_count",
         "is_fc_data", "current_ampere", "voltage_volt", "charging_capacity_ah", "discharging_capacity_ah",
         "charging_energy_wh", "discharging_energy_wh", "dv_dt_volt_per_second", "internal_resistance_ohm",
         "ac_impedance_ohm", "aci_phase_angle_degree"]
SINGLES = {name for name, letter in zip(NAMES, "iidddhhBffddddffff") if letter == "f"}
CLOCK = NAMES.index("unix_time_second")


def plain_rows(path):
    """Rows of the one table that has many pages, sorted: pages that bear its mark, rows that are not deleted."""
    data = path.read_bytes()
    pages = [data[at:at + PAGE] for at in range(0, len(data), PAGE)]
    owners = [page[4:8] for page in pages if page[0] == 1 and page[4:8] != b"LVAL"]
    mark = max(set(owners), key=owners.count)
    rows = []
    for page in pages:
        if page[0] != 1 or page[4:8] != mark:
            continue
        n, = struct.unpack_from("<H", page, 12)
        starts = struct.unpack_from(f"<{n}H", page, 14)
        rows += [ROW.unpack_from(page, start) for start in starts if start < 0x2000]
    return sorted(rows)


def single(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


@unittest.skipUnless(FOLDER.is_dir(), "no real files")
class Res(unittest.TestCase):
    def table(self, name):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "out.csv"
            status, _, err = real.run("convert", FOLDER / name, "-o", out)
            self.assertEqual(status, 0, err)
            with open(out, encoding="utf-8", newline="") as stream:
                return list(csv.DictReader(stream))

    def cycles(self, name, *options):
        return real.document("cycles", *options, FOLDER / name)[str(FOLDER / name)]

    def test_every_value_bit_for_bit(self):
        for name in (HALF_CELL, FULL_CELL, EXAMPLE):
            rows, plain = self.table(name), plain_rows(FOLDER / name)
            self.assertEqual(len(rows), len(plain))
            self.assertEqual([float(row["record_number"]) for row in rows], list(range(1, len(rows) + 1)))
            for k, column in enumerate(NAMES):
                if column in ("test_id", "unix_time_second"):
                    continue
                ours = [float(row[column]) for row in rows]
                self.assertTrue(ours == [row[k] for row in plain], (name, column))
            clock = [float(row["unix_time_second"]) for row in rows]
            self.assertTrue(all(t == int(t) for t in clock))  # the files' clocks tick seconds
            self.assertLess(max(abs(t - (row[CLOCK] - 25569) * 86400) for t, row in zip(clock, plain)), 5e-6)

    def test_sampled_rows_of_the_export(self):
        for name in (HALF_CELL, FULL_CELL, EXAMPLE):
            truth, rows = real.json.loads((TRUTH / f"res__{name}.json").read_text()), self.table(name)
            self.assertEqual(len(rows), truth["rows"])
            self.assertEqual(len(truth["columns"]), len(NAMES))
            for index, *values in truth["rows_sample"]:
                for column, value in zip(NAMES, values):
                    if column in SINGLES:  # printed with 8 digits
                        self.assertEqual(f"{float(rows[index][column]):.8g}", f"{value:.8g}")
                    elif column not in ("test_id", "unix_time_second"):
                        self.assertAlmostEqual(float(rows[index][column]), value, delta=abs(value) * 1e-14 + 6e-16)

    def test_cycles_of_the_export(self):
        for name, left_out in ((HALF_CELL, 0), (FULL_CELL, 0), (EXAMPLE, 1)):  # the last has two rows and no current
            truth = real.json.loads((TRUTH / f"res__{name}.json").read_text())["per_cycle"]
            found = self.cycles(name)["cycles"]
            self.assertEqual(len(found), len(truth) - left_out)
            for cycle, (count, charged, discharged, _) in zip(found, truth):
                self.assertEqual(cycle["cycle_count_vendor"], count)
                self.assertAlmostEqual(cycle.get("charging_capacity_ah") or 0, charged, delta=1e-14)
                self.assertAlmostEqual(cycle["discharging_capacity_ah"], discharged, delta=1e-14)

    def test_half_cell_that_starts_with_discharge(self):
        for options in ((), ("--kind", "half-cell")):
            file = self.cycles(HALF_CELL, *options)
            self.assertEqual((file["kind"], file["formula"], file["charge_source"]),
                             ("half-cell", "charged/discharged", "counter"))
            self.assertEqual(len(file["cycles"]), 18)
            self.assertEqual([cycle["complete"] for cycle in file["cycles"]], 17 * [1] + [0])
            efficiency = [cycle["coulombic_efficiency"] for cycle in file["cycles"]]
            self.assertEqual([round(e, 3) for e in efficiency[:4]], [0.926, 1.084, 1.092, 1.039])
            for cycle, e in zip(file["cycles"][:17], efficiency):
                self.assertAlmostEqual(e, cycle["charging_capacity_ah"] / cycle["discharging_capacity_ah"], delta=1e-12)

    def test_what_the_file_says_of_itself(self):
        file = real.document("info", "--deep", FOLDER / HALF_CELL)[str(FOLDER / HALF_CELL)]
        self.assertEqual((file["format"], file["rows"], file["time_zone"]), ("res", 10261, "unknown"))
        self.assertEqual(file["findings"], [])
        said = file["metadata"]
        self.assertEqual((said["mass_gram"], said["specific_capacity_ah_per_gram"], said["channel"], said["creator"]),
                         ("0.000852838", "3.579", "3", "hfa"))
        self.assertEqual((said["start_time"], said["file_version"]), ("2016-08-05 16:16:23", "Results File 5.26"))
        rows = {part["part"]: part["rows"] for part in file["parts"]}
        found = [rows[name] for name in ("Channel_Normal_Table", "Channel_Statistic_Table", "Event_Table")]
        self.assertEqual(found, [10261, 17, 2])
        statistic = [row for row in self.table(HALF_CELL) if row["vmax_on_cycle_volt"]]
        self.assertEqual(len(statistic), 17)
        self.assertEqual(statistic[0]["record_number"], "1457")
        self.assertEqual(single(3.1173236), float(statistic[0]["vmax_on_cycle_volt"]))

    def test_many_at_once(self):
        with tempfile.TemporaryDirectory() as folder:
            paths = [pathlib.Path(folder) / f"{i}_{name}" for i in range(8) for name in (HALF_CELL, FULL_CELL, EXAMPLE)]
            for path in paths:
                shutil.copy(FOLDER / path.name[2:], path)
            together = real.document("cycles", *paths)
            for path in paths:
                self.assertEqual(together[str(path)]["cycles"], self.cycles(path.name[2:])["cycles"])
            command = [real.COMMAND, "cycles", "--quiet"]
            calls = [subprocess.Popen([*command, path], stdout=subprocess.PIPE) for path in paths]
            answers = [call.communicate()[0] for call in calls]
            for i, path in enumerate(paths):
                self.assertEqual(answers[i], answers[i % 3])
                self.assertEqual(answers[i].count(b"\n"), 1 + len(together[str(path)]["cycles"]))

    def test_cut_files_say_so(self):
        data, whole = (FOLDER / FULL_CELL).read_bytes(), 26989
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "cut.res"
            for percent in range(5, 100, 10):
                path.write_bytes(data[:len(data) * percent // 100])
                file = real.document("info", path)[str(path)]
                if file["status"] == "failed":
                    self.assertGreaterEqual(file["error"]["byte"], 0)
                    continue
                missing = [f for f in file["findings"] if f["code"] == "declared-rows-missing"]
                counts = [f["count"] for f in missing if "Channel_Normal" in f["message"]]
                self.assertEqual(counts, [whole - file["rows"]])
                self.assertIn("behind the end of the file, first page", missing[0]["message"])


if __name__ == "__main__":
    unittest.main()
