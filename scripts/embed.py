#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.py --name SYMBOL OUT.c FILE...: the files as `const pm_embedded SYMBOL[]` (base/base.h), in the order given, ending
with an entry without a name."""
import argparse
import pathlib


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def array(index, data):
    rows = [",".join(map(str, data[start : start + 32])) for start in range(0, len(data), 32)]
    return f"static const unsigned char file_{index}[] = {{\n" + "".join(row + ",\n" for row in rows) + "0};\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True, help="of the table")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()

    contents = [file.read_bytes() for file in options.files]
    lines = ['#include "base/base.h"\n\n']
    lines += [array(index, data) for index, data in enumerate(contents)]
    lines += [f"extern const pm_embedded {options.name}[];\nconst pm_embedded {options.name}[] = {{\n"]
    for index, (file, data) in enumerate(zip(options.files, contents)):
        lines += [f"    {{{c_string(file.name)}, (const char *)file_{index}, {len(data)}}},\n"]
    lines += ["    {NULL, NULL, 0},\n};\n"]
    options.out.write_text("".join(lines), encoding="ascii")


main()
