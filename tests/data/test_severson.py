# SPDX-License-Identifier: MIT
"""The variance model of Severson et al. (Nat Energy 2019, 4, 383) on its own cells, through `train`.

Curves of the discharge capacity over voltage, cycles 2 to 100, one file a cell; x is log10 of the variance of the
difference between cycles 100 and 10. Published: errors of 103 cycles on the training cells, 138 on the first test set,
14.1 % and 14.7 %. Ordinary least squares on the same curves gives log10(life) = 1.3463 - 0.3958 x.
"""
import gzip
import json
import math
import statistics
import tempfile
import unittest
from pathlib import Path

import real

FOLDER = real.DATA / "early-life" / "severson"
CYCLE_10, CYCLE_100 = 8, 98  # columns
SETS = ("train", "test1")


def log_variance(path):
    with gzip.open(path, "rt") as lines:
        cells = [line.split(",") for line in lines]
    return math.log10(statistics.variance(float(c[CYCLE_100]) - float(c[CYCLE_10]) for c in cells))


def least_squares(x, y):
    slope = statistics.covariance(x, y) / statistics.variance(x)
    return statistics.fmean(y) - slope * statistics.fmean(x), slope


@unittest.skipUnless(FOLDER.is_dir(), "no Li-ion lives")
class Severson(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.cells, cls.path = {}, {}
        for name in SETS:
            lives = (FOLDER / "cycle_lives" / f"{name}_cycle_lives.csv").read_text().split()
            cls.cells[name] = [(log_variance(FOLDER / name / f"cell{i}.csv.gz"), float(life))
                               for i, life in enumerate(lives, 1)]
            cls.path[name] = Path(cls.folder.name) / f"{name}.csv"
            rows = [f"cell{i},{x!r},{life!r}\n" for i, (x, life) in enumerate(cls.cells[name], 1)]
            cls.path[name].write_text("cell_id,log10_variance,cycle_life\n" + "".join(rows))
        code, out, err = real.run(
            "train", "--json", "--table", cls.path["train"], "--target", "cycle_life", "--log", "--learner", "linear",
            "--penalty", "0", "--features", "log10_variance", "--test", cls.path["test1"], "--bootstraps", "20")
        if code:
            raise AssertionError(err)
        cls.document, cls.words = json.loads(out), err

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_coefficients(self):
        found = {c["feature"]: c["coefficient"] for c in self.document["coefficients"]}
        self.assertEqual(round(found[""], 4), 1.3463)
        self.assertEqual(round(found["log10_variance"], 4), -0.3958)
        self.assertIn("log10(cycle_life) = 1.3463 - 0.3958", self.words)

    def test_errors(self):
        """Of the first test set, to three digits as published or recomputed by hand."""
        evaluation = self.document["tests"][0]["evaluation"]
        self.assertEqual(evaluation["rows"], 43)
        self.assertEqual(round(evaluation["rmse"]["value"]), 138)
        self.assertEqual(round(100 * evaluation["mape"]["value"], 1), 14.7)

    def test_errors_of_what_was_learned(self):
        """The command tests on no cell that it has learned from: by its coefficients, as published."""
        found = {c["feature"]: c["coefficient"] for c in self.document["coefficients"]}
        told = [(10 ** (found[""] + found["log10_variance"] * x), life) for x, life in self.cells["train"]]
        self.assertEqual(len(told), 41)
        self.assertEqual(round(math.sqrt(statistics.fmean((p - life) ** 2 for p, life in told))), 104)
        self.assertEqual(round(100 * statistics.fmean(abs(p / life - 1) for p, life in told), 1), 14.1)

    def test_one_cell_left_out(self):
        """Each life as predicted from the others: what a fit without it, done here, says."""
        cells = self.cells["train"]
        held_out = {row["cell"]: row["predicted"] for row in self.document["held_out"]}
        for i in range(len(cells)):
            others = cells[:i] + cells[i + 1:]
            intercept, slope = least_squares([x for x, _ in others], [math.log10(life) for _, life in others])
            expected = 10 ** (intercept + slope * cells[i][0])
            self.assertAlmostEqual(held_out[f"cell{i + 1}"] / expected, 1, delta=1e-9)
