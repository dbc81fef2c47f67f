# SPDX-License-Identifier: MIT
"""Excel workbooks: the real one against the XML itself, made-up ones of Neware, Arbin and Landt, and hostile ones."""
import csv
import datetime
import io
import json
import pathlib
import re
import resource
import subprocess
import tempfile
import unittest
import zipfile
from xml.etree import ElementTree

import real
from workbooks import DAY, DAY_BUILT_IN, HEAD, MAIN, QUOTED, SPAN, Raw, packed, parts, sheet_xml

REAL = "cycler/arbin/bs542_004_gr_li_50ua_50mv_1v_191020_Channel_11.xlsx"
ARBIN = [
    "Data_Point",
    "Test_Time(s)",
    "Date_Time",
    "Step_Time(s)",
    "Step_Index",
    "Cycle_Index",
    "Current(A)",
    "Voltage(V)",
    "Charge_Capacity(Ah)",
     "Discharge_Capacity(Ah)"]


def arbin_rows(first, n, start=0.0):
    return [[i, start + 10.0 * i, (44123.5 + i / 8640, DAY), 10.0 * i, 1, 1, 0.001, 3.0 + i / 1000, 1e-6 * i, 0]
            for i in range(first, first + n)]


@real.needs("libzip", "expat")
class Book(unittest.TestCase):
    """Files in a folder that goes away."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, content, name="book.xlsx"):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else packed(content))
        return path

    def info(self, path, *options):
        return real.document("info", "--deep", *options, path)[str(path)]

    def rows(self, path, *options):
        code, out, err = real.run("convert", "--quiet", *options, path, "-o", "-")
        self.assertEqual(code, 0, err)
        return list(csv.DictReader(io.StringIO(out)))

    def refused(self, content, *words):
        """The command fails in an orderly way within little time and memory; its message has the words."""
        path = self.file(content)
        size = resource.RLIM_INFINITY if real.SANITIZED else 1 << 30
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size))  # noqa: E731
        done = subprocess.run([real.COMMAND, "info", path], capture_output=True, timeout=20, preexec_fn=limit)
        message = done.stderr.decode() + done.stdout.decode()
        self.assertIn(done.returncode, (1, 2), message)
        for word in words:
            self.assertIn(word, message)


@real.needs_data
class Real(Book):
    def cells(self):
        """The record sheet's cells, as ElementTree reads them."""
        space = {"m": MAIN}
        with zipfile.ZipFile(real.DATA / REAL) as archive:
            shared = [t.findtext("m:t", namespaces=space)
                      for t in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))]
            sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet2.xml"))
        for row in sheet.iterfind(".//m:row", space):
            yield {re.match("[A-Z]+", c.get("r"))[0]: shared[int(c.findtext("m:v", namespaces=space))]
                   if c.get("t") == "s" else float(c.findtext("m:v", namespaces=space))
                   for c in row.iterfind("m:c", space) if c.find("m:v", space) is not None}

    def test_every_value(self):
        cells = iter(self.cells())
        header = next(cells)
        columns = {c["source_name"]: c["name"] for c in self.info(real.DATA / REAL)["columns"]}
        rows, n = self.rows(real.DATA / REAL), 0
        for theirs, ours in zip(cells, rows):
            n += 1
            for letter, label in header.items():
                value = ours[columns[label]]
                if label == "Date_Time":
                    self.assertAlmostEqual(float(value), (theirs[letter] - 25569) * 86400, delta=2e-6)
                elif letter in theirs:
                    self.assertEqual(float(value), theirs[letter])
                else:
                    self.assertEqual(value, "")
        self.assertEqual((n, len(rows)), (4526, 4526))

    def test_what_it_is(self):
        file = self.info(real.DATA / REAL)
        self.assertEqual((file["format"], file["packing"], file["rows"]), ("arbin-csv", "xlsx", 4526))
        self.assertIn("Channel_11_1", file["format_reason"])
        self.assertEqual(file["metadata"]["Schedule File Name"], "Ben\\bs542_graphite_slow_rate.sdu")
        self.assertEqual(file["metadata"]["Start DateTime"], "2020-10-19 11:33:31")
        self.assertEqual([(p["part"], p["kind"], p["rows"]) for p in file["parts"]],
                         [("Global_Info", "sheet", 5), ("Channel_11_1", "sheet", 4527)])

    def test_efficiency(self):
        code, out, err = real.run("cycles", "--quiet", REAL)
        self.assertEqual(code, 0, err)
        self.assertAlmostEqual(float(next(csv.DictReader(io.StringIO(out)))["coulombic_efficiency"]), 0.983, delta=5e-4)

    def test_bytes_inverted(self):
        """A byte of the archive inverted: refused, or the same rows (bytes that nobody reads)."""
        good, whole = (real.DATA / REAL).read_bytes(), self.rows(real.DATA / REAL)
        for at in range(0, 4096, 53):
            path = self.file(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1:])
            code, out, err = real.run("convert", "--quiet", path, "-o", "-")
            if code == 0:
                self.assertEqual(list(csv.DictReader(io.StringIO(out))), whole, at)
            else:
                self.assertIn(code, (1, 2), err)


class Instruments(Book):
    def test_neware(self):
        """Sheets unit, test, cycle, step, record and log; labels beside values; steps have voltages too."""
        strings = {}
        types = ["Rest", "CC Chg", "CC DChg"]
        record = [["DataPoint", "Cycle Index", "Step Index", "Step Type", "Time",
                   "Total Time", "Current(mA)", "Voltage(V)", "Capacity(mAh)", "Date"]]
        for i in range(60):
            second, part = i % 20, i // 20
            record.append([i + 1, 1, part + 1, types[part], f"00:00:{second:02d}.500", f"00:00:{i:02d}",
                           (0, 1.5, -1.5)[part], 3.5, second / 1000, f"2023-05-01 10:00:{i:02d}"])
        step = [["Cycle Index", "Step Index", "Step Number", "Step Type", "Step Time", "Oneset Date", "End Date",
                 "Capacity(mAh)", "Oneset Volt.(V)", "End Voltage(V)"]]
        step += [[1, i, i, types[i - 1], "00:00:19.500", "2023-05-01 10:00:00", "2023-05-01 10:00:20", 0.02, 3.5, 3.5]
                 for i in (1, 2, 3)]
        cycle = [["Cycle Index", "Chg. Cap.(mAh)", "DChg. Cap.(mAh)"], [1, 0.02, 0.02]]
        test = [["Test information"], ["Start step ID", None, 1, "Voltage upper", None, "4.2V", "P/N", None, "A-17"],
                ["Cycle count", None, 0, "Voltage lower", None, "2.5V", "Builder", None, "admin"],
                ["Remarks", None, None, "Start Time", None, "2023-05-01 10:00:00", "Barcode", None, "B001"]]
        sheets = {"unit": [["BTSDA"], ["Device", "27", "1-1"]], "test": test, "cycle": cycle, "step": step,
                  "record": record, "log": [["Index", "Class", "Event"], [1, "Info", "Start"]]}
        xml = {name: sheet_xml(rows, strings) for name, rows in sheets.items()}
        path = self.file(parts(xml, strings))
        file, rows = self.info(path), self.rows(path)
        self.assertEqual((file["format"], file["rows"]), ("neware-csv", 60))
        self.assertIn("'record'", file["format_reason"])
        for key, value in {"Barcode": "B001", "Start Time": "2023-05-01 10:00:00",
                           "P/N": "A-17", "Voltage lower": "2.5V"}.items():
            self.assertEqual(file["metadata"][key], value)
        self.assertNotIn("Remarks", file["metadata"])
        self.assertEqual([p["part"] for p in file["parts"]], list(sheets))
        names = ("test_time_second", "step_time_second", "current_ampere")
        self.assertEqual([[float(r[c]) for c in names] for r in rows[19:22]],
                         [[19, 19.5, 0], [20, 0.5, 0.0015], [21, 1.5, 0.0015]])
        self.assertEqual([r["step_type"] for r in rows[19:21]], ["Rest", "CC Chg"])
        self.assertEqual(float(rows[41]["unix_time_second"]),
                         datetime.datetime(2023, 5, 1, 10, 0, 41, tzinfo=datetime.timezone.utc).timestamp())

    def test_neware_older(self):
        rows = [["Record Index",
                 "Status",
                 "JumpTo",
                 "Cycle",
                 "Step",
                 "Cur(mA)",
                 "Voltage(V)",
                 "CapaCity(mAh)",
                 "Energy(mWh)",
                 "Relative Time(h:min:s.ms)",
                 "Absolute Time"]]
        rows += [[i, "CC_Chg", 1, 1, 1, 2.5, 3.7, 0.1 * i, 0.4 * i,
                  (i / 86400, SPAN), (44000 + i / 86400, DAY_BUILT_IN)] for i in range(1, 31)]
        path = self.file(parts({"Info_1": sheet_xml([["Channel", "27_1_1"]]), "Detail_27_1_1": sheet_xml(rows)}))
        got = self.rows(path)
        self.assertEqual(self.info(path)["format"], "neware-csv")
        self.assertEqual([float(got[29][c]) for c in ("step_time_second", "test_time_second",
                         "current_ampere", "record_number")], [30, 29, 0.0025, 30])

    def test_arbin_sheets_that_go_on(self):
        """Channel_1_1 and _1_2 are one test; Channel_2_1 is another, which is said; info is the channel's own."""
        info = [["TEST REPORT"], [], ["Channel", "Start DateTime", "Schedule File Name", "Creator"],
                [2, (44000.25, DAY), "other.sdu", "eve"], [1, (44123.5, DAY), "own.sdu", "ben"]]
        sheets = {"Global_Info": sheet_xml(info),
                  "Channel_2_1": None,
                  "Channel_1_1": sheet_xml([ARBIN] + arbin_rows(1,
                                                                700)),
                  "Channel_1_2": sheet_xml([ARBIN] + arbin_rows(701,
                                                                300)),
                  "Statistics_1": sheet_xml( [["Cycle_Index",
                                               "Charge_Capacity(Ah)",
                                               "Discharge_Capacity(Ah)"],
                                              [1,
                                               0.001,
                                               0.001]])}
        sheets["Channel_2_1"] = sheets.pop("Channel_2_1") or sheet_xml([ARBIN] + arbin_rows(1, 5, 0.5))
        path = self.file(parts(sheets))
        file, rows = self.info(path), self.rows(path)
        self.assertEqual((file["format"], file["rows"]), ("arbin-csv", 1000))
        self.assertEqual([float(r["record_number"]) for r in rows], list(range(1, 1001)))
        self.assertEqual((file["metadata"]["Creator"], file["metadata"]["Schedule File Name"]), ("ben", "own.sdu"))
        found = [f for f in file["findings"] if f["code"] == "tests-joined"]
        self.assertEqual(len(found), 1)
        self.assertIn("'Channel_2_1'", found[0]["message"])

    def test_landt_merged_header(self):
        """Two header rows: labels merged downwards, Charge and Discharge over their columns; a title above."""
        top = [
    "Index",
    "TestTime/Sec.",
    "StepTime/Sec.",
    "Voltage/V",
    "Current/mA",
    "Charge",
    None,
    "Discharge",
    None,
     "SysTime"]
        low = [None, None, None, None, None, "Capacity/mAh", "Energy/mWh", "Capacity/mAh", "Energy/mWh", None]
        rows = [["Record page 1"], top, low]
        rows += [[i, 5 * i, 5 * i, 3.1, 0.25, 0.1 * i, 0.3 * i, 0,
                  0, (45000.5 + i * 5 / 86400, DAY)] for i in range(40)]
        merges = ["A1:J1", "F2:G2", "H2:I2"] + [f"{c}2:{c}3" for c in "ABCDEJ"]
        for prefix in ("", "x"):
            path = self.file(parts({"Cycle-Tab": sheet_xml([["Cycle", "CapC/mAh"], [1, 3.9]]),
                                    "Record-Tab": sheet_xml(rows, merges=merges, prefix=prefix)}))
            file, got = self.info(path), self.rows(path)
            self.assertEqual((file["format"], file["rows"]), ("landt-csv", 40))
            names = {c["source_name"]: c["name"] for c in file["columns"]}
            self.assertEqual((names["Charge Capacity/mAh"], names["Discharge Capacity/mAh"]),
                             ("charging_capacity_ah", "discharging_capacity_ah"))
            self.assertAlmostEqual(float(got[39]["charging_capacity_ah"]), 0.0039, delta=1e-15)
            self.assertAlmostEqual(float(got[39]["unix_time_second"]), (45000.5 - 25569) * 86400 + 195, delta=1e-3)


class Cells(Book):
    LABELS = ["Test Time (s)", "Voltage (V)", "Current (A)", "Date Time", "Note", "Flag"]

    def one(self, values, **more):
        rows = [self.LABELS] + [[i, 3.5, 0.1, (44123.5, DAY), "x", True] for i in range(9)]
        rows[5] = values
        path = self.file(parts({"Sheet1": sheet_xml(rows)}, **more))
        return self.rows(path)[4], self.info(path)

    def test_numbers_keep_their_digits(self):
        for text in (
    "0.1",
    "1.0009999999999999",
    "5.0827860832214355E-05",
    "123456789012345678",
     "4.9406564584124654E-324"):
            row, _ = self.one([5, Raw(f"|<v>{text}</v>"), 0.1])
            self.assertEqual(float(row["voltage_volt"]), float(text))

    def test_days(self):
        """To the millisecond, in both date systems; half a second before midnight; a number that is no day."""
        day = datetime.datetime(2024, 2, 29, 23, 59, 59, 500000)
        for from_1904, origin in ((False, datetime.datetime(1899, 12, 30)), (True, datetime.datetime(1904, 1, 1))):
            for moment in (day, day + datetime.timedelta(milliseconds=499), day + datetime.timedelta(milliseconds=500),
                           datetime.datetime(2000, 2, 29, 12, 34, 56, 789000)):
                number = (moment - origin) / datetime.timedelta(days=1)
                rows = [self.LABELS] + [[i, 3.5, 0.1, (number, style)] for i, style in enumerate((DAY, DAY_BUILT_IN))]
                got = self.rows(self.file(parts({"S": sheet_xml(rows)}, from_1904=from_1904)))
                want = moment.replace(tzinfo=datetime.timezone.utc).timestamp()
                for row in got:
                    self.assertAlmostEqual(float(row["unix_time_second"]), want, delta=2e-6)

    def test_spans_and_quoted_formats(self):
        rows = [["Total Time", "Voltage (V)", "Current (A)", "Loops"]]
        rows += [[((i * 3600 + 0.25) / 86400, SPAN), 3.5, 0.1, (i / 4, QUOTED)] for i in range(30)]
        got = self.rows(self.file(parts({"S": sheet_xml(rows)})))
        self.assertAlmostEqual(float(got[29]["test_time_second"]), 29 * 3600.0 + 0.25, delta=1e-9)
        self.assertEqual([float(v) for k, v in got[29].items() if "loops" in k], [7.25])

    def test_other_kinds(self):
        rich = Raw('t="inlineStr"|<is><r><t>two\tparts "</t></r><r><t>\nof it</t></r><rPh><t>no</t></rPh></is>')
        row, file = self.one([5, Raw('t="e"|<v>#N/A</v>'), Raw('t="str"|<f>A1&amp;"1"</f><v>0.25</v>'),
                              Raw('t="d"|<v>2024-02-29T12:00:00.250</v>'),
                              rich, False])
        self.assertEqual((row["voltage_volt"], float(row["current_ampere"])), ("", 0.25))
        self.assertEqual(float(row["unix_time_second"]), 1709208000.25)
        self.assertIn('two parts " of it', row.values())
        self.assertIn("FALSE", row.values())
        self.assertEqual([(f["column"], f["count"]) for f in file["findings"]
                         if f["code"] == "value-missing"], [("voltage_volt", 1)])

    def test_rows_left_out(self):
        """Rows that the file does not write are blank lines, cells are empty; lines are the sheet's rows."""
        rows = {3: self.LABELS, 4: [0, 3.5, 0.1], 9: [1, 3.6], 10: [2, Raw('t="e"|<v>#DIV/0!</v>'), 0.1]}
        path = self.file(parts({"S": sheet_xml(rows, dimension="A1:XFD2147483648")}))
        self.assertEqual([r["current_ampere"] for r in self.rows(path)], ["0.1", "", "0.1"])
        found = {f["code"]: f for f in self.info(path)["findings"]}
        self.assertEqual(found["value-missing"]["line_first"], 10)
        self.assertNotIn("row-incomplete", found)

    def test_map_and_format(self):
        rows = [["a", "b", "c"]] + [[i, 3.5, 1] for i in range(20)]
        path = self.file(parts({"S": sheet_xml(rows)}))
        self.assertEqual(float(self.rows(path, "--map", "time=a,voltage=b,current=c@mA")[7]["current_ampere"]), 0.001)


class Hostile(Book):
    SHEET = [Cells.LABELS[:3]] + [[i, 3.5, 0.1] for i in range(50)]

    def with_sheet(self, xml, **more):
        return parts({"S": xml}, **more)

    def test_entities(self):
        laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(10))
        xml = sheet_xml(self.SHEET).replace(HEAD, f"{HEAD}<!DOCTYPE worksheet [{laughs}]>").replace("3.5", "&l9;", 1)
        self.refused(self.with_sheet(xml), "document type")
        outside = sheet_xml(self.SHEET).replace(HEAD, f'{HEAD}<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>')
        self.refused(self.with_sheet(outside), "document type")
        members = self.with_sheet(sheet_xml(self.SHEET), strings=[])
        for name in list(members)[1:5] + ["xl/sharedStrings.xml"]:
            bad = dict(members)
            bad[name] = bad[name].replace("?>\n", '?>\n<!DOCTYPE a [<!ENTITY b "c">]>', 1)
            self.refused(bad, "document type", name)
        self.refused(self.with_sheet(sheet_xml(self.SHEET).replace("3.5", "&nobody;", 1)), "sheet 'S'", "broken XML")

    def test_bombs(self):
        sheet = sheet_xml(self.SHEET)
        self.refused(self.with_sheet(sheet.replace("</sheetData>", " " * 300_000_000 + "</sheetData>")), "sheet 'S'")
        self.refused(self.with_sheet(sheet.replace("<v>3.5", "<v>" + "3" * 40_000_000, 1)), "characters")
        self.refused(self.with_sheet(sheet.replace("<row ", '<row x="' + "a" * 40_000_000 + '" ', 1)), "piece of XML")
        self.refused(self.with_sheet(sheet.replace("<sheetData>", "<a>" * 100_000 + "<sheetData>")), "nested")
        wide = "".join(f'<row r="{r}"><c r="XFD{r}"><v>1</v></c></row>' for r in range(60, 60_000))
        self.refused(self.with_sheet(sheet.replace("</sheetData>", wide + "</sheetData>")), "far larger")
        long = ["y" * 100_000]
        text = "".join(f'<row r="{r}"><c r="D{r}" t="s"><v>0</v></c></row>' for r in range(60, 20_000))
        self.refused(self.with_sheet(sheet.replace("</sheetData>", text + "</sheetData>"), strings=long), "far larger")

    def test_places(self):
        sheet = sheet_xml(self.SHEET)
        for place in ("ZZZ999999999", "XFE1", "A1048577", "A0", "1A", "A", "AAAAAAAAAAAAAAAAAAAAA1", "A1B"):
            self.refused(self.with_sheet(sheet.replace('<c r="A1"', f'<c r="{place}"', 1)), "sheet 'S'", place[:20])
        self.refused(self.with_sheet(sheet.replace('<c r="B5"', '<c r="A5"', 1)), "another's place")
        self.refused(self.with_sheet(sheet.replace('<c r="B5"', '<c r="B6"', 1)), "another's place")
        for row in ("2147483648", "-1", "0", "x", "99999999999999999999"):
            self.refused(self.with_sheet(sheet.replace('<row r="4"', f'<row r="{row}"', 1)), "sheet 'S'")
        self.refused(self.with_sheet(sheet.replace('<row r="4"', '<row r="2"', 1)), "not in order")

    def test_shared_texts(self):
        strings = {}
        sheet = sheet_xml(self.SHEET, strings)
        members = self.with_sheet(sheet, strings=strings)
        self.refused({k: v for k, v in members.items() if "sharedStrings" not in k},
                     "'xl/sharedStrings.xml' is not in it")
        self.refused({k: v for k, v in members.items() if "styles" not in k}, "'xl/styles.xml' is not in it")
        self.refused(self.with_sheet(sheet), "sheet 'S'", "shared text number 0")
        for index in ("3", "-1", "4294967296", "nan", "1e300", "x"):
            bad = sheet.replace("<v>2</v>", f"<v>{index}</v>", 1)
            self.refused(self.with_sheet(bad, strings=strings), "shared text number")

    def test_parts(self):
        sheet = sheet_xml(self.SHEET)
        for target in ("../../../../etc/passwd", "worksheets/../../x", "/../a", "file:///etc/passwd", "a\\..\\b"):
            self.refused(parts({"S": sheet}, targets={"S": target}), "outside")
        self.refused(parts({"S": sheet}, targets={"S": "worksheets/none.xml"}), "sheet 'S'", "not in the workbook")
        good = parts({"S": sheet})
        for name in ("_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"):
            self.refused({k: v for k, v in good.items() if k != name})
        self.refused({**good, "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}"/>'}, "0 sheets")
        self.refused({"[Content_Types].xml": "", "xl/workbook.bin": "x"})
        self.refused({"a.txt": "1", "b.txt": "2"}, "several files")
        self.refused({**good, "xl/worksheets/sheet1.xml": sheet.replace('"inlineStr"', '"q"', 1)}, "type 'q'")
        self.refused(
            {**good, "xl/worksheets/sheet1.xml": sheet_xml([["nothing", "here"], [1, 2]] * 3).replace("1", "x")})

    def test_cut(self):
        """The archive cut anywhere is refused: its directory stands at the end. A sheet cut within the archive too."""
        good = packed(self.with_sheet(sheet_xml(self.SHEET + [[50 + i, 3.5, i / 7] for i in range(2000)])))
        for part in range(100):
            self.refused(good[:len(good) * part // 100])
        sheet = sheet_xml(self.SHEET)
        for part in range(1, 100, 3):
            self.refused(self.with_sheet(sheet[:len(sheet) * part // 100]), "sheet 'S'")

    def test_damaged_late(self):
        """A sheet broken behind its head: an error with the row, no half of a table."""
        rows = self.SHEET + [[50 + i, 3.5, i / 7] for i in range(20000)]
        sheet = sheet_xml(rows).replace('<c r="B15000">', '<c r="B15000"><<', 1)
        path = self.file(self.with_sheet(sheet))
        code, out, err = real.run("convert", path, "-o", "-")
        self.assertNotEqual(code, 0)
        self.assertIn("sheet 'S'", err)
        bad = sheet_xml(rows).replace('r="B15000"', 'r="ZZZZ15000"', 1)
        code, out, err = real.run("convert", self.file(self.with_sheet(bad)), "-o", "-")
        self.assertIn(":15000: sheet 'S'", err)


if __name__ == "__main__":
    unittest.main()
