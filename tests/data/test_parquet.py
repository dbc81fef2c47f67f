# SPDX-License-Identifier: MIT
"""The Parquet sample of the Battery Data Format: every value bit for bit as pyarrow reads it, and damage is never silent."""
import csv
import hashlib
import pathlib
import struct
import tempfile
import unittest

import real

PATH = real.DATA / "cycler" / "bdf" / "legacy.bdf.parquet"
# SHA-256 of the column as little-endian doubles, by pyarrow 26.0.1; milliseconds divided by 1000
DIGESTS = {
    "test_time_second": "d7c568ed8faf2adb",
    "current_ampere": "a81667e200a28503",
    "voltage_volt": "c62c36ed1e785d03",
    "cycle_count": "441a80004f59812c",
    "unix_time_second": "6b210bb4fb9bb590",
    "ambient_temperature_celsius": "000d03eabf19bb15",
}


@unittest.skipUnless(PATH.is_file(), "no real files")
class Parquet(unittest.TestCase):
    def test_values_are_those_of_the_file(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "out.csv"
            code, _, message = real.run("convert", PATH, "-o", out, "--quiet")
            self.assertEqual(code, 0, message)
            header, *rows = csv.reader(out.read_text().splitlines())
        self.assertEqual(len(rows), 5000)
        self.assertEqual(set(header), set(DIGESTS))
        for i, name in enumerate(header):
            values = struct.pack(f"<{len(rows)}d", *(float(row[i]) for row in rows))
            self.assertEqual(hashlib.sha256(values).hexdigest()[:16], DIGESTS[name], name)

    def test_what_is_inside(self):
        file = real.document("info", PATH)[str(PATH)]
        self.assertEqual((file["format"], file["content"], file["rows"]), ("parquet", "records", 5000))

    def test_cuts_are_refused_with_their_offset(self):
        whole = PATH.read_bytes()
        with tempfile.TemporaryDirectory() as folder:
            cut = pathlib.Path(folder) / "cut.parquet"
            for percent in range(1, 100, 7):
                cut.write_bytes(whole[:len(whole) * percent // 100])
                code, _, message = real.run("info", cut)
                self.assertEqual(code, 2)
                self.assertRegex(message, r"byte \d+")


if __name__ == "__main__":
    unittest.main()
