# SPDX-License-Identifier: MIT
"""What the tests on real files share: where the files are, and calls of the command."""
import functools
import json
import os
import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("PREMORTEM_DATA") or ROOT.parent / "shared" / "data")
COMMAND = os.environ.get("PREMORTEM") or str(ROOT / "build" / "premortem")

# Sanitizers want terabytes of addresses, of which they use none.
SANITIZED = bool(os.environ.get("PREMORTEM_SANITIZED"))



@functools.cache
def features():
    """What the command was built with: {"libzip": True, ...}."""
    return json.loads(subprocess.check_output([COMMAND, "version", "--json"]))["features"]


def needs(*names):
    """Skips a test, or a class of them, where the command was built without one of these."""
    absent = [name for name in names if not features()[name]]
    return unittest.skipIf(absent, f"built without {', '.join(absent)}")


needs_data = unittest.skipUnless((DATA / "cycler").is_dir(), "no real files")


@functools.cache
def text_files():
    """Every text file of cycler/ (without truth) and lithium-metal/, as paths below DATA: no NUL byte, no archive."""
    found = []
    for folder in ("cycler", "lithium-metal"):
        for path in sorted((DATA / folder).rglob("*")):
            name = path.relative_to(DATA).as_posix()
            if path.is_file() and not name.startswith("cycler/truth/"):
                start = path.read_bytes()
                if b"\0" not in start and start[:2] not in (b"PK", b"\x1f\x8b"):
                    found.append(name)
    return found


def run(*arguments, input_bytes=b"", before=(), cwd=None):
    """The command's exit status, standard output and messages, as text; `before` goes in front of the command."""
    done = subprocess.run([*before, COMMAND, *map(str, arguments)], input=input_bytes, capture_output=True, timeout=300,
                          cwd=cwd or (DATA if DATA.is_dir() else None))
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def document(command, *arguments):
    """files[] of `premortem COMMAND --json`, by path."""
    _, out, err = run(command, "--json", "--quiet", *arguments)
    if not out:
        raise AssertionError(err)
    return {file["path"]: file for file in json.loads(out)["files"]}


@functools.cache
def info():
    """`info --json` of all text files in one call."""
    return document("info", *text_files())


def findings(file, worse_than_note=False):
    return [f for f in file.get("findings", []) if not worse_than_note or f["severity"] != "note"]
