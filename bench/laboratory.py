# SPDX-License-Identifier: MIT
"""Virtual laboratories on the disk, and the tables that premortem makes of them; what stands there is not made again."""
import csv
import subprocess
import sys
import time

from measure import PREMORTEM

FROM_LABELS = ("label", "cycle_count_end", "threshold_polarisation", "threshold_coulombic_efficiency", "window",
               "reference", "horizon")


def call(*words):
    done = subprocess.run([PREMORTEM, *map(str, words), "--quiet"], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"premortem {' '.join(map(str, words))}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Lab:
    """One laboratory on the disk, and the tables made of it."""

    def __init__(self, options, seed, *flags):
        """options: folder, electrolytes, cells; flags: of `virtual lab`."""
        self.seed = seed
        self.name = "-".join([f"seed{seed}", *(flag.strip("-") for flag in flags)]).replace(" ", "")
        self.folder = options.folder / f"{options.electrolytes}x{options.cells}" / self.name
        self.make = ["virtual", "lab", "--electrolytes", options.electrolytes, "--cells", options.cells, "--seed", seed]
        self.make += [*flags, "-o", self.folder / "cells"]
        self.seconds = {}

    def timed(self, what, target, *words):
        if not target.exists():
            start = time.perf_counter()
            call(*words)
            self.seconds[what] = time.perf_counter() - start

    def table(self, cycles):
        """Fingerprints of the first cycles beside what became of each cell and its family."""
        cells, made = self.folder / "cells", self.folder / f"table-{cycles}.csv"
        labels, prints = self.folder / "labels.csv", self.folder / f"fingerprints-{cycles}.csv"
        self.timed("laboratory", cells / "truth.csv", *self.make)
        self.timed("labels", labels, "label", cells, "-o", labels)
        self.timed("fingerprints", prints, "fingerprint", "--cycles", cycles, cells, "-o", prints)
        if not made.exists():
            self.join(rows_of(prints), labels, cells / "truth.csv", made)
        return made

    def drop_cells(self):
        """Hundreds of megabytes that are not needed again."""
        for path in (self.folder / "cells").glob("*.bdf.csv"):
            path.unlink()

    @staticmethod
    def join(rows, labels, truth, made):
        label = {row["cell_id"]: row for row in rows_of(labels)}
        family = {row["cell_id"]: row["family"] for row in rows_of(truth)}
        for row in rows:
            row["family"] = family[row["cell_id"]]
            row.update({column: label[row["cell_id"]][column] for column in FROM_LABELS})
        with open(made, "w", newline="", encoding="utf-8") as file:
            out = csv.DictWriter(file, list(rows[0]))
            out.writeheader()
            out.writerows(rows)

    def size(self):
        files = list((self.folder / "cells").glob("*.bdf.csv"))
        lines = sum(path.read_bytes().count(b"\n") - 1 for path in files)
        return lines, sum(path.stat().st_size for path in files)
