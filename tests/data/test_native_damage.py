# SPDX-License-Identifier: MIT
"""Instrument files that are not text, cut at every 1 % and with each of their first 4096 bytes inverted in turn.

Allowed: an error that says at which byte or in which part; the same rows; fewer rows with a finding worse than a note
that counts them. A changed value only where the format has no checksum, more rows only with such a finding. Never a crash
or a wait. A sample of the damage to small files; PREMORTEM_LONG=1: all of it to all files.
"""
import concurrent.futures
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import zipfile

import real

LONG = bool(os.environ.get("PREMORTEM_LONG"))
DAMAGE = pathlib.Path(real.COMMAND).resolve().parent / "tests" / "native" / "damage"
CHECKED = {"ndax", "xlsx"}  # members of archives have checksums
FORMATS = CHECKED | {"nda", "ndc", "res", "mpr", "mat", "hdf5", "parquet"}
SMALL = 150_000
PART = re.compile(r"member|table|page|module|variable|sheet|column|metadata|the file is empty|holds no row|'\S")


def unpacked(path):
    """What the reader looks into: bytes of a file, of the one member of a zip, of gzip."""
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        return gzip.decompress(data)
    if path.name.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            if len(archive.namelist()) == 1:
                return archive.read(archive.namelist()[0])
    return data


def samples():
    """(path, format, bytes) of each real file of these formats, small ones first."""
    paths = [path for path in sorted(real.DATA.rglob("*")) if path.is_file() and "truth" not in path.parts]
    found = []
    for path, file in real.document("info", *paths).items():
        form = "xlsx" if path.endswith(".xlsx") else file.get("format")  # its sheets are of the text formats
        if form in FORMATS and file["status"] == "ok":
            found.append((pathlib.Path(path), form, unpacked(pathlib.Path(path))))
    return sorted(found, key=lambda sample: len(sample[2]))


def chosen():
    """All, or those that are read fast and the smallest of each format."""
    some, formats = [], set()
    for sample in samples():
        if LONG or len(sample[2]) <= SMALL or sample[1] not in formats:
            some.append(sample)
        formats.add(sample[1])
    return some


class Outcome:
    def __init__(self, line):
        self.line = line
        self.kind, place, status, rows, changed, lost, byte, warned, self.message = line.split("\t", 8)
        self.place, self.status, self.rows, self.byte, self.warned = map(int, (place, status, rows, byte, warned))
        self.changed = changed == "1" or lost != "0"

    def problem(self, whole, checked):
        """What is wrong with it; None where nothing is."""
        # a file that was cut already says so, and cannot say how much further
        warned = self.warned > whole.warned or (self.kind == "cut" and whole.warned and self.warned)
        if self.status:
            return None if self.byte >= 0 or PART.search(self.message) else "an error without a place"
        if self.rows < whole.rows:
            return None if warned else "rows are missing in silence"
        if self.rows > whole.rows:
            return None if warned and not checked else "more rows than there are"
        return "values changed" if self.changed and checked and not warned else None


def damaged(sample):
    """What is wrong with the outcomes of all damage to one file, and how many there were."""
    path, form, data = sample
    flip, cut = (1, 1) if LONG else (29, 7) if len(data) <= SMALL else (97, 19)
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / path.name.removesuffix(".zip").removesuffix(".gz")
        if form == "ndc":  # the others of a group lie beside it
            for other in path.parent.glob("*.ndc"):
                shutil.copyfile(other, copy.parent / other.name)
        copy.write_bytes(data)
        copy.chmod(0o600)
        done = subprocess.run([DAMAGE, copy, str(cut), str(flip)], capture_output=True, timeout=7200)
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    if done.returncode:
        return [f"{path.name}: ended with {done.returncode}: {done.stderr.decode('utf-8', 'replace')[-2000:]}"], 0
    whole, *outcomes = map(Outcome, lines)
    problems = [(outcome.problem(whole, form in CHECKED), outcome.line) for outcome in outcomes]
    return [f"{path.name}: {problem}: {line}" for problem, line in problems if problem], len(outcomes)


@real.needs_data
@unittest.skipUnless(DAMAGE.exists(), "tests/native/damage is not built")
class Damage(unittest.TestCase):
    def test_damage(self):
        total = 0
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            files = chosen()
            for sample, (problems, count) in zip(files, pool.map(damaged, files)):
                total += count
                with self.subTest(sample[0].name):
                    self.assertFalse(problems, f"{len(problems)} of {count}:\n" + "\n".join(problems[:10]))
        self.assertGreater(total, 1000)


if __name__ == "__main__":
    unittest.main()
