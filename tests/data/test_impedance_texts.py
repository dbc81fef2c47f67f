# SPDX-License-Identifier: MIT
"""Impedance as text, instrument by instrument, against the readers of impedance.py 1.7.1 (MIT) on the same files.

The numbers below were computed with `impedance.preprocessing.readFile` and `math.fsum`; equal sums of equally many doubles, which
must agree to the last bit, leave no room for a point that is missing, doubled or turned round. impedance.py keeps every point, inductive
ones too (its `ignoreBelowX` is a separate step), and so does premortem. Where the two differ on purpose:
- the BioLogic file without `freq/Hz` in its header: impedance.py stops with an AssertionError, premortem with an error that says
  why (its rows hold one value more than the header has labels);
- ZPlot files state how many points they have; two of these were shortened: premortem says so, impedance.py does not;
- Gamry files hold further tables; premortem says which were left out, and reads the open-circuit one on demand.
"""
import csv
import io
import math
import pathlib
import tempfile
import unittest

import real

FOLDER = "impedance/impedance.py/"
# file: (format, points, first and last frequency, first and last impedance, sums of frequency, real and imaginary part)
FILES = {
    "Circuit1_EIS_1.z": ("zplot", 48, 50000.0, 1.0, (29.036, 0.63662), (75.803, -0.16244),
                         243101.95497, 2595.766, -312.48461),
    "Circuit1_EIS_2.z": ("zplot", 48, 50000.0, 1.0, (29.001, 0.5992), (75.82, -0.17374),
                         243101.95497, 2595.066, -312.48417),
    "Circuit3_EIS_1.z": ("zplot", 53, 150000.0, 1.0, (1493.7, 10.377), (6137.5, 17.89),
                         729313.77711, 232881.19999999998, -31138.6282),
    "Circuit3_EIS_2.z": ("zplot", 53, 150000.0, 1.0, (1492.0, 11.789), (6138.2, -10.151),
                         729313.77711, 232889.1, -31160.8553),
    "exampleData.csv": ("csv", 66, 0.0031623, 10000.0, (0.0494998977640506, -0.020438698544418925),
                        (0.015771482660485933, 0.010157474564938236),
                        48621.3211202, 1.802741609704998, -0.2432472672939686),
    "exampleDataAutolab.txt": ("zplot", 41, 10000.0, 0.1, (0.013785863964281, 0.007191946305823),
                               (0.0345697771923854, -0.00390292888845954),
                               39982.81128, 0.9341171867518175, -0.0941893857576214),
    "exampleDataBioLogic.mpt": ("eclab-mpt", 43, 1000.3201, 0.01689554, (65.470886, -0.38998979),
                                (110.97003, -2.3458567), 4344.965677682, 3335.735896, -285.88543438),
    "exampleDataCHInstruments.txt": ("chi-text", 73, 99610.0, 0.1, (98.91, -2.748), (5685.0, -15860.0),
                                     572423.4317, 61529.38, -120906.0441),
    "exampleDataGamry.DTA": ("gamry-dta", 72, 200015.6, 0.0158898, (825.8584, -1367.239), (17007.49, -6635.557),
                             973178.0406607001, 375919.5774, -89675.9714),
    "exampleDataGamryABORT.DTA": ("gamry-dta", 72, 200015.6, 0.0158898, (825.8584, -1367.239), (17007.49, -6635.557),
                                  973178.0406607001, 375919.5774, -89675.9714),
    "exampleDataPowersuite.txt": ("powersuite", 30, 0.1, 2000000.0, (423929.46, -49014.063), (-470.54113, -1397.7358),
                                  4546151.4498886, 6364423.52357, -1150869.39888),
    "exampleDataVersaStudio.par": ("versastudio", 61, 100000.0, 0.02154435, (55.31571, 4.575431),
                                   (1516.313, -122.8279), 442994.68075957, 23565.73218, -8720.96623027),
    "exampleDataZPlot.z": ("zplot", 21, 300000.0, 3000.0, (147.77, -11.335), (613.68, -137.13),
                           1447048.485, 6141.48, -2778.2529999999997),
    "exampleDataZPlot_noComments.z": ("zplot", 31, 300000.0, 300.0, (642.62, -85.821), (1305.3, -195.01),
                                      1457476.1995, 30882.72, -4569.951),
}
# Every finding: what is said beside the points.
FINDINGS = {
    "exampleData.csv": [("sign-assumed", None), ("unit-assumed", None)],
    "exampleDataAutolab.txt": [("time-equal", None)],  # all its times are zero
    "exampleDataBioLogic.mpt": [("no-final-newline", None), ("placeholder-metadata", None)],
    "exampleDataGamry.DTA": [("table-left-out", 387)],
    "exampleDataGamryABORT.DTA": [("table-left-out", 39 + 128)],
    "exampleDataPowersuite.txt": [("unit-assumed", None)],
    "exampleDataZPlot.z": [("declared-rows-missing", 35)],
    "exampleDataZPlot_noComments.z": [("declared-rows-missing", 48)],
}
MISSING_LABEL = "exampleDataBioLogic_MissingFreq.mpt"
DRT = "impedance/pyDRTtools/"
# Three columns without a header, parted by tabs, commas, blanks.
BARE = {"LIB_data.txt": "\t", "LIB_data_2.txt": "\t", "data_1.csv": ",", "zarc_data.txt": None}
COLUMNS = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm", "absolute_impedance_ohm", "phase_degree",
           "spectrum_count")


def convert(path, *options):
    code, out, err = real.run("convert", "--quiet", *options, path, "-o", "-")
    if code:
        raise AssertionError(err)
    return list(csv.DictReader(io.StringIO(out)))


def column(rows, name):
    return [float(row[name]) for row in rows]


needs_impedance = unittest.skipUnless((real.DATA / FOLDER).is_dir(), "no files of impedance")


@needs_impedance
class Impedance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.info = real.document("info", *(FOLDER + name for name in FILES))

    def test_every_file_is_named_here(self):
        there = sorted(path.name for path in (real.DATA / FOLDER).iterdir())
        self.assertEqual(there, sorted([*FILES, MISSING_LABEL]))

    def test_points(self):
        for name, (form, n, f_first, f_last, z_first, z_last, f_sum, re_sum, im_sum) in FILES.items():
            with self.subTest(name):
                file = self.info[FOLDER + name]
                self.assertEqual((file["status"], file["format"], file["content"]), ("ok", form, "spectra"))
                rows = convert(FOLDER + name)
                self.assertEqual((file["rows"], len(rows)), (n, n))
                f, re, im, size, phase, count = (column(rows, label) for label in COLUMNS)
                self.assertEqual((f[0], f[-1]), (f_first, f_last))
                self.assertEqual(((re[0], im[0]), (re[-1], im[-1])), (z_first, z_last))
                self.assertEqual((math.fsum(f), math.fsum(re), math.fsum(im)), (f_sum, re_sum, im_sum))
                self.assertEqual(set(count), {1})

    def test_size_and_phase(self):
        """Whether the file has them or not: they fit to real and imaginary part as far as they are printed."""
        for name in FILES:
            with self.subTest(name):
                for row in convert(FOLDER + name):
                    _, re, im, size, phase, _ = (float(row[label]) for label in COLUMNS)
                    self.assertAlmostEqual(size, math.hypot(re, im), delta=1e-3 * size)
                    self.assertAlmostEqual(phase, math.degrees(math.atan2(im, re)), delta=0.06)

    def test_findings(self):
        for name in FILES:
            with self.subTest(name):
                said = self.info[FOLDER + name]["findings"]
                counted = {"table-left-out", "declared-rows-missing"}
                self.assertEqual(sorted((f["code"], f["count"] if f["code"] in counted else None) for f in said),
                                 sorted(FINDINGS.get(name, [])))

    def test_a_missing_label_is_refused(self):
        file = real.document("info", FOLDER + MISSING_LABEL)[FOLDER + MISSING_LABEL]
        self.assertEqual((file["status"], file["error"]["code"], file["error"]["line"]), ("failed", "data", 61))
        self.assertIn("17 columns", file["error"]["message"])

    def test_open_circuit_of_gamry(self):
        """The table in front of the spectrum, on demand: counted and summed here from the file's own lines."""
        for name in ("exampleDataGamry.DTA", "exampleDataGamryABORT.DTA"):
            with self.subTest(name):
                lines = (real.DATA / FOLDER / name).read_bytes().decode("latin-1").splitlines()
                start = next(k for k, line in enumerate(lines) if line.startswith("OCVCURVE"))
                fields = [line.split("\t") for line in lines[start + 3:start + 3 + int(lines[start].split("\t")[2])]]
                rows = convert(FOLDER + name, "--format", "gamry-ocv")
                self.assertEqual(column(rows, "test_time_second"), [float(field[2]) for field in fields])
                self.assertEqual(column(rows, "voltage_volt"), [float(field[3]) for field in fields])

    def test_metadata_of_gamry(self):
        metadata = self.info[FOLDER + "exampleDataGamryABORT.DTA"]["metadata"]
        for key, value in (("TAG", "EISPOT"), ("TITLE", "Potentiostatic EIS"), ("DATE", "3/18/2020"),
                           ("FREQINIT", "5.00000E+006"), ("EXPERIMENTABORTED", "T")):
            self.assertEqual(metadata[key], value)
        self.assertEqual(self.info[FOLDER + "exampleDataGamry.DTA"]["metadata"]["NOTES"], "-50mV +5.66X10^-4 D8")

    def test_direct_current(self):
        rows = convert(FOLDER + "exampleDataGamry.DTA")
        self.assertEqual((rows[0]["test_time_second"], rows[0]["voltage_volt"], rows[0]["current_ampere"]),
                         ("1", "-0.3413299", "-5.89286e-06"))

    def test_decimal_comma(self):
        """A Gamry file as a European Windows writes it, which impedance.py reads by replacing every comma."""
        source = (real.DATA / FOLDER / "exampleDataGamry.DTA").read_bytes()
        head, tables = source.split(b"OCVCURVE", 1)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "comma.DTA"
            path.write_bytes(head.replace(b".", b",") + b"OCVCURVE" + tables.replace(b".", b","))
            labels = [label for label in convert(FOLDER + "exampleDataGamry.DTA")[0]]
            with_point, with_comma = convert(FOLDER + "exampleDataGamry.DTA"), convert(path)
            self.assertEqual(list(with_comma[0]), labels)
            self.assertEqual(with_comma, with_point)
            self.assertEqual(real.document("info", path)[str(path)]["decimal"], ",")

    def test_without_header(self):
        for name, delimiter in BARE.items():
            with self.subTest(name):
                lines = (real.DATA / DRT / name).read_text().splitlines()
                points = [[float(word) for word in line.split(delimiter)] for line in lines if line.strip()]
                rows = convert(DRT + name)
                for k, label in enumerate(COLUMNS[:3]):
                    self.assertEqual(column(rows, label), [point[k] for point in points])

    def test_named_columns(self):
        for path in sorted((real.DATA / DRT).glob("*ZARC*.csv")):
            text = path.read_text()
            if not text.startswith(",Freq,Real,Imag"):
                continue
            with self.subTest(path.name):
                points = list(csv.DictReader(io.StringIO(text)))
                rows = convert(path)
                for ours, theirs in zip(COLUMNS, ("Freq", "Real", "Imag")):
                    self.assertEqual(column(rows, ours), column(points, theirs))


@needs_impedance
class Damage(unittest.TestCase):
    """Each file cut at every 1 %: all points before the cut and a finding, or an error."""

    def outcomes(self, name, variants):
        whole = convert(FOLDER + name)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "file.txt"
            for what, data in variants:
                path.write_bytes(data)
                code, out, err = real.run("convert", "--quiet", path, "-o", "-")
                self.assertIn(code, (0, 2), f"{what}: {err}")
                if code:
                    self.assertRegex(err, r"premortem convert: .*: .+")
                else:
                    yield what, data, list(csv.DictReader(io.StringIO(out))), whole, path

    def test_cut_at_every_percent(self):
        for name in FILES:
            source = (real.DATA / FOLDER / name).read_bytes()
            with self.subTest(name):
                cuts = [(at, source[:at]) for at in (len(source) * k // 100 for k in range(1, 100))]
                for at, data, rows, whole, path in self.outcomes(name, cuts):
                    said = {f["code"] for f in real.document("info", path)[str(path)]["findings"]}
                    if set(rows[0]) != set(whole[0]):  # cut before the points: an open-circuit table, half a row
                        self.assertTrue("Gamry" in name or (len(rows) == 1 and "row-incomplete" in said))
                        continue
                    complete = rows if data.endswith(b"\n") else rows[:-1]
                    self.assertEqual(complete, whole[:len(complete)])
                    if not data.endswith(b"\n"):
                        self.assertTrue(said & {"no-final-newline", "row-incomplete"}, f"cut at {at}: {said}")


if __name__ == "__main__":
    unittest.main()
