# SPDX-License-Identifier: MIT
"""From files of cells to verdicts, on a small virtual laboratory whose cells get made-up lives and classes: what is
learned does not matter here, only that each command says the same of the same cell."""
import csv
import io
import json
import tempfile
import unittest
from pathlib import Path

import real

CYCLES = 4  # of each cell; the first two are looked at


def command(*arguments):
    code, out, err = real.run(*arguments)
    if code:
        raise AssertionError(err)
    return out


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def write(path, rows):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


class Prediction(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.kept.name)
        lab, fingerprints = cls.folder / "lab", cls.folder / "fingerprints.csv"
        command("virtual", "lab", "--quiet", "--electrolytes", 8, "--cells", 2, "--cycles", CYCLES, "--seed", 3, "-o", lab)
        cls.files = sorted(lab.glob("*.bdf.csv"))
        rows = table(command("fingerprint", "--quiet", lab))
        for i, row in enumerate(rows):
            row["life"] = 100 + 7 * (i % 5)
            row["label"] = "kdf" if i % 3 else "rdf"
        write(fingerprints, rows)
        cls.rows, cls.fingerprints, cls.lab = rows, fingerprints, lab
        cls.model = {}
        for target in ("label", "life"):
            cls.model[target] = cls.folder / f"{target}.json"
            command("train", "--quiet", "--table", fingerprints, "--target", target, "--learner", "forest", "--trees", 30,
                    "--bootstraps", 20, "-o", cls.model[target])

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    def predict(self, *arguments, target="label"):
        return json.loads(command("predict", "--quiet", "--json", "--model", self.model[target], *arguments))["files"]

    def test_rows_behind_the_last_cycle_have_no_part(self):
        """Every row after the second cycle altered: voltages mirrored, currents shrunk, the order kept."""
        source, altered = self.files[0], self.folder / self.files[0].name
        lines = source.read_text().splitlines()
        header = lines[0].split(",")
        voltage, current, time = (header.index(name) for name in ("voltage_volt", "current_ampere", "test_time_second"))
        cycles = table(command("cycles", "--quiet", source))
        end = float(cycles[2]["test_time_start_second"])
        out = [lines[0]]
        changed = 0
        for line in lines[1:]:
            cells = line.split(",")
            if float(cells[time]) > end:
                cells[voltage] = repr(3 - 2 * float(cells[voltage]))
                cells[current] = repr(0.3 * float(cells[current]))
                changed += 1
            out.append(",".join(cells))
        self.assertGreater(changed, 100)
        altered.write_text("\n".join(out) + "\n")
        (self.folder / "cells.yaml").write_text((self.lab / "cells.yaml").read_text())
        of_a_kind_without_a_model = ("predict", "--quiet", "--json", "--kind", "li-li")
        for target in ("label", "life", None):
            before, after = (self.predict(path, target=target) if target else
                             json.loads(command(*of_a_kind_without_a_model, path))["files"] for path in (source, altered))
            before[0].pop("path"), after[0].pop("path")
            self.assertIn("alarms", before[0])
            self.assertEqual(before, after)
        self.assertEqual(*[command("explain", "--quiet", "--model", self.model["label"], path) for path in (source, altered)])
        self.assertNotEqual(*[command("cycles", "--quiet", path) for path in (source, altered)])

    def altered_after(self, row, change, source, name):
        """The source in a folder of its own, its rows from `row` on changed."""
        rows = [line.split(",") for line in source.read_text().splitlines()]
        columns = [rows[0].index(column) for column in ("voltage_volt", "current_ampere")]
        for i, cells in enumerate(rows[1 + row:]):
            for column, value in zip(columns, change(i, *(float(cells[c]) for c in columns))):
                cells[column] = repr(value)
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / source.name).write_text("\n".join(map(",".join, rows)) + "\n")
        return folder / source.name

    def test_later_extremes_have_no_part(self):
        """Rows behind the second cycle that would move the dead band, make all before them noise or the cell another
        kind: with the kind told beside the file, and seen in it."""
        source = self.files[0]
        halves = table(command("cycles", "--quiet", "--half", source))
        third, fourth = (next(int(h["row_first"]) for h in halves if h["cycle_count"] == n) - 1 for n in "34")
        changes = {
            "currents": (third + 20, lambda i, v, c: (v, 1e4 * c)),
            "first": (third, lambda i, v, c: (v, 1e4 * c if i < 20 else c)),
            "burst": (third + 20, lambda i, v, c: (v, -13.0 if i < 50 else c)),
            "late": (fourth, lambda i, v, c: (v, -13.0 if i < 500 else c)),
            "volts": (third, lambda i, v, c: (v + 3, c)),
        }
        whole = self.altered_after(third, lambda i, v, c: (v, c), source, "same")
        for side in (False, True):
            of = {}
            for name, (row, change) in {"same": (0, None), **changes}.items():
                path = whole if name == "same" else self.altered_after(row, change, source, name)
                if side:
                    (path.parent / "cells.yaml").write_text((self.lab / "cells.yaml").read_text())
                said = self.predict(path)[0]
                said.pop("path")
                of[name] = said, command("fingerprint", "--quiet", path)
            self.assertEqual(of["same"][0]["kind"], "li-cu")
            for name in changes:
                self.assertEqual(of[name], of["same"], f"{name}, sidecar {side}")

    def test_a_reservoir_gets_no_class(self):
        """Its first two cycles show it: half or more of what was plated is left, and not for want of lithium."""
        lab = self.folder / "reservoir"
        command("virtual", "lab", "--quiet", "--design", "li-cu-reservoir", "--electrolytes", 1, "--cells", 1, "-o", lab)
        file = next(lab.glob("*.bdf.csv"))
        judged = self.predict(file)[0]
        self.assertEqual((judged["status"], judged["label"], judged["set"], judged["model"]), ("ok", None, [], None))
        self.assertIn("only its average efficiency", judged["words"])
        self.assertIn("only its average efficiency", table(command("predict", "--quiet", file))[0]["cannot"])
        row = table(command("label", "--quiet", file))[0]
        self.assertEqual((row["label"], row["cycle_count_end"]), ("", ""))
        self.assertIn("cycles of constant capacity", row["cannot_show"])
        self.assertIn("only its average efficiency", real.run("fingerprint", file)[2])
        command("report", "--quiet", file, "-o", self.folder / "page.html")
        self.assertIn("only its average efficiency", (self.folder / "page.html").read_text())

    def test_what_a_refusal_hints_at(self):
        """One cycle: that the model needs two; where the file has an error, that."""
        source = self.files[0]
        halves = table(command("cycles", "--quiet", "--half", source))
        lines = source.read_text().splitlines()[:int(halves[2]["row_last"])]
        path = self.folder / "one.csv"
        path.write_text("\n".join(lines) + "\n")
        for more in ((), ("--model", self.model["label"])):
            code, out, err = real.run("predict", "--kind", "li-cu", *more, path)
            self.assertEqual(code, 2)
            self.assertIn("1 complete cycle: too few", err)
            self.assertIn("the model needs 2 complete cycles", err)
            self.assertNotIn("--cycles", err)
        time = lines[0].split(",").index("test_time_second")
        for at, moved, hint in ((100, 40, "see premortem info"), (100, 1, "try --reconcile")):
            rows = [line.split(",") for line in lines]
            for row in rows[at:at + moved]:
                row[time] = repr(float(row[time]) - 9000)
            path.write_text("\n".join(map(",".join, rows)) + "\n")
            for name in ("predict", "label"):
                code, out, err = real.run(name, "--kind", "li-cu", path)
                self.assertEqual(code, 2)
                self.assertIn("the file has an error, time-backwards: " + hint, err)

    def test_what_a_verdict_lacks(self):
        """Voltages of the wrong sign hide a quarter of the features and more; a table without kinds is not checked."""
        mirrored = self.altered_after(0, lambda i, v, c: (-v, c), self.files[0], "mirrored")
        call = "predict", "--kind", "li-cu", mirrored
        self.assertIn("features are missing: the verdict hardly rests on this cell", real.run(*call)[2])
        self.assertIn("Warning: more than a quarter", json.loads(command(*call, "--json"))["files"][0]["words"])
        self.assertNotIn("hardly", real.run("predict", self.files[0])[2])
        bare = self.folder / "bare.csv"
        write(bare, [{k: v for k, v in row.items() if k not in ("kind", "label", "life")} for row in self.rows])
        for path, more, told in ((bare, (), True), (bare, ("--kind", "li-cu"), False), (self.fingerprints, (), False)):
            code, out, err = real.run("predict", "--model", self.model["label"], "--table", path, *more)
            self.assertEqual((code, "no column kind" in err), (0, told), err)

    def test_files_and_tables_agree(self):
        of_files, of_table = self.predict(self.lab), self.predict("--table", self.fingerprints)
        self.assertEqual(len(of_files), len(self.files))
        for number, (a, b) in enumerate(zip(of_files, of_table), 1):
            self.assertEqual((a.pop("row"), b.pop("row")), (None, number))
            self.assertEqual([a.pop(name) for name in ("alarm", "alarms")], [False, []])  # a table has no rows to look at
            a.pop("path"), b.pop("path"), a.pop("suspicion")
            self.assertEqual(a, b)

    def test_units_come_from_the_catalogue(self):
        units = {feature["name"]: feature["unit"] for feature in json.loads(self.model["label"].read_text())["features"]}
        self.assertEqual(units["hysteresis_last_volt"], "V")
        self.assertEqual(units["coulombic_efficiency_last"], "1")

    def test_contributions_add_up(self):
        """Of a regression: the prediction, less what is expected without any feature, which is the same for all."""
        rest = set()
        for cell in json.loads(command("explain", "--quiet", "--json", "--model", self.model["life"], self.lab))["files"]:
            value = next(p["value"] for p in self.predict(self.lab, target="life") if p["cell_id"] == cell["cell_id"])
            rest.add(round(value - sum(c["contribution"] for c in cell["contributions"]), 6))
        self.assertEqual(len(rest), 1)

    def test_decided_by_is_the_beginning_of_explain(self):
        explained = json.loads(command("explain", "--quiet", "--json", "--model", self.model["label"], self.files[3]))
        all_of_them = explained["files"][0]["contributions"]
        self.assertEqual(self.predict(self.files[3])[0]["decided_by"], all_of_them[:5])
        sizes = [abs(c["contribution"]) for c in all_of_them]
        self.assertEqual(sizes, sorted(sizes, reverse=True))

    def test_probabilities(self):
        for cell in self.predict(self.lab):
            known = {name: p for name, p in cell["probability"].items() if p is not None}
            self.assertEqual(set(known), {"kdf", "rdf"})
            self.assertAlmostEqual(sum(known.values()), 1, delta=1e-12)
            self.assertEqual(cell["label"], max(known, key=known.get))
            self.assertIn(cell["label"], cell["set"])

    def test_a_model_for_another_kind(self):
        code, out, err = real.run("predict", "--model", self.model["label"], "--kind", "li-li", self.files[0])
        self.assertEqual(code, 2)
        self.assertIn("the model is for cells of kind li-cu, this one is li-li", err)

    def test_another_number_of_cycles(self):
        code, out, err = real.run("predict", "--model", self.model["label"], "--cycles", 3, self.files[0])
        self.assertEqual(code, 2)
        self.assertIn("the model is of the first 2 cycles, not of 3", err)

    def test_features_that_a_table_lacks(self):
        path = self.folder / "few.csv"
        write(path, [{k: v for k, v in row.items() if not k.startswith("hysteresis")} for row in self.rows])
        code, out, err = real.run("predict", "--model", self.model["label"], "--table", path)
        self.assertEqual(code, 2)
        self.assertIn("hysteresis_first_volt", err)

    def test_train_on_files_is_train_on_their_table(self):
        """Labels and lives by a rule that finds some in thirty cycles."""
        lab, labelled = self.folder / "longer", self.folder / "labelled.csv"
        command("virtual", "lab", "--quiet", "--electrolytes", 10, "--cells", 1, "--cycles", 30, "--seed", 3, "-o", lab)
        rule = ("--window", 3, "--reference", 2, "--polarisation", 0.05, "--efficiency", 0.02)
        labelled.write_text(command("fingerprint", "--quiet", "--label", *rule, lab))
        lives = (("--target", name, "--log") for name in ("cycle_count_end", "cycle_count_elbow"))
        for target in (("--classes", "kdf,cdf"), *lives):
            learn = ("train", "--quiet", "--json", "--learner", "logistic" if "kdf,cdf" in target else "linear",
                     "--bootstraps", 20, *target)
            files = json.loads(command(*learn, *rule, lab))
            rows = json.loads(command(*learn, "--simulated", "--table", labelled))  # the files say so themselves
            self.assertEqual(len(files.pop("files")), 10)
            self.assertEqual(rows.pop("files"), [])
            self.assertEqual(files, rows)
