# SPDX-License-Identifier: MIT
"""battdat's HDF5 sample: every value bit for bit as h5py reads it, and damage is never silent."""
import csv
import hashlib
import pathlib
import struct
import tempfile
import unittest

import real

PATH = real.DATA / "cycler" / "other" / "single-resistor-constant-charge_from-charged.hdf"
# SHA-256 of the column as little-endian doubles, by h5py 3.16.0
DIGESTS = {
    "test_time_second": "770b2535a58b4f4c",
    "current_ampere": "fd1a4ba757ee2cdc",
    "voltage_volt": "d9a187c053e49090",
    "cycle_count": "fe54556f2f285d35",
}


@unittest.skipUnless(PATH.is_file(), "no real files")
class Hdf5(unittest.TestCase):
    def test_values_are_those_of_the_file(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "out.csv"
            code, _, message = real.run("convert", PATH, "-o", out, "--quiet")
            self.assertEqual(code, 0, message)
            header, *rows = csv.reader(out.read_text().splitlines())
        self.assertEqual(len(rows), 2401)
        self.assertEqual(set(header), set(DIGESTS))
        for i, name in enumerate(header):
            values = struct.pack(f"<{len(rows)}d", *(float(row[i]) for row in rows))
            self.assertEqual(hashlib.sha256(values).hexdigest()[:16], DIGESTS[name], name)

    def test_the_file_says_what_charges(self):
        file = real.document("info", PATH)[str(PATH)]
        self.assertEqual((file["format"], file["content"], file["rows"]), ("hdf5", "records", 2401))
        self.assertFalse({"sign-assumed", "unit-assumed"} & {f["code"] for f in file["findings"]})

    def test_damage_is_refused_or_changes_nothing(self):
        whole = PATH.read_bytes()
        with tempfile.TemporaryDirectory() as folder:
            bad = pathlib.Path(folder) / "bad.hdf"
            for percent in range(1, 100, 7):
                bad.write_bytes(whole[:len(whole) * percent // 100])
                code, _, message = real.run("info", bad)
                self.assertEqual(code, 2)
                self.assertRegex(message, r"byte \d+")
            good = self.rows(PATH, folder)
            for at in range(0, 4096, 37):
                bad.write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1:])
                rows = self.rows(bad, folder)
                self.assertTrue(rows is None or rows == good, at)

    def rows(self, path, folder):
        out = pathlib.Path(folder) / "out.csv"
        code, _, _ = real.run("convert", path, "-o", out, "--force", "--quiet")
        self.assertIn(code, (0, 2))
        return out.read_bytes() if code == 0 else None


if __name__ == "__main__":
    unittest.main()
