# SPDX-License-Identifier: MIT
"""What the checks on real cells share: calls of `premortem train`, rank correlation, concordance, draws of groups."""
import bisect
import concurrent.futures
import csv
import json
import math
import os
import random
import subprocess
import sys

from measure import PREMORTEM

DRAWS = 2000


def call(*words):
    done = subprocess.run([PREMORTEM, *map(str, words), "--quiet"], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"premortem {' '.join(map(str, words))}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def write_table(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return path


def each(function, items):
    """What a function that calls premortem, on one thread each, makes of each item."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(items, pool.map(function, items)))


def train(table, features, *words):
    return json.loads(call("train", "--table", table, "--features", ",".join(features), "--log", "--json",
                           "--threads", 1, *words))


def ranks(values):
    """Ties stand at their mean rank."""
    ordered = sorted(values)
    return [(bisect.bisect_left(ordered, v) + bisect.bisect_right(ordered, v) + 1) / 2 for v in values]


def correlation(a, b):
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    squares = sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)
    products = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b))
    return products / math.sqrt(squares) if squares > 1e-20 else math.nan


def spearman(a, b):
    return correlation(ranks(a), ranks(b)) if len(a) > 2 else math.nan


def concordance(predicted, lives, censored):
    """Harrell's: of pairs of which one is known to have ended first, those predicted in this order; ties count half."""
    right = pairs = 0
    for p, life, bound in zip(predicted, lives, censored):
        if bound:
            continue
        for q, other, other_bound in zip(predicted, lives, censored):
            if other > life or (other == life and other_bound):
                pairs += 1
                right += 1 if q > p else 0.5 if q == p else 0
    return right / pairs


def draw_groups(groups, seed=1):
    """Lists of row indexes, each of as many groups as there are, drawn with replacement."""
    rows = {}
    for i, group in enumerate(groups):
        rows.setdefault(group, []).append(i)
    names, draw = list(rows), random.Random(seed)
    return [[i for name in draw.choices(names, k=len(names)) for i in rows[name]] for _ in range(DRAWS)]


def interval(values):
    """The middle 95 % of what the draws gave."""
    known = sorted(v for v in values if not math.isnan(v))
    return known[round(0.025 * (len(known) - 1))], known[round(0.975 * (len(known) - 1))]
