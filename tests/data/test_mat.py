# SPDX-License-Identifier: MIT
"""The half-cell curves that ship as MATLAB files: every value bit for bit, and damage is never silent."""
import csv
import pathlib
import struct
import tempfile
import unittest
import zlib

import real

FOLDER = real.DATA / "curves" / "half-cell-mat"


def elements(data):
    """(type, data) of each element of a little-endian file."""
    while len(data) >= 8:
        kind, n = struct.unpack_from("<II", data)
        if kind >> 16:
            yield kind & 0xffff, data[4:4 + (kind >> 16)]
            data = data[8:]
        else:
            yield kind, data[8:8 + n]
            data = data[8 + n if kind == 15 else (8 + n + 7) // 8 * 8:]


def fields(path):
    """The fields of the one struct of vectors of doubles in a file."""
    (kind, packed), = elements(path.read_bytes()[128:])
    (_, matrix), = elements(zlib.decompress(packed)) if kind == 15 else ((14, packed),)
    _, _, _, length, names, *values = [data for _, data in elements(matrix)]
    n, = struct.unpack("<I", length)
    names = [names[i:i + n].rstrip(b"\0").decode() for i in range(0, len(names), n)]
    return {name: list(elements(value))[3][1] for name, value in zip(names, values)}


@unittest.skipUnless(FOLDER.is_dir(), "no real files")
class Matlab(unittest.TestCase):
    def convert(self, path, folder):
        out = pathlib.Path(folder) / "out.csv"
        code, _, message = real.run("convert", path, "-o", out, "--force", "--quiet")
        self.assertEqual(code, 0, message)
        header, *rows = csv.reader(out.read_text().splitlines())
        return {name: [float(row[i]) for row in rows] for i, name in enumerate(header)}

    def test_values_are_those_of_the_file(self):
        paths = sorted(FOLDER.glob("*.mat"))
        self.assertEqual(len(paths), 10)
        with tempfile.TemporaryDirectory() as folder:
            for path in paths:
                with self.subTest(path.name):
                    truth = fields(path)
                    seen = self.convert(path, folder)
                    self.assertEqual(set(seen), {"voltage_volt", "normalizedcapacity"})
                    for name, label in (("voltage_volt", "voltage"), ("normalizedcapacity", "normalizedCapacity")):
                        self.assertEqual(struct.pack(f"<{len(seen[name])}d", *seen[name]), truth[label])

    def test_what_is_assumed_is_said(self):
        path = FOLDER / "P45B_Cathode_Delithiation_0C03.mat"
        file = real.document("info", path)[str(path)]
        self.assertEqual((file["format"], file["content"], file["rows"]), ("mat", "table", 5481))
        self.assertIn("unit-assumed", {f["code"] for f in file["findings"]})

    def test_cuts_are_refused_with_their_offset(self):
        whole = (FOLDER / "P45B_Cathode_Delithiation_0C03.mat").read_bytes()
        with tempfile.TemporaryDirectory() as folder:
            cut = pathlib.Path(folder) / "cut.mat"
            for percent in range(1, 100, 7):
                cut.write_bytes(whole[:len(whole) * percent // 100])
                code, _, message = real.run("info", cut)
                self.assertEqual(code, 2)
                self.assertRegex(message, r"byte \d+")


if __name__ == "__main__":
    unittest.main()
