# SPDX-License-Identifier: MIT
"""Files made to exhaust a reader: archives that unpack to far more than they are, archives in archives, names that climb
out of the folder, entities of XML, counts of 2^31. Each is refused, or read without what it only claims to hold, by a
process that may have 768 MiB of addresses, within seconds."""
import gzip
import io
import pathlib
import struct
import tempfile
import unittest
import zipfile
import zlib

import real

MIB = 1 << 20
LIMIT = ("prlimit", "--cpu=200") if real.SANITIZED else ("prlimit", f"--as={768 * MIB}", "--cpu=20")
BOMB = 128 * MIB  # of zeros, packed a thousandfold: more than an archive of their packed size may unpack to


def archive(parts):
    """Bytes of a zip of {name: bytes}."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return out.getvalue()


def members(path):
    """{name: bytes} of a real archive."""
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def with_bomb(parts, name):
    """The archive with BOMB zeros, of XML blanks, behind what its member `name` holds."""
    filler = (b" " if name.endswith(".xml") else b"\0") * MIB
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for member, data in parts.items():
            with file.open(member, "w") as stream:
                stream.write(data)
                for _ in range(BOMB // MIB if member == name else 0):
                    stream.write(filler)
    return out.getvalue()


def nda(version, length):
    """Two good records behind a header that says the records take `length` bytes."""
    wide = version == 130
    head = bytearray(1024)
    head[:14], head[14] = b"NEWARE20200325", version
    if wide:
        head[16:18] = struct.pack("<H", 3)
        head[82:98] = struct.pack("<QQ", 1024, length)
        head[18:26] = struct.pack("<Q", 1024 + length)
    else:
        head[64:76] = struct.pack("<III", 1024, length, min(1024 + length, 0xffffffff))
    for index in (1, 2):
        record = bytearray(88 if wide else 86)
        record[4 if wide else 0] = 85
        record[(16 if wide else 2):(20 if wide else 6)] = struct.pack("<I", index)
        record[10 if wide else 12] = 4
        head += record
    return bytes(head)


def mat(rows, columns):
    """A MATLAB file of one matrix of rows * columns numbers, of which two are there."""
    def element(kind, data):
        return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)

    inner = (element(6, struct.pack("<II", 6, 0)) + element(5, struct.pack("<ii", rows, columns)) +
             element(1, b"x") + element(9, struct.pack("<dd", 1, 2)))
    return b"MATLAB 5.0 MAT-file".ljust(124) + b"\0\1IM" + struct.pack("<II", 14, len(inner)) + inner


def packed_mat():
    """A compressed variable that says it is small and unpacks to BOMB."""
    packer = zlib.compressobj(9)
    packed = packer.compress(struct.pack("<II", 14, BOMB)) + b"".join(packer.compress(bytes(MIB))
                                                                       for _ in range(BOMB // MIB)) + packer.flush()
    return b"MATLAB 5.0 MAT-file".ljust(124) + b"\0\1IM" + struct.pack("<II", 15, len(packed)) + packed


NDAX = real.DATA / "cycler" / "neware" / "filetype14-0.ndax"
XLSX = real.DATA / "cycler" / "arbin" / "bs542_004_gr_li_50ua_50mv_1v_191020_Channel_11.xlsx"
LAUGHS = ('<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">' +
          "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 20}">' for i in range(12)) +
          "]><{0}>&m;</{0}>")


class Bombs(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def outcome(self, name, data):
        path = pathlib.Path(self.folder.name) / name
        path.write_bytes(data)
        code, out, err = real.run("info", "--quiet", "--threads", "2", path, before=LIMIT, cwd=self.folder.name)
        self.assertIn(code, (0, 2), f"{name}: {err}")
        return code, out, err

    def refused(self, name, data, *parts):
        code, _, err = self.outcome(name, data)
        self.assertEqual(code, 2, f"{name} is read")
        self.assertRegex(err, r"^premortem info: [^\n]+\n$")
        for part in parts:
            self.assertRegex(err, part, name)

    def test_bare_bombs(self):
        self.refused("one.zip", with_bomb({"data": b""}, "data"))
        self.refused("zeros.gz", gzip.compress(bytes(BOMB)))
        self.refused("variable.mat", packed_mat(), "unpack to more than")

    @real.needs_data
    @real.needs("libzip", "expat")
    def test_members_that_unpack_to_too_much(self):
        for path, names in ((NDAX, ("data.ndc", "data_runInfo.ndc", "data_step.ndc")),
                            (XLSX, ("xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"))):
            parts = members(path)
            for name in names:
                self.refused(f"{path.stem}-{pathlib.Path(name).stem}{path.suffix}", with_bomb(parts, name),
                             "unpacks to more than")

    @real.needs_data
    @real.needs("libzip")
    def test_words_that_unpack_to_too_much(self):
        """What is said beside the rows is read as far as an instrument writes, and that is told."""
        code, out, err = self.outcome("words.ndax", with_bomb(members(NDAX), "TestInfo.xml"))
        self.assertEqual(code, 0, err)
        self.assertRegex(out, r"warning value-missing: the member 'TestInfo.xml' is damaged: only its first")

    @real.needs_data
    @real.needs("libzip", "expat")
    def test_entities(self):
        """Entities that stand for more than any memory: the file is refused, or they are left as they are."""
        for path, name, root in ((NDAX, "TestInfo.xml", "root"), (NDAX, "Step.xml", "root"),
                                 (XLSX, "xl/workbook.xml", "workbook"), (XLSX, "xl/sharedStrings.xml", "sst")):
            laughs = LAUGHS.replace("{0}", root).encode()
            code, _, err = self.outcome("laughs" + path.suffix, archive(members(path) | {name: laughs}))
            if path is XLSX:
                self.assertEqual(code, 2, name)
                self.assertRegex(err, "entit|DOCTYPE|document type|workbook|" + name)

    @real.needs_data
    def test_archives_in_archives(self):
        data = NDAX.read_bytes()
        for _ in range(12):
            data = archive({"data.ndc": data, "TestInfo.xml": b"<a/>"})
        self.refused("deep.ndax", data)
        for depth in range(40):
            data = archive({f"{depth}.zip": data, "other": b"x"} if depth % 2 else {f"{depth}.zip": data})
        self.refused("deep.zip", data)

    @real.needs_data
    @real.needs("libzip")
    def test_names_that_climb(self):
        parts = {"../../data.ndc": b"x", "/data.ndc": b"y", "..\\data_step.ndc": b"z"} | members(NDAX)
        code, out, _ = self.outcome("climb.ndax", archive(parts))
        self.assertEqual(code, 0)
        self.assertIn("value-missing", out)
        self.assertEqual([path.name for path in pathlib.Path(self.folder.name).iterdir()], ["climb.ndax"])

    def test_counts(self):
        for version, length in ((22, 0xffffffff), (29, 86 << 25), (130, 88 << 31), (130, (1 << 63) - 2048)):
            code, out, _ = self.outcome(f"{version}.nda", nda(version, length))
            self.assertTrue(code == 2 or "declared-rows-missing" in out, version)
        for rows, columns in ((2 ** 31 - 1, 1), (2 ** 31 - 1, 2 ** 31 - 1), (-1, 2), (65536, 65536)):
            self.refused("sizes.mat", mat(rows, columns), "byte|variable")

    @real.needs_data
    def test_counts_of_real_files(self):
        """The number of points of .mpr data, set to 2^31."""
        data = bytearray((real.DATA / "cycler" / "biologic" / "GCPL-0.mpr").read_bytes())
        at = data.index(b"MODULEVMP data")
        head = at + 6 + 10 + 25
        head += 24 if data[head:head + 4] == b"\xff\xff\xff\xff" else 16  # length, version, date
        data[head:head + 4] = struct.pack("<I", 1 << 31)
        code, out, _ = self.outcome("points.mpr", bytes(data))
        self.assertTrue(code == 2 or "missing" in out)


if __name__ == "__main__":
    unittest.main()
