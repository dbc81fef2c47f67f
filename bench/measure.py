# SPDX-License-Identifier: MIT
"""What the benchmarks share: processes run in turn, their times and peaks of memory, one table of results."""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
DATA = pathlib.Path(os.environ.get("PREMORTEM_DATA") or SHARED / "data")
PEERS = SHARED / "peers" / "read"
PYTHON = ROOT / "build-peers" / "bin" / "python"
PREMORTEM = pathlib.Path(os.environ.get("PREMORTEM") or ROOT / "build" / "premortem")
SCRATCH = ROOT / "build-peers" / "scratch"
GNU_TIME = shutil.which("time")


def failed(command, code, message):
    sys.exit(f"{' '.join(map(str, command))}: exit {code}\n{message.decode(errors='replace')}")


def once(command):
    """Wall seconds, CPU seconds and peak resident MiB (at least this script's own) of one process."""
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}  # the peers may lie in a folder of others
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        failed(command, process.returncode, message)
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def peak(command):
    """Peak resident MiB of one process, started by GNU time, which is small; this script's own is the least without it."""
    if not GNU_TIME:
        return once(command)[2]
    with tempfile.NamedTemporaryFile("r") as out:
        once([GNU_TIME, "-f", "%M", "-o", out.name, *command])
        return int(out.read().split()[-1]) / 1024


def in_turn(commands, runs):
    """Runs all commands (or functions that return what `once` does) one after the other, `runs` times after one that does
    not count; median, least and most wall seconds, median CPU seconds and the largest peak by name."""
    run = {name: command if callable(command) else lambda c=command: once(c) for name, command in commands.items()}
    for one in run.values():
        one()
    seen = {name: [] for name in run}
    for _ in range(runs):
        for name, one in run.items():
            seen[name].append(one())
    columns = {name: list(zip(*rows)) for name, rows in seen.items()}
    return {n: (statistics.median(w), min(w), max(w), statistics.median(c), max(m)) for n, (w, c, m) in columns.items()}


def show(results):
    """One line per command; the first one is what the others are compared with."""
    print(f"{'':28}{'wall s':>8}{'min':>8}{'max':>8}{'CPU s':>8}{'peak MiB':>10}{'wall x':>8}{'CPU x':>8}")
    ours = next(iter(results.values()))
    for name, (wall, least, most, cpu, memory) in results.items():
        ratio = cpu / ours[3] if ours[3] else float("nan")
        print(f"{name:28}{wall:8.3f}{least:8.3f}{most:8.3f}{cpu:8.3f}{memory:10.1f}{wall / ours[0]:8.2f}{ratio:8.2f}")


def versions(packages):
    """Our version, the peers' and the machine's state, in two lines."""
    text = ("import importlib.metadata as m, sys\n"
            "for name in sys.argv[1:]:\n"
            "    try: print(name, m.version(name))\n"
            "    except m.PackageNotFoundError: print(name, 'absent')")
    peers = []
    if PYTHON.exists():
        done = subprocess.run([PYTHON, "-c", text, *packages], capture_output=True, text=True, check=True)
        peers = done.stdout.splitlines()
    ours = subprocess.run([PREMORTEM, "version"], capture_output=True, text=True, check=True).stdout.splitlines()
    print(", ".join([ours[0], *peers]), f"on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    print("other processes share this machine: compare ratios, not seconds")
