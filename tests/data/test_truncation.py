# SPDX-License-Identifier: MIT
"""Every text file cut short: an error, or all whole rows before the cut, and a finding where the last line is incomplete.

At every 1 % of files up to 500 kB and at every 10 % of the larger ones; PREMORTEM_LONG=1: at every 1 % of all.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import tempfile
import unittest

import real
from test_formats import GAMRY, OTHERS, RECORDS

LONG = bool(os.environ.get("PREMORTEM_LONG"))
CUT = {"row-incomplete", "no-final-newline"}
ERROR = re.compile(r"^premortem \w+: \S.*?: .+$")


def cuts(size):
    step = 1 if LONG or size <= 500_000 else 10
    return sorted({size * percent // 100 for percent in range(0, 100, step)})


def whole_rows(name, data):
    """How many rows of the file stand before its last line end."""
    head, delimiter = RECORDS[name][1:3] if name in RECORDS else OTHERS[name][2:]
    lines = data[:data.rfind(b"\n") + 1].decode("utf-8-sig", "replace").splitlines()
    lines = [line.strip('"') for line in lines]
    start = next((k for k, line in enumerate(lines) if line.startswith(head)), len(lines))
    rows = [line.split(delimiter, 2) for line in lines[start + 1:] if line.replace(delimiter, "").strip()]
    return sum(not head.startswith(",,") or not (row[0] or row[1]) for row in rows)


def convert(path):
    """(lines of the csv or None, codes of the findings, message, exit status) of a file."""
    out = pathlib.Path(f"{path}.out.csv")
    code, _, err = real.run("convert", "--quiet", "--threads", "1", path, "-o", out)
    if code:
        return None, set(), err, code
    meta_path = pathlib.Path(f"{out}.meta.json")
    meta = json.loads(meta_path.read_text())
    meta_path.unlink()
    codes = {f["code"] for f in meta["files"][0]["findings"]}
    lines = out.read_bytes().split(b"\n")[:-1]
    out.unlink()
    return lines, codes, err, code


class Cutter:
    """The cuts of one file, each judged in a thread of a pool while the command runs."""

    def __init__(self, name, folder, whole):
        self.name, self.folder, self.whole = name, folder, whole
        self.data = (real.DATA / name).read_bytes()

    def judge(self, at):
        """What is wrong with the outcome at one cut; None where nothing is."""
        start = self.data[:at]
        path = self.folder / f"{pathlib.Path(self.name).name}.{at}"
        path.write_bytes(start)
        lines, codes, err, code = convert(path)
        path.unlink()
        if lines is None:
            one_line = err.count("\n") == 1 and ERROR.match(err)
            return None if code == 2 and one_line else f"exit {code}: {err!r}"
        if not start.endswith(b"\n") and not codes & CUT:
            return f"no finding of an incomplete last line, only {sorted(codes)}"
        if self.name.endswith("ocvcurve_data.dta") and b"\nCURVE1" not in start:
            return None  # the open-circuit table before it is what there is to read
        n = whole_rows(self.name, start) if self.name not in GAMRY else None
        return self.compare(lines, n)

    def compare(self, lines, n):
        rows = len(lines) - 1
        n = rows - 1 if n is None else n
        if rows not in (n, n + 1):
            return f"{rows} rows where {n} whole ones are"
        if lines[0] == self.whole[0]:
            same = lines[1:n + 1] == self.whole[1:n + 1]
            return None if same else "rows differ from the whole file's"
        mine, theirs = lines[0].split(b","), self.whole[0].split(b",")
        absent = [label for label in mine if label not in theirs]
        if absent and n > 0:  # in half a row a clock may look like a word
            return f"columns {absent}, which the whole file has not"
        fields = [theirs.index(label) for label in mine if n > 0]
        for number in range(1, n + 1):
            right = self.whole[number].split(b",")
            if lines[number].split(b",") != [right[k] for k in fields]:
                return f"row {number} differs from the whole file's"
        return None


@real.needs_data
class Truncation(unittest.TestCase):
    def every_cut(self, names):
        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for name in names:
                with self.subTest(name):
                    whole = convert_whole(name, pathlib.Path(folder))
                    cutter = Cutter(name, pathlib.Path(folder), whole)
                    places = cuts(len(cutter.data))
                    for at, problem in zip(places, pool.map(cutter.judge, places)):
                        self.assertIsNone(problem, f"cut at byte {at}: {problem}")

    def test_records(self):
        self.every_cut([*RECORDS, *GAMRY])

    def test_tables(self):
        self.every_cut([name for name, spec in OTHERS.items() if spec[2]])

    def test_without_rows(self):
        """Settings, logs, indexes: an error or a note that the last line has no end."""
        for name in (name for name, spec in OTHERS.items() if not spec[2]):
            data = (real.DATA / name).read_bytes()
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                paths = {}
                for at in cuts(len(data)):
                    path = pathlib.Path(folder) / str(at)
                    path.write_bytes(data[:at])
                    paths[str(path)] = data[:at]
                for path, file in real.document("info", *paths).items():
                    if file["status"] == "ok":
                        codes = {f["code"] for f in real.findings(file)}
                        self.assertEqual("no-final-newline" in codes, not paths[path].endswith(b"\n"), path)
                        self.assertEqual((file["format"], file["rows"]), (OTHERS[name][0], 0))


def convert_whole(name, folder):
    path = folder / pathlib.Path(name).name
    path.write_bytes((real.DATA / name).read_bytes())
    lines, _, err, code = convert(path)
    path.unlink()
    if code:
        raise AssertionError(err)
    return lines


if __name__ == "__main__":
    unittest.main()
