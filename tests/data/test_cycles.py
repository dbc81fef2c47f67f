# SPDX-License-Identifier: MIT
"""Capacities and efficiencies per cycle of the real files, against what the instruments counted and against plain sums."""
import csv
import io
import itertools
import math
import pathlib
import tempfile
import unittest

import real
from plain_cycles import FILES, answer
from test_findings import G20M7, P492, column, numbers
from test_formats import BDF, CALCE, MACCOR, NEWARE, RECORDS, SHORT, lines_of

CS2 = "cycler/arbin/CS2_33_10_04_10.csv"
UIO = NEWARE + "neware_uio.csv"
LAYERED = NEWARE + "nw_regular_export_ife_example.csv"
PEC = "cycler/other/pec.csv"
BIOLOGIC = "cycler/biologic/biologic_cycling.mpt"
BATMO = "cycler/other/batmo_bdf.csv"
LANDT = ["cycler/landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv",
         BDF + "LiGrR2032__2024-04-30__25degC__Landt.bdf.csv"]
SYMMETRIC = "lithium-metal/symmetric/Data_Figure_4bc_xemp.csv"
SOFT_SHORT = SHORT + "_03_GCPL_C05.txt"
PAIR = ("charging_capacity_ah", "discharging_capacity_ah")


def cycles(name, *options):
    return real.document("cycles", *options, name)[str(name)]


def halves(name, *options):
    return real.document("cycles", "--half", *options, name)[str(name)]["half_cycles"]


def runs(*labels):
    """(first, last) row indexes of the stretches in which all labels stay."""
    of = list(zip(*labels))
    out, first = [], 0
    for _, group in itertools.groupby(of):
        n = len(list(group))
        out.append((first, first + n - 1))
        first += n
    return out


class Case(unittest.TestCase):
    def near(self, value, right, relative=1e-9, what=None):
        if right is None or value is None:
            self.assertEqual(value, right, what)
        else:
            self.assertLessEqual(abs(value - right), relative * abs(right), f"{what}: {value!r}, not {right!r}")

    def pairs(self, file, wanted, relative=1e-9):
        """Charge and discharge of each cycle; None where a cycle has no such half."""
        self.assertEqual(file["status"], "ok")
        self.assertEqual(len(file["cycles"]), len(wanted))
        for number, (cycle, right) in enumerate(zip(file["cycles"], wanted)):
            for label, value in zip(PAIR, right):
                self.near(cycle.get(label), value, relative, f"line {number}: {label}")


@real.needs_data
class Integral(Case):
    """--integrate, against sums over the whole file with half-cycles found in hindsight."""

    def test_as_plain_sums(self):
        names = list(FILES)
        found = real.document("cycles", "--integrate", "--reconcile", *names)
        parts = real.document("cycles", "--half", "--integrate", "--reconcile", *names)
        for name in names:
            with self.subTest(name):
                right = answer(real.DATA / name, FILES[name])
                sides = {"charge": 1, "positive": 1, "discharge": -1, "negative": -1, "plating": 1, "stripping": -1}
                told = [(h["row_first"], h["row_last"], sides[h["direction"]]) for h in parts[name]["half_cycles"]]
                self.assertEqual(told, [(h["row_first"], h["row_last"], h["sign"]) for h in right["half_cycles"]])
                if "cycles" not in right:
                    continue
                self.pairs(found[name], [[c[label] for label in PAIR] for c in right["cycles"]])
                for cycle, wanted in zip(found[name]["cycles"], right["cycles"]):
                    self.assertEqual((cycle["cycle_count"], int(cycle["complete"])),
                                     (wanted["cycle_count"], wanted["complete"]))


@real.needs_data
class Counters(Case):
    """The charge by default: what the instrument counted, told in the file."""

    def test_source_is_named(self):
        self.assertEqual(cycles(UIO)["charge_source"], "counter")
        self.assertEqual(cycles(UIO, "--integrate")["charge_source"], "integral")

    def test_cs2(self):
        """Between what the column of its direction gained and the net of both columns, from one half-cycle's first row to the
        next one's: 36 flips of some uA, at most 0.26 uAh, are in them."""
        columns = {"charge": numbers(CS2, "Charge_Capacity(Ah)"), "discharge": numbers(CS2, "Discharge_Capacity(Ah)")}
        parts = halves(CS2)
        self.assertEqual(len(parts), 46)
        ends = [h["row_first"] - 2 for h in parts[1:]] + [10758]
        starts = [None] + ends
        for h, start, end in zip(parts, starts, ends):
            gain = {side: x[end] - (0 if start is None else x[start]) for side, x in columns.items()}
            own, other = gain.pop(h["direction"]), *gain.values()
            self.assertLess(other, 3e-7)
            self.assertLessEqual(own - other - 1e-9, h["capacity_ah"])
            self.assertLessEqual(h["capacity_ah"], own + 1e-9)
        file = cycles(CS2)
        last = {cycle: k for k, cycle in enumerate(column(CS2, "Cycle_Index"))}
        self.assertEqual([str(c["cycle_count"]) for c in file["cycles"]], list(last))
        ends = [-1, *last.values()]
        whole = [[x[b] - (x[a] if a >= 0 else 0) for x in columns.values()] for a, b in zip(ends, ends[1:])]
        self.pairs(file, whole, relative=3e-7)  # the flips
        self.pairs({**file, "cycles": file["cycles"][:2]}, [[1.074850, 1.084927], [1.085824, 1.086915]], 1e-6)
        self.near(file["cycles"][22]["discharging_capacity_ah"], 0.133027, 1e-5)
        self.assertEqual([c["complete"] for c in file["cycles"]], [1] * 22 + [0])

    def test_layered_neware(self):
        """The vendor's cycle lines, to the digits they print."""
        file = cycles(LAYERED)
        lines = [line.split(",") for line in lines_of(LAYERED) if line.split(",")[0].isdigit()]
        self.assertEqual(len(lines), 20)
        for cycle, line in zip(file["cycles"], lines, strict=True):
            self.assertEqual(f"{cycle['charging_capacity_ah']:.5f}", line[1])
            self.assertEqual(f"{cycle['discharging_capacity_ah']:.5f}", line[2])
            self.assertEqual(f"{100 * cycle['coulombic_efficiency']:.2f}", line[3])
            self.assertEqual(cycle["cycle_count_vendor"], int(line[0]))
            for label, text in (("charging_energy_wh", line[4]), ("discharging_energy_wh", line[5])):
                self.near(cycle[label], float(text), 1e-3, label)  # energy is charge times recorded voltage

    def test_flat_neware(self):
        """Ends of steps; the vendor's cycle 3 holds two pairs, so it counts 4."""
        kinds, charged, discharged = (column(UIO, x) for x in ("Step Type", "Chg. Cap.(Ah)", "DChg. Cap.(Ah)"))
        wanted, before = [], None
        for _, end in runs(column(UIO, "Step Index"), kinds):
            direction = {"DChg": 1, "Chg": 0}.get(kinds[end].split()[-1])
            if direction is None:
                continue
            if direction == 1 and before != 1:
                wanted.append([0.0, 0.0])
            wanted[-1][direction] += float((charged, discharged)[direction][end])
            before = direction
        self.assertEqual(len(wanted), 5)
        file = cycles(UIO)
        self.pairs(file, wanted)
        self.pairs({**file, "cycles": file["cycles"][:3]},
                   [[4.249e-3, 5.086e-3], [4.247e-3, 4.368e-3], [4.242e-3, 4.332e-3]], 2e-4)
        self.assertEqual([c["cycle_count_vendor"] for c in file["cycles"]], [1, 2, 3, 3, 4])
        self.assertEqual(file["kind"], "half-cell")

    def test_pec(self):
        count = column(PEC, "Cycle")
        most = {(k, label): max(v for v, c in zip(numbers(PEC, label), count) if c == k) / 1000
                for k in "012" for label in ("Charge Capacity (mAh)", "Discharge Capacity (mAh)")}
        charged, discharged = ([most[k, f"{d} Capacity (mAh)"] or None for k in "012"] for d in ("Charge", "Discharge"))
        file = cycles(PEC)
        self.pairs(file, list(zip(charged, discharged)))
        self.pairs(file, [[None, 11.636], [44.425, 44.352], [44.259, None]], 2e-4)
        self.assertEqual([(c["cycle_count"], c["complete"]) for c in file["cycles"]], [(0, 0), (1, 1), (2, 0)])

    def test_counter_that_restarts(self):
        """It starts anew with each step, and twice inside one."""
        wanted = []
        for label in ("charging_capacity_ah", "discharging_capacity_ah"):
            values = [*numbers(G20M7, label), 0.0]
            wanted.append(sum(a for a, b in zip(values, values[1:]) if b < a))
        file = cycles(G20M7)
        self.pairs(file, [wanted])
        self.pairs(file, [[3.8388, 3.8552]], 2e-5)

    def test_biologic(self):
        """The vendor's charge of each half-cycle. Integrated, each is 4 to 12.5 mAh more, 10 to 30 s of rest at 1.5 A: the
        file does not say how long a step has lasted in its first row."""
        last = {}
        values = numbers(BIOLOGIC, "Q charge/discharge/mA.h")
        for step, value in zip(column(BIOLOGIC, "half cycle"), values):
            last[step] = max(last.get(step, 0), abs(value) / 1000)
        d1, c1, d2, c2 = (last[k] for k in "0234")
        file = cycles(BIOLOGIC)
        self.pairs(file, [[None, d1], [c1, d2], [c2, None]])
        self.pairs(cycles(BIOLOGIC, "--integrate"), [[None, 2.5682], [4.3616, 4.3636], [0.9657, None]], 4e-5)

    def steps(self, name, counter, letters, factor):
        """Charge of each run of C and D rows: the counter goes on from constant current to constant voltage."""
        letter, values = column(name, letters), numbers(name, counter)
        kept = [k for k, text in enumerate(letter) if text in "CD"]
        return [(letter[kept[a]], max(values[k] for k in kept[a:b + 1]) * factor)
                for a, b in runs([letter[k] for k in kept])]

    def test_maccor(self):
        for name, counter, letter, factor, n in ((MACCOR + "maccor_three.txt", "mAmp-hr", "State", 1e-3, 15),
                                                 (MACCOR + "maccor_002.txt", "Cap. [Ah]", "Md", 1, 2)):
            with self.subTest(name):
                wanted = self.steps(name, counter, letter, factor)
                self.assertEqual([side for side, _ in wanted], ["C", "D"] * n)
                pairs = [[a, b] for (_, a), (_, b) in zip(wanted[::2], wanted[1::2])]
                self.pairs(cycles(name), pairs)
        self.near(cycles(MACCOR + "maccor_three.txt")["cycles"][0]["charging_capacity_ah"], 0.906, 1e-3)
        self.near(cycles(MACCOR + "maccor_three.txt")["cycles"][0]["discharging_capacity_ah"], 0.851, 1e-3)

    def test_thinned_file(self):
        """p492 lacks rows, more in a discharge in ten pulses than elsewhere: what its column of throughput moves by in rows
        with current is what its counters can tell. In the pulses they count back, and go on after a rest."""
        through, current = numbers(P492, "Charge_Throughput_Ah"), numbers(P492, "Current_A")
        for h in halves(P492):
            if h["row_last"] < 1263:  # the spectra upset the throughput
                rows = [k for k in range(h["row_first"] - 1, h["row_last"]) if current[k]]
                self.near(h["capacity_ah"], abs(sum(through[k] - through[k - 1] for k in rows)), 2e-2 if h["pulses"] else 1e-6)

    def test_reset_by_cycle(self):
        name = "cycler/arbin/arbin_example.csv"
        columns = [numbers(name, label) for label in ("Charge_Capacity", "Discharge_Capacity")]
        ends = runs(column(name, "Cycle_Index"))
        wanted = [[x[end] - (x[first] if number == 0 else 0) for x in columns] for number, (first, end) in enumerate(ends)]
        self.pairs(cycles(name), wanted, relative=2e-6)  # 2.5e-11 Ah flow back in between

    def test_one_way_files(self):
        for name, right in ((CALCE + "timeseries.csv", 0.059), ("cycler/novonix/sample_data_novonix.csv", 1.70652976),
                            ("cycler/novonix/test_Nova_Form-CH01-01_short.csv", 0.0294679161)):
            file = cycles(name)
            self.assertEqual(file["protocol"], "one-way")
            self.pairs(file, [[right, None]])

    def test_batmo(self):
        file = cycles(BATMO, "--reconcile")
        self.assertEqual(sum(c["cycle_count"] > 0 for c in file["cycles"]), 109)
        self.assertEqual(file["cycles"][-1]["cycle_count"], 109)


@real.needs_data
class HalfCycles(Case):
    def test_symmetric(self):
        file = cycles(SYMMETRIC)
        self.assertEqual((file["kind"], file["summary"]["half_cycles"], file["formula"]), ("li-li", 1992, "none"))
        signs = [(v > 0) - (v < 0) for v in (float(text) for text in column(SYMMETRIC, "ΔE (V)"))]
        turns = [a for a, _ in itertools.groupby(filter(None, signs))]
        parts = halves(SYMMETRIC)
        self.assertEqual(len(turns), len(parts))
        self.assertEqual([h["direction"] == "positive" for h in parts], [s > 0 for s in turns])
        self.assertNotIn("capacity_ah", parts[0])

    def test_soft_short(self):
        file = cycles(SOFT_SHORT)
        self.assertEqual((file["protocol"], file["summary"]["half_cycles"], file["summary"]["cycles"]), ("one-way", 1, 0))
        self.assertGreater(min(numbers(SOFT_SHORT, "Ewe/V")), 0)
        self.assertEqual(len(halves(SOFT_SHORT)), 1)


@real.needs_data
class Rewritten(Case):
    """CS2_33 with its capacity columns as other schedules would have written them."""

    def rewrite(self, boundaries, folder, name):
        lines = (real.DATA / CS2).read_text().splitlines()
        labels = lines[0].split(",")
        keys = [labels.index(label) for label in boundaries]
        fields = [labels.index(label) for label in ("Charge_Capacity(Ah)", "Discharge_Capacity(Ah)")]
        start, before, last = [0.0, 0.0], None, [0.0, 0.0]
        for number, line in enumerate(lines[1:], 1):
            row = line.split(",")
            here = [row[k] for k in keys]
            if here != before:
                start, before = last, here
            last = [float(row[k]) for k in fields]
            for k, value, zero in zip(fields, last, start):
                row[k] = repr(value - zero)
            lines[number] = ",".join(row)
        path = pathlib.Path(folder) / name
        path.write_text("\n".join(lines) + "\n")
        return path

    def test_same_capacities(self):
        right = [[c[label] for label in PAIR] for c in cycles(CS2)["cycles"]]
        self.assertEqual(real.info()[CS2]["capacity_counter"], "never")
        with tempfile.TemporaryDirectory() as folder:
            for counter, labels in (("cycle", ["Cycle_Index"]), ("step", ["Cycle_Index", "Step_Index"])):
                with self.subTest(counter):
                    path = self.rewrite(labels, folder, f"{counter}.csv")
                    self.pairs(cycles(path), right)
                    told = real.document("info", path)[str(path)]
                    self.assertEqual((told["capacity_counter"], told["half_cycles"]), (counter, 46))
                    self.assertEqual(real.findings(told), [])


# kind: (sign of the half a cycle begins with, formula); from DESIGN, "Sign and pairing by kind"
KINDS = {
    "li-cu": (-1, "stripped/plated"), "half-cell": (-1, "charged/discharged"), "li-ion": (1, "discharged/charged"),
    "li-cathode": (1, "discharged/charged"), "anode-free": (1, "discharged/charged"), "li-li": (0, "none"),
}


def half_charged_cell(path):
    """A full cell at half charge: discharged by 1 Ah, then three times charged by 2 Ah and discharged by 1.98 Ah."""
    rows, time, volt = ["Test Time / s,Voltage / V,Current / A", "0,3.5,0"], 0, 3.5
    for charge in (-1.0, 2.0, -1.98, 2.0, -1.98, 2.0, -1.98):
        for _ in range(60):
            time += 60
            volt += charge * 0.5 / 60
            rows.append(f"{time},{volt:.6f},{charge}")
        time += 600
        rows.append(f"{time},{volt:.6f},0")
    path.write_text("\n".join(rows) + "\n")
    return path


@real.needs_data
class Pairing(Case):
    """By kind of cell, from half-cycles that other cases have checked."""

    def check(self, name, kind):
        first, formula = KINDS[kind]
        file, parts = cycles(name, "--kind", kind), halves(name, "--kind", kind)
        signs = [1 if h["direction"] in ("charge", "positive", "stripping" if kind == "li-cu" else "plating") else -1
                 for h in parts]
        self.assertEqual((file["kind"], file["kind_source"], file["formula"]), (kind, "user", formula))
        unpaired = int(first not in (0, signs[0]))
        groups = ([parts[:1]] if unpaired else []) + [parts[k:k + 2] for k in range(unpaired, len(parts), 2)]
        self.assertEqual([c["cycle_count"] for c in file["cycles"]],
                         list(range(1 - unpaired, len(groups) + 1 - unpaired)))
        for number, (cycle, group) in enumerate(zip(file["cycles"], groups, strict=True)):
            side = {signs[parts.index(h)]: h["capacity_ah"] for h in group}
            self.near(cycle["charging_capacity_ah"], side.get(1))
            self.near(cycle["discharging_capacity_ah"], side.get(-1))
            if kind == "li-cu":
                self.near(cycle["plating_capacity_ah"], side.get(-1))
                self.near(cycle["stripping_capacity_ah"], side.get(1))
            complete = len(group) == 2 and bool(group[1]["complete"])
            self.assertEqual(bool(cycle["complete"]), complete, number)
            efficiency = group[1]["capacity_ah"] / group[0]["capacity_ah"] if complete and first else None
            self.near(cycle.get("coulombic_efficiency"), efficiency)

    def test_every_kind(self):
        with tempfile.TemporaryDirectory() as folder:
            made = half_charged_cell(pathlib.Path(folder) / "half-charged.csv")
            for name, kind in itertools.product([UIO, *LANDT, PEC, made], KINDS):
                with self.subTest(f"{name} as {kind}"):
                    self.check(name, kind)

    def test_half_charged_cell(self):
        with tempfile.TemporaryDirectory() as folder:
            path = half_charged_cell(pathlib.Path(folder) / "half-charged.csv")
            for kind in ("li-ion", "li-cathode", "anode-free"):
                file = cycles(path, "--kind", kind)
                self.pairs(file, [[None, 1.0]] + [[2.0, 1.98]] * 3)
                self.assertEqual([c["cycle_count"] for c in file["cycles"]], [0, 1, 2, 3])
                for cycle in file["cycles"][1:]:
                    self.near(cycle["coulombic_efficiency"], 0.99)
            self.near(cycles(path, "--kind", "half-cell")["cycles"][0]["coulombic_efficiency"], 2.0)

    def test_landt_pair(self):
        """The raw file and its conversion: one cell, the same cycles, discharge (lithiation of graphite) first."""
        raw, converted = (cycles(name) for name in LANDT)
        self.assertEqual((raw["kind"], raw["formula"]), ("half-cell", "charged/discharged"))
        self.pairs(converted, [[c[label] for label in PAIR] for c in raw["cycles"]])
        self.pairs(raw, [[0.0032, 0.0063], [None, 0.0013]])

    def test_log_conventions(self):
        code, out, err = real.run("cycles", "--quiet", "--log-ce", LAYERED)
        self.assertEqual(code, 0, err)
        rows = list(csv.DictReader(io.StringIO(out)))
        self.assertEqual(len(rows), 20)
        for row in rows:
            lost = 1 - float(row["coulombic_efficiency"])
            if lost > 0:
                self.near(float(row["coulombic_efficiency_minus_log10"]), -math.log10(lost))
                self.near(float(row["coulombic_inefficiency_ln"]), math.log(lost))
            else:
                self.assertEqual((row["coulombic_efficiency_minus_log10"], row["coulombic_inefficiency_ln"]), ("", ""))


if __name__ == "__main__":
    unittest.main()
