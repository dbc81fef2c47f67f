# SPDX-License-Identifier: MIT
"""convert to Battery Data Format csv and back: the same table, bit by bit; and the same numbers as JSON."""
import csv
import io
import json
import pathlib
import tempfile
import unittest

import real
from test_formats import GAMRY, OTHERS, RECORDS

READABLE = [*RECORDS, *GAMRY, *(name for name, spec in OTHERS.items() if spec[2])]


def meta_of(path):
    return json.loads(pathlib.Path(f"{path}.meta.json").read_text())["files"][0]


class Case(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def convert(self, source, name, *options):
        out = self.folder / name
        code, _, err = real.run("convert", "--quiet", *options, source, "-o", out)
        self.assertEqual(code, 0, err)
        return out

    def same_table(self, source, *options):
        first = self.convert(source, "first.bdf.csv", *options)
        second = self.convert(first, "second.bdf.csv")
        self.assertEqual(first.read_bytes(), second.read_bytes())
        before, after = meta_of(first), meta_of(second)
        self.assertEqual(before["rows"], after["rows"])
        parts = ("name", "unit", "type")
        self.assertEqual([[c[p] for p in parts] for c in before["columns"]],
                         [[c[p] for p in parts] for c in after["columns"]])
        for path in (first, second):
            path.unlink()
            pathlib.Path(f"{path}.meta.json").unlink()
        return before


@real.needs_data
class RealFiles(Case):
    def test_there_and_back(self):
        for name in READABLE:
            with self.subTest(name):
                meta = self.same_table(name)
                self.assertEqual(meta["rows"], real.info()[name]["rows"])

    def test_reconciled(self):
        for name in READABLE:
            if any(f["reconcilable"] for f in real.findings(real.info()[name])):
                with self.subTest(name):
                    self.same_table(name, "--reconcile")

    def test_as_json(self):
        """The numbers of the csv, and null where it is empty."""
        for name in READABLE:
            if real.info()[name]["bytes"] > 700_000:
                continue
            with self.subTest(name):
                rows = list(csv.DictReader(io.StringIO(self.convert(name, "a.csv").read_text())))
                whole = json.loads(self.convert(name, "a.json").read_text())["files"][0]
                types = {c["name"]: c["type"] for c in whole["columns"]}
                self.assertEqual(len(whole["records"]), len(rows))
                for row, record in zip(rows, whole["records"]):
                    for label, text in row.items():
                        value = record[label]
                        if types[label] == "string":
                            self.assertEqual(value or "", text)
                        else:
                            self.assertEqual(value, float(text) if text else None, label)
                for path in self.folder.iterdir():
                    path.unlink()


class MadeFiles(Case):
    """What real files lack: words with delimiters, values that are missing at either end, the ends of double precision."""

    def test_words_and_missing(self):
        source = self.folder / "made.csv"
        source.write_text('Test Time / s,Voltage / V,Current / A,Remark,Extra (ohm)\n'
                          '0,3.5,,"a, b",\n1,,0.1,,0.1\n2,3.7,-0.1,é <script>,1e-320\n'
                          '3,3.7000000000000002,5e-324,x,1.7976931348623157e308\n')
        self.same_table(source)
        self.assertEqual([c["missing"] for c in real.document("info", source)[str(source)]["columns"]], [0, 1, 1, 1, 1])
        text = self.convert(source, "out.csv").read_text(encoding="utf-8")
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(rows[0]["remark"], "a, b")
        self.assertEqual((rows[0]["current_ampere"], rows[1]["voltage_volt"], rows[1]["remark"]), ("", "", ""))
        self.assertEqual([float(r["current_ampere"]) for r in rows[1:]], [0.1, -0.1, 5e-324])
        self.assertEqual([r["extra_ohm"] for r in rows[:2]], ["", "0.1"])
        self.assertEqual([float(r["extra_ohm"]) for r in rows[2:]], [1e-320, 1.7976931348623157e308])


if __name__ == "__main__":
    unittest.main()
