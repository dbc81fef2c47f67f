# SPDX-License-Identifier: MIT
"""What the audit says of each real text file: every defect that is known to be in them, with rows and factor counted here
again, and nothing else."""
import statistics
import unittest

import real
from plain_cycles import FILES, seconds
from test_formats import BDF, CALCE, MACCOR, NEWARE, RECORDS, REFUSED, data_lines

PRIME, BAD = "cycler/other/custom_data_001.csv", "cycler/bad/custom_"
G20M7 = BDF + "G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv"
TIME_BUG = BDF + "SLPBA842124HV__2024-10-23__Rate_25degC__Neware__Time_Bug.bdf.csv"
DLR = "cycler/bdf/DLR__LiLNMOHydra0b__20221125__POCV__25degC__Basytec.bdf.csv"
P492 = "cycler/archive/p492-13-raw.csv"
CURRENT, VOLTAGE, TIME, CYCLE = "current_ampere", "voltage_volt", "test_time_second", "cycle_count"

# Beyond the lines without end and the equal times and rows, which are counted below for every file.
EXPECTED = {
    DLR: {("error", "time-unit", TIME): dict(factor=3600, row_first=1, row_last=17860)},
    G20M7: {
        ("error", "cycle-count-not-integer", CYCLE): dict(count=17587, observed=6.283185307179586),
        ("error", "capacity-resets-in-step", "discharging_capacity_ah"): dict(count=2, row_first=9104, row_last=9115),
    },
    TIME_BUG: {
        ("error", "time-backwards", TIME): dict(count=19, row_first=723),
        ("warning", "cycle-count-constant", CYCLE): dict(count=13086, observed=1, expected=5),
    },
    "cycler/bdf/arbin_example.bdf.csv": {
        ("error", "columns-disagree", CURRENT): dict(factor=1000, count=1381),
        ("error", "columns-disagree", "charging_capacity_ah"): dict(factor=1000),
        ("error", "columns-disagree", "discharging_capacity_ah"): dict(factor=1000),
        ("note", "columns-disagree", CYCLE): dict(row_first=1),  # one counts from 0, the other from 1
        ("note", "unit-assumed", None): {},
    },
    MACCOR + "maccor_three.txt": {("error", "voltage-unit", VOLTAGE): dict(factor=1000, count=4009)},
    "cycler/arbin/CS2_33_10_04_10.csv": {("note", "capacity-accumulates", "charging_capacity_ah"): dict(count=10759)},
    "cycler/other/batmo_bdf.csv": {("error", "current-sign", CURRENT): dict(factor=-1, count=8118 + 7980),
                                   ("note", "cycle-count-differs", CYCLE): dict(observed=109, expected=110)},
    P492: {
        ("error", "sentinel", VOLTAGE): dict(count=78, row_first=1263, row_last=1340, observed=-3.7865),
        ("error", "time-unit", TIME): dict(factor=60, row_first=1263, row_last=1340),
        ("note", "wall-clock-jump", "unix_time_second"): dict(row_first=951),
        ("note", "cycle-count-differs", CYCLE): {},  # its cycle 7 is the spectra; 9 has no current
    },
    MACCOR + "PredictionDiagnostics_000109_tztest.010":
        {("note", "daylight-saving", "unix_time_second"): dict(row_first=352, row_last=352),
         ("note", "cycle-count-differs", CYCLE): dict(observed=4, expected=5)},
    PRIME: {("warning", "resolution-coarse", CURRENT): dict(count=2442), ("note", "unit-assumed", None): {},
            ("note", "unit-assumed", TIME): {}},
    BAD + "good_small.csv":
        {("warning", "resolution-coarse", CURRENT): dict(count=60), ("note", "unit-assumed", None): {}},
    BAD + "truncated.csv": {
        ("warning", "resolution-coarse", CURRENT): {}, ("note", "unit-assumed", None): {},
        ("warning", "row-incomplete", None): dict(count=1, row_first=60, observed=5, expected=10),
    },
    BAD + "missing_cycle.csv": {
        ("warning", "resolution-coarse", CURRENT): {}, ("note", "unit-assumed", None): {},
        ("warning", "rows-missing", CYCLE): dict(count=1, row_first=21, row_last=21),
    },
    MACCOR + "maccor_002.txt": {("note", "unit-assumed", None): {}, ("note", "unit-assumed", TIME): dict(expected=1)},
    # Notes that formats.md 3.3 does not list, each true of its file: labels without units, two decimals of mA, a vendor
    # count that holds two pairs in one cycle, defaults for mass and area.
    "cycler/arbin/arbin_example.csv": {("note", "unit-assumed", None): {}, ("note", "unit-assumed", TIME): {}},
    "cycler/basytec/sample_data_basytec.txt": {("note", "unit-assumed", None): {}},
    MACCOR + "sample_data_maccor.csv": {("note", "unit-assumed", None): {}, ("note", "sign-assumed", CURRENT): {}},
    BDF + "LiGrR2032__2024-04-30__25degC__Landt.bdf.csv": {("note", "resolution-coarse", CURRENT): dict(observed=2e-4)},
    "cycler/landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv":
        {("note", "resolution-coarse", CURRENT): dict(observed=2e-4)},
    NEWARE + "neware_uio.csv": {("note", "cycle-count-differs", CYCLE): dict(observed=4, expected=5)},
    "cycler/novonix/sample_data_novonix.csv": {("note", "placeholder-metadata", None): {}},
    "cycler/novonix/test_Nova_Form-CH01-01_short.csv": {("note", "placeholder-metadata", None): {}},
    # A warning outside that list: someone shortened this file's table from the 5,258 rows it declares to 10.
    "cycler/gamry/chronoa_data.dta": {("warning", "declared-rows-missing", None): dict(expected=5258, observed=10)},
    # And in this one four rows were edited by hand, with blanks where tabs belong: which value is which nobody can tell.
    "cycler/gamry/eispot_data.dta": {("warning", "row-incomplete", None): dict(count=4)},
    "cycler/gamry/ocvcurve_data.dta": {("note", "table-left-out", None): dict(count=40, line_first=28)},
}
CLEAN = [
    "cycler/arbin/CS2_33_10_04_10.csv", "cycler/arbin/arbin_example.csv", "cycler/arbin/sample_data_arbin.csv",
    CALCE + "timeseries.csv", "cycler/basytec/sample_data_basytec.txt", "cycler/bdf/sample.bdf.csv",
    BDF + "LiGrR2032__2024-04-30__25degC__Landt.bdf.csv",
    "cycler/landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv",
    "cycler/biologic/Sample_data_biologic_01_MB_CA1.txt", "cycler/biologic/biologic_cycling.mpt",
    "cycler/biologic/Sample_data_biologic_no_header.mpt", MACCOR + "maccor_example.001",
    MACCOR + "PredictionDiagnostics_000109_tztest.010", MACCOR + "maccor_002.txt", MACCOR + "sample_data_maccor.csv",
    NEWARE + "neware_uio.csv", NEWARE + "nw_regular_export_ife_example.csv", "cycler/novonix/sample_data_novonix.csv",
    "cycler/novonix/test_Nova_Form-CH01-01_short.csv", "cycler/other/pec.csv",
    "lithium-metal/symmetric/Data_Figure_4bc_xemp.csv",
    "lithium-metal/soft-short-teg-dme/jr862_11_08_23_insitu-impedance-LiLi_1MLiTFSI_TEGDME-1mA_03_GCPL_C05.txt",
]


def column(name, label):
    labels, rows = data_lines(name, *RECORDS[name][1:3])
    k = [text.strip() for text in labels].index(label)
    return [row[k].strip() for row in rows]


def numbers(name, label):
    return [seconds(text) for text in column(name, label)]


def found(name, code, of_column=None):
    return next(f for f in real.findings(real.info()[name]) if f["code"] == code and of_column in (None, f["column"]))


def counted(name):
    """What every file is counted for: a last line without end, equal times of neighbours, equal neighbours."""
    facts = {}
    if name == REFUSED:
        return facts
    if name in RECORDS:
        times = numbers(name, RECORDS[name][3]) if "truncated" not in name else []
        equal = sum(a == b for a, b in zip(times, times[1:]))
        rows = data_lines(name, *RECORDS[name][1:3])[1]
        twins = sum(a == b for a, b in zip(rows, rows[1:]))
        if equal:
            facts["note", "time-equal", TIME] = dict(count=equal)
        if twins:
            facts["note", "rows-duplicated", None] = dict(count=twins)
    if not (real.DATA / name).read_bytes().endswith(b"\n") and "truncated" not in name:
        facts["note", "no-final-newline", None] = {}
    return facts


@real.needs_data
class Findings(unittest.TestCase):
    def test_all_and_nothing_else(self):
        for name, file in real.info().items():
            with self.subTest(name):
                wanted = EXPECTED.get(name, {}) | counted(name)
                said = {(f["severity"], f["code"], f["column"]): f for f in real.findings(file)}
                self.assertEqual(len(said), len(real.findings(file)), "one finding twice")
                self.assertEqual(sorted(map(str, said)), sorted(map(str, wanted)))
                for key, values in wanted.items():
                    for part, value in values.items():
                        self.assertAlmostEqual(said[key][part], value, 9, f"{key} {part}")

    def test_clean_files_have_notes_only(self):
        for name in CLEAN:
            with self.subTest(name):
                self.assertEqual(real.findings(real.info()[name], worse_than_note=True), [])

    def test_in_words(self):
        """Each is one line of plain words on the terminal, with the file and its line."""
        _, _, err = real.run("cycles", TIME_BUG)
        self.assertIn(f"premortem cycles: {TIME_BUG}:724: error: 19 single rows", err)
        for file in real.info().values():
            for finding in real.findings(file):
                self.assertNotIn("\n", finding["message"])
                self.assertTrue(finding["hint"] or finding["severity"] == "note", finding)


@real.needs_data
class Evidence(unittest.TestCase):
    """The numbers of the findings, from the files."""

    def test_time_unit(self):
        times = numbers(DLR, TIME)
        finding = found(DLR, "time-unit")
        self.assertAlmostEqual(finding["observed"], statistics.median(b - a for a, b in zip(times, times[1:])), delta=5)
        self.assertAlmostEqual(finding["expected"] * 3600, finding["observed"], 6)

    def test_capacity_lost_in_step(self):
        values, steps = numbers(G20M7, "discharging_capacity_ah"), column(G20M7, "step_count")
        falls = [k for k in range(1, len(values)) if values[k] < values[k - 1] and steps[k] == steps[k - 1]]
        self.assertEqual([k + 1 for k in falls], [9104, 9115])
        lost = sum(values[k - 1] for k in falls)
        finding = found(G20M7, "capacity-resets-in-step")
        self.assertAlmostEqual(finding["expected"] - finding["observed"], lost, 9)
        self.assertAlmostEqual(finding["observed"], max(values), 9)

    def test_single_rows_back(self):
        times = numbers(TIME_BUG, TIME)
        dips = [k + 1 for k in range(1, len(times) - 1) if times[k] < times[k - 1] < times[k + 1]]
        finding = found(TIME_BUG, "time-backwards")
        self.assertEqual((len(dips), dips[0], dips[-1]), (finding["count"], finding["row_first"], finding["row_last"]))

    def test_columns_disagree(self):
        name = "cycler/bdf/arbin_example.bdf.csv"
        for one, other, label in (("Current / A", "Current", CURRENT),
                                  ("Charging Capacity / Ah", "Capacity", "charging_capacity_ah"),
                                  ("Discharging Capacity / Ah", "Capacity", "discharging_capacity_ah")):
            pairs = [(a, b) for a, b in zip(numbers(name, one), numbers(name, other)) if a and b]
            self.assertTrue(all(abs(b / a / 1000 - 1) < 1e-9 for a, b in pairs))
            self.assertEqual(found(name, "columns-disagree", label)["count"], len(pairs))

    def test_sign(self):
        """The sum of the voltage's changes along the current: formats.md counts -108 V."""
        name = "cycler/other/batmo_bdf.csv"
        kinds, currents = column(name, "Step Type / 1"), numbers(name, "Current / A")
        wrong = sum({"charge": i < 0, "discharge": i > 0}.get(kind, False) for kind, i in zip(kinds, currents))
        self.assertEqual(found(name, "current-sign")["count"], wrong)
        self.assertIn("-107.6 V", found(name, "current-sign")["message"])

    def test_spectrum_in_the_records(self):
        labels, rows = data_lines(P492, "Cycle_Index,", ",")
        spectrum = [k + 1 for k, row in enumerate(rows) if row[labels.index("Frequency_Hz")] != "NaN"]
        self.assertEqual((spectrum[0], spectrum[-1], len(spectrum)), (1263, 1340, 78))
        times, days = numbers(P492, "Time_s"), numbers(P492, "Datenum_d")
        finding = found(P492, "time-unit")
        self.assertAlmostEqual(finding["observed"], times[1339] - times[1262], 6)
        self.assertAlmostEqual(finding["expected"], (days[1339] - days[1262]) * 86400, 3)
        jump = (days[950] - days[949]) * 86400 - (times[950] - times[949])
        self.assertAlmostEqual(found(P492, "wall-clock-jump")["observed"], jump, 3)

    def test_daylight_saving(self):
        name = MACCOR + "PredictionDiagnostics_000109_tztest.010"
        self.assertAlmostEqual(found(name, "daylight-saving")["observed"], -3599.8, 1)

    def test_minutes_by_the_wall_clock(self):
        finding = found(MACCOR + "maccor_002.txt", "unit-assumed", TIME)
        self.assertAlmostEqual(finding["observed"], 1, delta=1e-5)
        self.assertEqual(FILES[MACCOR + "maccor_002.txt"]["time"], 60)


if __name__ == "__main__":
    unittest.main()
