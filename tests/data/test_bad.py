# SPDX-License-Identifier: MIT
"""Bad input: one line that says file, place and what to do; and what looks bad but can be read."""
import gzip
import io
import os
import pathlib
import re
import resource
import shutil
import subprocess
import tempfile
import time
import unittest
import zipfile

import real

ARBIN = "cycler/arbin/arbin_example.csv"
CS2 = "cycler/arbin/CS2_33_10_04_10.csv"
UIO = "cycler/neware/neware_uio.csv"
HEADER = "Test Time / s,Voltage / V,Current / A\n"
GOOD = HEADER + "".join(f"{k},{3.5 + k / 100},0.1\n" for k in range(20))
UNPRIVILEGED = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
needs_root = unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "not root: cannot drop privileges")


def watched(*arguments):
    """(exit status, messages, seconds, bytes resident at most) of a run."""
    before = time.monotonic()
    child = subprocess.Popen([real.COMMAND, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    err = child.stderr.read().decode()
    child.stderr.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, err, time.monotonic() - before, usage.ru_maxrss * 1024


class Case(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        os.chmod(self.folder, 0o755)

    def made(self, name, content):
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def one_line(self, err, path, message, line=None, command=r"\w+"):
        """premortem COMMAND: FILE[:LINE]: MESSAGE (HINT)"""
        place = "" if line is None else f":{line}"
        self.assertEqual(err.count("\n"), 1, err)
        self.assertRegex(err, rf"^premortem {command}: {re.escape(str(path))}{place}: .*{message}.* \(.+\)$")

    def refused(self, path, message, line=None, commands=("info", "cycles", "convert", "report"), before=()):
        for command in commands:
            out = {"convert": ["-o", self.folder / "refused.csv"], "report": ["-o", self.folder / "refused"]}
            code, text, err = real.run(command, path, *out.get(command, []), before=before)
            self.assertEqual((code, text), (2, ""), f"{command}: {err}")
            self.one_line(err, path, message, line, command)
            self.assertFalse((self.folder / "refused.csv").exists())
            self.assertFalse((self.folder / "refused" / "report.html").exists())


class Refused(Case):
    def test_empty(self):
        self.refused(self.made("empty.csv", ""), "empty")

    def test_blank(self):
        self.refused(self.made("blank.csv", "\n\n  \n"), "names columns")

    def test_folder(self):
        (self.folder / "sub").mkdir()
        self.refused(self.folder / "sub", "is a directory")

    def test_absent(self):
        self.refused(self.folder / "nowhere.csv", "cannot open: no such file")

    def test_noise(self):
        noise = bytes((k * k * 31 + k * 7 + (k >> 3)) % 256 for k in range(50_000))
        self.refused(self.made("noise.csv", noise), "binary")
        self.refused(self.made("text-noise.csv", noise.replace(b"\0", b"")), "")

    def test_header_alone(self):
        self.refused(self.made("header.csv", HEADER), "no row of data", 1)

    def test_unknown_columns(self):
        path = self.made("unknown.csv", "a,b,c\n1,2,3\n4,5,6\n")
        self.refused(path, "no records", commands=("cycles",))
        self.assertEqual(real.document("info", path)[str(path)]["content"], "table")
        missing = self.made("missing.csv", "Time (s),Voltage (V),x\n0,1,2\n1,1,2\n")
        self.assertEqual(real.document("info", missing)[str(missing)]["status"], "ok")
        self.refused(self.made("no-voltage.csv", "Time (s),Current (A)\n0,1\n1,1\n"), "no voltage column", 1)

    def test_out_of_range(self):
        rows = GOOD.splitlines(keepends=True)
        rows[7] = "6,1e999,0.1\n"
        self.refused(self.made("range.csv", "".join(rows)), "outside the range", 8)

    def test_nul_bytes(self):
        self.refused(self.made("hole.csv", GOOD.encode() + bytes(5000)), "zero bytes", 22, commands=("cycles", "convert"))

    @real.needs("libzip")
    def test_zip_of_two(self):
        path = self.folder / "two.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.csv", GOOD)
            archive.writestr("b.csv", GOOD)
        self.refused(path, "several files")

    def test_broken_gzip(self):
        whole = gzip.compress((GOOD * 50).encode())
        code, _, err = real.run("cycles", self.made("cut.csv.gz", whole[:-20]))
        self.assertEqual(code, 2)
        self.one_line(err, self.folder / "cut.csv.gz", "")

    def test_sparse(self):
        """10 GB of nothing, from the first byte and behind a good head."""
        for name, head in (("sparse.csv", b""), ("sparse-tail.csv", (HEADER + "0,3.5,0.1\n" * 3000).encode())):
            path = self.made(name, head)
            os.truncate(path, 10 * 2**30)
            for command in ("info", "cycles"):
                with self.subTest(f"{command} {name}"):
                    code, err, seconds, resident = watched(command, path)
                    self.assertEqual(code, 2, err)
                    self.one_line(err, path, "binary" if not head else "zero bytes", None if not head else 3002)
                    self.assertLess(seconds, 2)
                    self.assertLess(resident, 100e6)


@real.needs_data
class Joined(Case):
    """Two tests in one file."""

    def test_second_header(self):
        whole = (real.DATA / ARBIN).read_bytes()
        path = self.made("joined.csv", whole * 2)
        self.refused(path, "second header", whole.count(b"\n") + 1, commands=("info", "cycles", "convert"))

    def test_everything_starts_again(self):
        """Record number, time and wall clock: an error of the audit, told in one line; what there is is still told."""
        whole = (real.DATA / ARBIN).read_bytes()
        path = self.made("joined.csv", whole + whole[whole.index(b"\n") + 1:])
        line = whole.count(b"\n") + 1
        code, out, err = real.run("cycles", path)
        self.assertEqual(code, 0)
        self.assertEqual(len(out.splitlines()), 5)
        errors = [text for text in err.splitlines() if ": error: " in text]
        self.assertEqual(len(errors), 1)
        self.assertRegex(errors[0], rf"^premortem cycles: {re.escape(str(path))}:{line}: error: .*two tests.* \(.+\)$")
        self.assertEqual(real.run("cycles", "--strict", path)[0], 3)
        found = [f for f in real.findings(real.document("info", path)[str(path)]) if f["severity"] == "error"]
        self.assertEqual([(f["code"], f["row_first"], f["line_first"]) for f in found], [("tests-joined", line - 1, line)])


@needs_root
class Permissions(Case):
    """As a user who may not. The command is copied to where that user can reach it."""

    def setUp(self):
        super().setUp()
        self.command = shutil.copy(real.COMMAND, self.folder / "premortem")

    def run_as_nobody(self, *arguments):
        done = subprocess.run([*UNPRIVILEGED, self.command, *map(str, arguments)], capture_output=True, text=True)
        return done.returncode, done.stderr

    def test_unreadable(self):
        path = self.made("secret.csv", GOOD)
        os.chmod(path, 0)
        code, err = self.run_as_nobody("cycles", path)
        self.assertEqual(code, 2)
        self.one_line(err, path, "cannot open: permission denied")

    def test_unwritable(self):
        path = self.made("good.csv", GOOD)
        folder = self.folder / "locked"
        folder.mkdir(mode=0o555)
        for command, out, named in (("convert", folder / "a.csv", folder / "a.csv"), ("cycles", folder / "a.csv", None),
                                    ("report", folder / "new", None)):
            code, err = self.run_as_nobody(command, "--quiet", path, "-o", out)
            self.assertEqual(code, 2, command)
            self.one_line(err, named or out, "permission denied") if named else self.assertIn("permission denied", err)
            self.assertEqual(err.count("\n"), 1)
            self.assertEqual(list(folder.iterdir()), [])


class FullDisk(Case):
    def test_device(self):
        path = self.made("good.csv", GOOD)
        with open("/dev/full", "wb") as full:
            for arguments in (["cycles"], ["info"], ["convert", "-o", "-"], ["cycles", "--json"]):
                done = subprocess.run([real.COMMAND, arguments[0], "--quiet", path, *arguments[1:]], stdout=full,
                                      stderr=subprocess.PIPE, text=True)
                self.assertEqual(done.returncode, 2, arguments)
                self.assertRegex(done.stderr, r"^premortem \w+: .*no space left.*\n$")

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("mount"), "not root: cannot mount")
    def test_small_disk(self):
        place = self.folder / "small"
        place.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], capture_output=True).returncode:
            self.skipTest("mount is not allowed")
        try:
            path = self.made("long.csv", HEADER + "".join(f"{k},{3.5 + k * 1e-6},0.1\n" for k in range(20_000)))
            for command, out in (("convert", place / "a.csv"), ("report", place / "out")):
                code, _, err = real.run(command, "--quiet", path, "-o", out)
                self.assertEqual(code, 2, err)
                self.assertRegex(err, rf"^premortem {command}: {re.escape(str(place))}\S*: .*no space left.*\n$")
                self.assertEqual([p for p in place.rglob("*") if p.is_file()], [], "half an output is left")
        finally:
            subprocess.run(["umount", place], check=True)


class SeveralFiles(Case):
    def test_one_is_bad(self):
        good = [self.made(f"good{k}.csv", GOOD) for k in range(5)]
        bad = self.made("bad.csv", "")
        code, out, err = real.run("info", "--brief", *good[:2], bad, *good[2:])
        self.assertEqual((code, len(out.splitlines())), (1, 5))
        self.one_line(err, bad, "empty")
        code, out, err = real.run("cycles", "--quiet", bad, *good)
        self.assertEqual(code, 1)
        self.assertEqual({line.split(",")[0] for line in out.splitlines()[1:]}, {str(path) for path in good})
        self.one_line(err, bad, "empty")
        files = real.document("cycles", good[0], bad, good[1])
        self.assertEqual([f["status"] for f in files.values()], ["ok", "failed", "ok"])
        error = files[str(bad)]["error"]
        self.assertTrue(error["code"] and error["message"] and error["hint"])
        code, _, err = real.run("report", "--quiet", bad, *good, "-o", self.folder / "out")
        self.assertEqual((code, (self.folder / "out" / "report.html").is_file()), (1, True))

    def test_all_are_bad(self):
        code, out, err = real.run("info", "--brief", self.made("a.csv", ""), self.made("b.csv", HEADER))
        self.assertEqual((code, out, len(err.splitlines())), (2, "", 2))


@real.needs_data
class Wrapped(Case):
    """The same records in other clothes give the same csv."""

    def same(self, path, right, stdin=None):
        code, out, err = real.run("convert", "--quiet", path, "-o", "-", input_bytes=stdin or b"")
        self.assertEqual(code, 0, err)
        self.assertEqual(out, right)

    def right(self, name):
        return real.run("convert", "--quiet", name, "-o", "-")[1]

    @real.needs("libzip")
    def test_packed(self):
        for name in (ARBIN, CS2):
            data, right = (real.DATA / name).read_bytes(), self.right(name)
            self.same(self.made("a.csv.gz", gzip.compress(data)), right)
            self.same(self.made("a-name.dat", gzip.compress(data)), right)
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("a.csv", data)
            self.same(self.made("a.zip", packed.getvalue()), right)
            self.same("-", right, stdin=data)
            self.same("-", right, stdin=gzip.compress(data))

    def test_encodings(self):
        for name in (ARBIN, UIO):
            text, right = (real.DATA / name).read_bytes().decode("utf-8-sig"), self.right(name)
            for encoding, told in (("utf-16", "utf-16le"), ("utf-8-sig", "utf-8-bom")):
                path = self.made("encoded.csv", text.encode(encoding))
                self.same(path, right)
                self.assertEqual(real.document("info", path)[str(path)]["encoding"], told)
            path = self.made("encoded.csv", b"\xfe\xff" + text.encode("utf-16-be"))
            self.same(path, right)
            self.assertEqual(real.document("info", path)[str(path)]["encoding"], "utf-16be")

    def test_line_ends(self):
        text, right = (real.DATA / CS2).read_bytes(), self.right(CS2)
        self.assertNotIn(b"\r", text)
        self.same(self.made("dos.csv", text.replace(b"\n", b"\r\n")), right)

    def test_decimal_comma(self):
        """As a machine set to German writes them: semicolons, and in tabbed text."""
        for name, delimiter in ((ARBIN, ","), ("cycler/biologic/biologic_cycling.mpt", "\t"),
                                ("cycler/maccor/maccor_002.txt", "\t")):
            with self.subTest(name):
                head, *rows = self.split(name, delimiter)
                text = head + "".join(row.replace(delimiter, ";").replace(".", ",") if delimiter == "," else
                                      row.replace(".", ",") for row in rows)
                if delimiter == ",":
                    text = text.replace(head, head.replace(",", ";"))
                path = self.made("comma.txt", text.encode("latin-1"))
                self.same(path, self.right(name))
                self.assertEqual(real.document("info", path)[str(path)]["decimal"], ",")

    def split(self, name, delimiter):
        """What stands above the rows, and the rows."""
        lines = (real.DATA / name).read_bytes().decode("latin-1").splitlines(keepends=True)
        first = next(k for k, line in enumerate(lines) if line.count(delimiter) > 5 and line[0].isdigit())
        return ["".join(lines[:first]), *lines[first:]]


if __name__ == "__main__":
    unittest.main()
