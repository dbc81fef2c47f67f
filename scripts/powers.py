#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes src/base/number_table.c: 5^q as 128 bits, leading bit set, for q in [-342, 342].

Rounded down, but up for -27 <= q < 0, as the proof of Lemire (doi:10.1002/spe.2984) asks. Usage: powers.py > FILE
"""

FIRST, LAST = -342, 342


def power(q):
    if q >= 0:
        p = 5**q
        bits = p.bit_length()
        return p >> (bits - 128) if bits > 128 else p << (128 - bits)
    p = 5**-q
    b = p.bit_length() + 127 + 128
    c = (1 << b) // p  # has at least 128 bits; the reciprocal of a power of five never ends
    return (c >> (c.bit_length() - 128)) + (1 if q >= -27 else 0)


def main():
    print("/* SPDX-License-Identifier: MIT */")
    print("/* Written by scripts/powers.py; do not edit. */")
    print('#include "base/number.h"\n')
    print("// clang-format off")
    print("const uint64_t pm_power_of_five[PM_POWER_LAST - PM_POWER_FIRST + 1][2] = {")
    words = [f"{{0x{power(q) >> 64:016x}, 0x{power(q) & (2**64 - 1):016x}}}" for q in range(FIRST, LAST + 1)]
    for i in range(0, len(words), 2):
        print("    " + ", ".join(words[i : i + 2]) + ",")
    print("};")


main()
