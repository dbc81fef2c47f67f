# SPDX-License-Identifier: MIT
"""Capacity curves of 58 real anode-free cells (Ma et al., Nat Commun 2025, doi 10.1038/s41467-025-63303-7): from the
first two cycles to the cycle at which capacity falls below half of the first, each solvent predicted by the others."""
import csv
import json
import math
import tempfile
import unittest
from pathlib import Path

import real

FILE = real.DATA / "lithium-metal" / "anode-free" / "in-house_label_data.csv"
METADATA = ("mol_wt_solv", "mol_wt_salt", "conc_salt_1", "theor_capacity", "amt_electrolyte")
TWINS = (41, 42)  # curves of one cell


def cells():
    with open(FILE, newline="", encoding="utf-8-sig") as file:
        sources = list(csv.DictReader(file))
    rows = []
    for i, source in enumerate(sources):
        every = [float(source[f"norm_capacity_{k}"]) for k in range(1, 24)]
        recorded = every[:every.index(0)] if 0 in every else every
        below = [k for k, capacity in enumerate(recorded, 1) if capacity < recorded[0] / 2]
        rows.append({"cell_id": f"curve {TWINS[0] if i in TWINS else i}", "solvent": source["solv_comb_sm"],
                     "c1": every[0], "ratio": every[1] / every[0], "life": below[0] if below else len(recorded),
                     "censored": int(not below), "curve": recorded, **{name: source[name] for name in METADATA}})
    return rows


def rank(value, values):
    return sum(v < value for v in values) + (values.count(value) + 1) / 2


def spearman(a, b):
    a, b = [rank(v, a) for v in a], [rank(v, b) for v in b]
    middle = (len(a) + 1) / 2
    return (sum((x - middle) * (y - middle) for x, y in zip(a, b))
            / math.sqrt(sum((x - middle) ** 2 for x in a) * sum((y - middle) ** 2 for y in b)))


@unittest.skipUnless(FILE.is_file(), "no anode-free cells")
class AnodeFree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cells = cells()
        cls.ridge = cls.train(cls.cells, "ridge")
        cls.predicted = [row["predicted"] for row in cls.ridge["held_out"]]

    @staticmethod
    def train(rows, learner, *features):
        columns = [name for name in rows[0] if name != "curve"]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "cells.csv"
            with open(path, "w", newline="", encoding="utf-8") as file:
                out = csv.DictWriter(file, columns, extrasaction="ignore")
                out.writeheader()
                out.writerows(rows)
            code, text, err = real.run(
                "train", "--table", path, "--target", "life", "--log", "--censored", "censored", "--group", "solvent",
                "--features", ",".join(("c1", "ratio", *features)), "--learner", learner, "--bootstraps", "20",
                "--json", "--quiet")
        if code:
            raise AssertionError(err)
        return json.loads(text)

    def correlation(self, predicted, after=0):
        """Over cells that ended, after this cycle."""
        pairs = [(p, c["life"]) for p, c in zip(predicted, self.cells) if not c["censored"] and c["life"] > after]
        return spearman(*map(list, zip(*pairs)))

    def square(self):
        """c2^2/c1, a formula that was chosen with all these cells seen."""
        return [c["c1"] * c["ratio"] ** 2 for c in self.cells]

    def test_cells(self):
        self.assertEqual(len(self.cells), 58)
        self.assertEqual(len({c["solvent"] for c in self.cells}), 26)
        self.assertEqual(sum(not c["censored"] for c in self.cells), 54)
        self.assertEqual(sum(not c["censored"] and c["life"] > 2 for c in self.cells), 41)

    def test_twins(self):
        """Only these two curves are the same as far as both go."""
        same = [(i, k) for k, b in enumerate(self.cells) for i, a in enumerate(self.cells[:k])
                if all(abs(x - y) < 1e-5 for x, y in zip(a["curve"], b["curve"]))]
        self.assertEqual(same, [TWINS])

    def test_formulas(self):
        """What a prediction has to beat, as known before."""
        plain = [c["ratio"] for c in self.cells]
        found = [round(self.correlation(f, after), 2) for f in (plain, self.square()) for after in (0, 2)]
        self.assertEqual(found, [0.80, 0.55, 0.87, 0.73])

    def test_scores(self):
        """Rank correlation of those that ended; concordance, where a bound counts as far as it tells."""
        self.assertEqual([bool(c["censored"]) for c in self.cells], [r["censored"] for r in self.ridge["held_out"]])
        evaluation = self.ridge["evaluation"]
        self.assertAlmostEqual(evaluation["spearman"]["value"], self.correlation(self.predicted), delta=1e-12)
        pairs = [(p, q) for p, a in zip(self.predicted, self.cells) for q, b in zip(self.predicted, self.cells)
                 if not a["censored"] and (a["life"] < b["life"] or (a["life"] == b["life"] and b["censored"]))]
        right = sum(p < q for p, q in pairs) + sum(p == q for p, q in pairs) / 2
        self.assertAlmostEqual(evaluation["concordance"]["value"], right / len(pairs), delta=1e-12)

    def test_own_lives_are_not_seen(self):
        """Other lives of one solvent's cells change what is said of the others, not of them."""
        solvent = self.cells[0]["solvent"]
        altered = [{**c, "life": 3 * c["life"]} if c["solvent"] == solvent else c for c in self.cells]
        again = [row["predicted"] for row in self.train(altered, "ridge")["held_out"]]
        for cell, before, after in zip(self.cells, self.predicted, again):
            if cell["solvent"] == solvent:
                self.assertEqual(before, after)
            else:
                self.assertNotEqual(before, after)

    def test_twins_stay_together(self):
        """Were one of them filed under another solvent, both solvents would be held out as one."""
        parted = [{**c, "solvent": "another"} if i == TWINS[1] else c for i, c in enumerate(self.cells)]
        again = self.train(parted, "ridge")
        self.assertEqual([row["predicted"] for row in again["held_out"]], self.predicted)
        self.assertEqual(again["evaluation"]["folds"], 26)

    def test_metadata(self):
        """With what the electrolyte is, a Gaussian process is above both formulas, on all cells and on those alive."""
        seen = self.train(self.cells, "gaussian", *METADATA)["held_out"]
        predicted = [row["predicted"] for row in seen]
        for after in (0, 2):
            self.assertGreater(self.correlation(predicted, after), self.correlation(self.square(), after))


if __name__ == "__main__":
    unittest.main()
