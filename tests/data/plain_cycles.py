#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Per-cycle capacities of the real text files, the plain way: the independent answer for tests of `premortem cycles`.

Standard library only, and nothing shared with the C code: a file is loaded whole by column numbers written down here,
the charge is summed row by row, and half-cycles are found with the whole file in view.

    plain_cycles.py DATA              one JSON document: {file: {"half_cycles": [...], "cycles": [...]}}
    plain_cycles.py DATA FILE         the same for one file
    plain_cycles.py DATA FILE --rows  its rows: BDF names of t, v, i, cycle, step, time within the step
"""
import json
import math
import os
import sys

# What a file looks like: delimiter, the text its header line starts with, the column numbers (from 0) of time (t), time
# within the step (st), voltage, current, cycle, step (None = absent), factors to s, V, A, the column of the letter that
# holds the sign, and which half a cycle starts with ("charge", "discharge", or "none": no pairing).
FILES = {
    "cycler/arbin/CS2_33_10_04_10.csv": dict(head="Data_Point", t=1, st=3, v=7, i=6, cycle=5, step=4, first="charge"),
    "cycler/arbin/arbin_example.csv": dict(head="Data_Point", t=1, st=3, v=7, i=6, cycle=5, step=4, first="charge"),
    "cycler/arbin/sample_data_arbin.csv":
        dict(head="Data Point", t=2, st=3, v=10, i=9, cycle=4, step=5, first="charge"),
    "cycler/archive/CALCE_CX2-33_prism_LCO_25C_0-100_0.5-0.5C_d_timeseries.csv":
        dict(head="Date_Time", t=1, v=4, i=3, cycle=2, first="charge"),
    "cycler/basytec/sample_data_basytec.txt":
        dict(head="~Time", delimiter="\t", t=0, st=2, v=7, i=8, cycle=26, step=5, first="charge"),
    "cycler/bdf/sample.bdf.csv": dict(head="Test Time", t=0, v=1, i=2, first="charge"),
    "cycler/bdf/SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv":
        dict(head="test_time", t=0, v=1, i=2, step=5, first="charge"),
    "cycler/bdf/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.bdf.csv":
        dict(head="test_time", t=0, v=1, i=2, step=3, first="discharge"),
    "cycler/landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv":
        dict(head="channel_index", t=4, st=5, v=7, i=6, cycle=1, step=2, first="discharge"),
    "cycler/maccor/maccor_example.001":
        dict(head="Rec#", delimiter="\t", t=3, st=4, v=8, i=7, cycle=1, step=2, letter=9, time=60.0, first="charge"),
    "cycler/maccor/maccor_example.002":
        dict(head="Rec#", delimiter="\t", t=3, st=4, v=8, i=7, cycle=1, step=2, letter=9, time=60.0, first="charge"),
    "cycler/maccor/PredictionDiagnostics_000109_tztest.010":
        dict(head="Rec#", delimiter="\t", t=3, st=4, v=8, i=7, cycle=1, step=2, letter=9, first="charge"),
    "cycler/maccor/maccor_002.txt":
        dict(head="Rec\t", delimiter="\t", t=4, st=5, v=9, i=8, cycle=1, step=3, letter=10, time=60.0, first="charge"),
    "cycler/maccor/maccor_three.txt":
        dict(head="Rec#", delimiter="\t", t=3, st=4, v=8, i=7, cycle=1, step=2, letter=9, voltage=1e-3, current=1e-3,
             first="charge"),
    "cycler/neware/neware_uio.csv":
        dict(head="DataPoint", t=5, st=4, v=7, i=6, cycle=1, step=2, first="discharge"),
    "cycler/neware/nw_regular_export_ife_example.csv":
        dict(head=",,DataPoint", layered=True, t=4, st=3, v=6, i=5, first="charge"),
    "cycler/novonix/sample_data_novonix.csv":
        dict(head="Date and Time", t=3, st=4, v=6, i=5, cycle=1, step=13, time=3600.0, first="charge"),
    "cycler/novonix/test_Nova_Form-CH01-01_short.csv":
        dict(head="Date and Time", t=3, st=4, v=6, i=5, cycle=1, step=13, time=3600.0, first="charge"),
    "cycler/other/pec.csv":
        dict(head="Test,Cell", t=8, st=10, v=15, i=16, cycle=7, step=6, voltage=1e-3, current=1e-3, first="charge"),
    "cycler/other/batmo_bdf.csv":
        dict(head="Test Time", t=0, v=2, i=1, cycle=5, step=6, time=3600.0, current=-1.0, first="charge"),
    "cycler/biologic/biologic_cycling.mpt":
        dict(head="mode\t", delimiter="\t", t=8, v=10, i=11, cycle=None, step=6, current=1e-3, first="charge"),
    "cycler/biologic/Sample_data_biologic_01_MB_CA1.txt":
        dict(head="Ns changes", delimiter="\t", t=2, st=8, v=3, i=4, step=1, current=1e-3, first="charge"),
    "cycler/biologic/Sample_data_biologic_no_header.mpt":
        dict(head="mode\t", delimiter="\t", t=8, v=10, i=11, step=6, current=1e-3, first="charge"),
    "lithium-metal/symmetric/Data_Figure_4bc_xemp.csv":
        dict(head="Time", delimiter=";", t=0, v=1, i=None, time=3600.0, first="none"),
    "lithium-metal/soft-short-teg-dme/jr862_11_08_23_insitu-impedance-LiLi_1MLiTFSI_TEGDME-1mA_03_GCPL_C05.txt":
        dict(head="time/s", delimiter="\t", t=0, v=1, i=None, first="none"),
}


def seconds(text):
    """A number, '1d 02:03:04.5' or '26:03:04'."""
    text = text.strip()
    if ":" not in text:
        return float(text)
    days, _, clock = text.rpartition(" ")
    h, m, s = clock.split(":")
    return float(days.strip().rstrip("d") or 0) * 86400 + int(h) * 3600 + int(m) * 60 + float(s)


def load(path, spec):
    """The rows of a file as dicts: t (s), v (V), i (A, + charges, None = no such column), cycle, step, step_t (s)."""
    with open(path, encoding="utf-8-sig", errors="replace", newline="") as file:
        text = file.read()
    lines = [line.strip('"') for line in text.splitlines()]
    start = next(k for k, line in enumerate(lines) if line.startswith(spec["head"]))
    delimiter = spec.get("delimiter", ",")
    rows, cycle, step = [], None, None
    for line in lines[start + 1:]:
        field = line.split(delimiter)
        if spec.get("layered"):
            if field[0]:
                cycle, step = field[0], field[9] if len(field) > 9 else None
            elif field[1]:
                step = field[2]
            if field[0] or field[1]:
                continue
        if not line.strip():
            continue
        row = dict(t=seconds(field[spec["t"]]) * spec.get("time", 1.0),
                   v=float(field[spec["v"]]) * spec.get("voltage", 1.0), i=None, cycle=cycle, step=step)
        if spec["i"] is not None:
            row["i"] = float(field[spec["i"]]) * spec.get("current", 1.0)
        if "letter" in spec:
            row["i"] = abs(row["i"]) * {"C": 1, "D": -1}.get(field[spec["letter"]].strip(), 0)
        if "st" in spec:
            row["step_t"] = seconds(field[spec["st"]]) * spec.get("time", 1.0)
        for name in ("cycle", "step"):
            if spec.get(name) is not None:
                row[name] = field[spec[name]].strip()
        rows.append(row)
    return rows


def mean_current(a, b, unsettled):
    """Mean current between two rows of one step and sign (the rule that the manual of `cycles` states)."""
    ratio = b / a
    if ratio > 2 or (unsettled and ratio > 0.9):
        return b
    if ratio < 0.99:
        return (b - a) / math.log(ratio)
    return (a + b) / 2


def distance_after(rows, number):
    """Time from row `number` (from 1) to the next that is later within the same step and direction; 0 = there is none."""
    row = rows[number - 1]
    for other in rows[number:]:
        if other["step"] != row["step"] or not other["i"] * row["i"] > 0:
            return 0.0
        if other["t"] > row["t"]:
            return other["t"] - row["t"]
    return 0.0


def half_cycles(rows):
    """With the whole file in view: stretches of one sign, then what is no half-cycle joined to its neighbours."""
    by_voltage = rows[0]["i"] is None
    largest = 0.0
    stretches, last, last_sign, unsettled, usual = [], None, 0, True, 0.0
    for number, row in enumerate(rows, 1):
        current = (row["v"] > 0) - (row["v"] < 0) if by_voltage else row["i"]
        band = 0 if by_voltage else largest / 2000
        sign = 0 if abs(current) <= band else (1 if current > 0 else -1)
        largest = max(largest, abs(current))
        if sign:
            if not stretches or stretches[-1]["sign"] != sign:
                stretches.append(dict(sign=sign, q=0.0, first=number, last=number, most=0.0))
            dt = max(0.0, row["t"] - last["t"]) if last else 0.0
            same_step = last is not None and last["step"] == row["step"]
            same_step = same_step and not (row.get("step_t", 0) < last.get("step_t", 0))
            if not same_step and "step_t" in row:
                dt = min(dt, row["step_t"])
            mean = current
            if not by_voltage and "step_t" not in row and last_sign != sign:
                dt = min(dt, max(usual, distance_after(rows, number)))
            if same_step and last_sign == sign and dt > 0:
                usual = dt
            if same_step and last_sign == sign:
                mean = mean_current(last_current, current, unsettled)
                unsettled = False
            else:
                unsettled = True
            stretches[-1]["q"] += mean * dt / 3600
            stretches[-1]["last"] = number
            stretches[-1]["most"] = max(stretches[-1]["most"], abs(current))
        last, last_sign, last_current = row, sign, current
    # The smallest stretch goes first, while it is below 1/20 of both its neighbours or below 1/10000 of one of them.
    while len(stretches) > 1:
        k = min(range(len(stretches)), key=lambda n: abs(stretches[n]["q"]))
        near = [stretches[n] for n in (k - 1, k + 1) if 0 <= n < len(stretches)]
        parts = [abs(stretches[k]["q"]) / abs(s["q"]) for s in near]
        if min(parts) >= 1e-4 and (len(near) == 1 or max(parts) >= 0.05):
            break
        if len(near) == 1:
            del stretches[k]
            continue
        a, b, c = stretches[k - 1:k + 2]
        stretches[k - 1:k + 2] = [dict(a, q=a["q"] + b["q"] + c["q"], last=c["last"])]
    return stretches, last_sign == 0


def cycles(halves, first, ended):
    """(charge, discharge, complete) of each cycle; an unpaired first half comes before them."""
    sign = {"charge": 1, "discharge": -1, "none": 0}[first]
    halves = list(halves)
    out = []
    while halves:
        size = 1 if sign and halves[0]["sign"] != sign and not out else 2
        pair, halves = halves[:size], halves[size:]
        of = {h["sign"]: abs(h["q"]) for h in pair}
        complete = size == 2 and len(pair) == 2 and (bool(halves) or ended)
        out.append(dict(cycle_count=0, charging_capacity_ah=of.get(1), discharging_capacity_ah=of.get(-1),
                        complete=int(complete)))
        if size == 1:
            continue
        out[-1]["cycle_count"] = sum(c["cycle_count"] > 0 for c in out) + 1
    return out


def answer(path, spec):
    rows = load(path, spec)
    halves, ended = half_cycles(rows)
    found = dict(half_cycles=[dict(row_first=h["first"], row_last=h["last"], sign=h["sign"]) for h in halves])
    if rows[0]["i"] is None:
        return found
    for h, told in zip(halves, found["half_cycles"]):
        told["capacity_ah"] = abs(h["q"])
    found["cycles"] = cycles(halves, spec["first"], ended)
    return found


def main(data, only=None, show=None):
    names = [only] if only else [n for n in FILES if os.path.exists(os.path.join(data, n))]
    if show == "--rows":
        print("test_time_second,voltage_volt,current_ampere,cycle_count,step_id,step_time_second")
        numbers = {}
        for r in load(os.path.join(data, only), FILES[only]):
            step = "" if r["step"] is None else numbers.setdefault(r["step"], len(numbers))
            fields = (r["t"], r["v"], r["i"], r["cycle"] or None, step, r.get("step_t"))
            print(",".join("" if x is None else str(x) for x in fields))
        return
    json.dump({n: answer(os.path.join(data, n), FILES[n]) for n in names}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main(*sys.argv[1:])
