# SPDX-License-Identifier: MIT
"""Real anode-free cells (Ma et al., Nat Commun 2025, doi 10.1038/s41467-025-63303-7) against CE^n: the values of the
reference, computed here; nothing in the library fits a capacity curve."""
import csv
import math
import statistics
import unittest

import real

FILE = real.DATA / "lithium-metal" / "anode-free" / "label_all_batches_feat.csv"


def line(y):
    """Slope and R2 of a least squares line over 2, 3, ..."""
    x = range(2, 2 + len(y))
    mx, my = statistics.mean(x), statistics.mean(y)
    slope = sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)
    left = sum((b - my - slope * (a - mx)) ** 2 for a, b in zip(x, y))
    return slope, 1 - left / sum((b - my) ** 2 for b in y)


@unittest.skipUnless(FILE.is_file(), "no anode-free cells")
class CapacityIsAPower(unittest.TestCase):
    def test_those_that_last_are_exponentials(self):
        with open(FILE, newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        curves = [[float(row[f"norm_capacity_{k}"] or 0) for k in range(1, 21)] for row in rows]
        lasting = [curve for curve in curves if min(curve) > 0.05]
        self.assertEqual((len(rows), len(lasting)), (208, 8))
        fits = [line([math.log(y) for y in curve[1:]]) for curve in lasting]
        self.assertAlmostEqual(min(r2 for _, r2 in fits), 0.957, delta=0.0006)
        self.assertAlmostEqual(max(r2 for _, r2 in fits), 0.9999, delta=0.00006)
        self.assertAlmostEqual(statistics.median(r2 for _, r2 in fits), 0.997, delta=0.0006)
        efficiencies = sorted(math.exp(slope) for slope, _ in fits)
        self.assertAlmostEqual(efficiencies[0], 0.889, delta=0.0006)
        self.assertAlmostEqual(efficiencies[-1], 0.970, delta=0.0006)
        self.assertAlmostEqual(statistics.median(efficiencies), 0.908, delta=0.0006)


if __name__ == "__main__":
    unittest.main()
