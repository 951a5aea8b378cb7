"""Holds the coverage that a run measured to its bounds, and names every line and branch that no test reached.

`python -m tests.covered coverage.json`: exit status 0 when the bounds hold, 1 when they do not. A file that the run
never saw counts as not covered at all, so that an empty run cannot pass.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OVERALL = 95.0
ROOT = Path(__file__).parent.parent


def is_strict(path: str) -> bool:
    """Return whether every branch of a file must be reached: rules, types of questions, and services."""
    parts = Path(path).with_suffix("").parts
    return len(parts) > 2 and parts[2] in {"rules", "items", "service"}


def missed(facts: dict[str, Any]) -> list[str]:
    """Return the lines and branches of one file that no test reached."""
    branches = [f"{start}->{end or 'end'}" for start, end in facts["missing_branches"]]
    return [str(line) for line in facts["missing_lines"]] + branches


def faults(files: dict[str, Any], expected: set[str]) -> Iterator[str]:
    """Yield what breaks the bounds. `files` is what slipcover tells of each file, `expected` what there is to cover."""
    for path in sorted(expected - set(files)):
        yield f"{path}: no test has imported it"
    for path, facts in sorted(files.items()):
        if is_strict(path) and (places := missed(facts)):
            yield f"{path}: not reached: {', '.join(places)}"
    reached = sum(len(each["executed_lines"]) + len(each["executed_branches"]) for each in files.values())
    total = reached + sum(len(missed(each)) for each in files.values())
    if not total or 100 * reached / total < OVERALL:
        yield f"{reached} of {total} lines and branches are reached, less than {OVERALL} %"


def main(report: str) -> int:
    """Print what the run covered and what breaks the bounds; return the exit status."""
    files = json.loads(Path(report).read_text(encoding="utf-8"))["files"]
    sources = (path for path in (ROOT / "lms").rglob("*.py") if path.stat().st_size)
    found = list(faults(files, {str(path.relative_to(ROOT)) for path in sources}))
    for path, facts in sorted(files.items()):
        if not is_strict(path) and (places := missed(facts)):
            print(f"{path}: {', '.join(places)}")
    strict = [facts for path, facts in files.items() if is_strict(path)]
    for name, group in (("all files", list(files.values())), ("rules and services", strict)):
        lines, branches = (sum(len(each[f"executed_{kind}"]) for each in group) for kind in ("lines", "branches"))
        left = sum(len(missed(each)) for each in group)
        print(f"{name}: {len(group)} files, {lines} lines and {branches} branches reached, {left} not")
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
