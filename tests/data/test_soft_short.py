# SPDX-License-Identifier: MIT
"""The soft-short cell: .mpr files, text trace and loop indexes are consecutive stretches of one run."""
import math
import unittest

import real
from test_mpr import read

STEM = "lithium-metal/soft-short-teg-dme/jr862_11_08_23_insitu-impedance-LiLi_1MLiTFSI_TEGDME-1mA"
BEFORE, FIRST, SPECTRA, TRACE = "-prerun_C05.mpr", "_01_GCPL_C05.mpr", "_02_GEIS_C05.mpr", "_03_GCPL_C05.txt"
LOOPS = 45


def loop_indexes(stem):
    lines = (real.DATA / (STEM + stem + "_LOOP.txt")).read_text(encoding="latin-1").split("\n")
    return [int(line) for line in lines[1:] if line.strip()]


@real.needs_data
class SoftShort(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.info = real.document("info", *[real.DATA / (STEM + name) for name in (BEFORE, FIRST, SPECTRA, TRACE)])
        cls.first, cls.spectra, cls.trace = read(STEM + FIRST), read(STEM + SPECTRA), read(STEM + TRACE)
        numbers, times = cls.spectra["spectrum_count"], cls.spectra["test_time_second"]
        cls.spectrum = [[t for t, k in zip(times, numbers) if k == n + 1] for n in range(LOOPS)]
        begins = loop_indexes("_03_GCPL_C05") + [len(cls.trace["test_time_second"])]
        cls.plating = [cls.trace["test_time_second"][a:b] for a, b in zip(begins, begins[1:])]

    def start(self, name):
        return self.info[str(real.DATA / (STEM + name))]["metadata"]["start_time"]

    def test_one_start(self):
        """The clock of each .mpr runs from one moment; the spectrum before the run came seven minutes earlier."""
        self.assertEqual(self.start(FIRST), "2023-08-11 12:40:15.000")
        self.assertEqual(self.start(SPECTRA), self.start(FIRST))
        self.assertEqual(self.start(BEFORE), "2023-08-11 12:33:57.000")
        for rows in (self.first, self.spectra):
            starts = {round(u - t, 3) for u, t in zip(rows["unix_time_second"], rows["test_time_second"])}
            self.assertEqual(starts, {1691757615.0})

    def test_loop_indexes(self):
        """Those inside the .mpr files are those of the texts beside them; a loop has one spectrum."""
        self.assertEqual(loop_indexes("_01_GCPL_C05"), [0, len(self.first["test_time_second"])])
        begins = loop_indexes("_02_GEIS_C05")
        self.assertEqual(begins[-1], len(self.spectra["test_time_second"]))
        self.assertEqual(len(begins) - 1, LOOPS)
        loops = self.spectra["loop_count"]
        self.assertEqual([i for i in range(len(loops)) if i == 0 or loops[i] != loops[i - 1]], begins[:-1])
        self.assertEqual(loops, self.spectra["spectrum_count"])
        self.assertEqual(len(loop_indexes("_03_GCPL_C05")), LOOPS)

    def test_stretches_follow_each_other(self):
        """15 min, then 45 times a spectrum of 7 s and an hour of plating, with nothing between but the change-over."""
        end = self.first["test_time_second"][-1]
        self.assertAlmostEqual(end, 900, delta=1e-3)
        for spectrum, plating in zip(self.spectrum, self.plating):
            self.assertEqual(len(spectrum), 9)
            self.assertTrue(0.6 < spectrum[0] - end < 0.9)
            self.assertTrue(6.7 < spectrum[-1] - spectrum[0] < 6.9)
            self.assertAlmostEqual(plating[0] - spectrum[-1], 0.1, delta=1e-3)
            self.assertTrue(3590 < plating[-1] - plating[0] < 3600.1)
            end = plating[-1]
        self.assertTrue(all(math.isfinite(t) for plating in self.plating for t in plating))
        self.assertEqual(sum(map(len, self.plating)), len(self.trace["test_time_second"]))

    def test_plating_current(self):
        """0.4 mA in the first stretch, as the settings beside it say, after five minutes of rest."""
        rows = self.first
        on = [(t, a) for t, a, word in zip(rows["test_time_second"], rows["current_ampere"], rows["step_type"])
              if word == "galvanostatic"]
        self.assertAlmostEqual(on[0][0], 300, delta=1e-3)
        self.assertTrue(all(abs(a - 4e-4) < 1e-6 for t, a in on if t > 300.001))  # it rises within a millisecond
        self.assertAlmostEqual(rows["step_capacity_ah"][-1], 4e-4 * 600 / 3600, delta=1e-7)

    def test_resistance_falls(self):
        """The shorts: real part at the lowest frequency, of the first spectra and of the last."""
        low = [r for r, f in zip(self.spectra["real_impedance_ohm"], self.spectra["frequency_hertz"]) if f < 1]
        self.assertEqual(len(low), LOOPS)
        self.assertGreater(min(low[:5]), 1.5 * low[-1])
        self.assertAlmostEqual(low[-1], 99.0, delta=0.1)


if __name__ == "__main__":
    unittest.main()
