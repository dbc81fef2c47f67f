# SPDX-License-Identifier: MIT
"""Test Anything Protocol, for the test programs that are scripts."""


class Tap:
    """Prints one line per case; the plan comes last."""

    def __init__(self):
        self.cases = 0
        self.failures = 0

    def case(self, name, problem=None, skipped=None):
        """problem: why it failed, as text; skipped: why it did not run."""
        self.cases += 1
        for line in (problem or "").splitlines():
            print("#", line)
        if problem is not None:
            self.failures += 1
        directive = f" # SKIP {skipped}" if skipped else ""
        print("not ok" if problem is not None else "ok", self.cases, "-", name.replace("#", "") + directive, flush=True)

    def finish(self):
        """Prints the plan and returns the exit status."""
        print(f"1..{self.cases}")
        return 1 if self.failures else 0
