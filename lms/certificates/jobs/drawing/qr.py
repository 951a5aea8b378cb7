"""The QR code: 0.4 mm a module and at least 24 mm, its dark modules as one path."""

from __future__ import annotations

import re

from reportlab.lib.units import mm

from lms.certificates.jobs.drawing.symbol import symbol

MODULE, LEAST = 0.4 * mm, 24 * mm
#: Modules of white around the code (ISO/IEC 18004, 9.1).
QUIET = 4
#: The rows of a code from the top, a "1" for each dark module.
Rows = list[str]
_DARK = re.compile("1+")


def modules(text: str) -> Rows:
    """Return the dark and light modules of the code of `text`, without a border."""
    return symbol(text)


def side_of(rows: Rows) -> float:
    """Return how wide a code is drawn, in points."""
    return max(LEAST, MODULE * len(rows))


def draw(rows: Rows, left: float, bottom: float, side: float) -> str:
    """Return the operators of a code, on white that reaches through its quiet zone."""
    count = len(rows)
    runs = [
        f"{run.start()} {count - 1 - number} {run.end() - run.start()} 1 re"
        for number, row in enumerate(rows)
        for run in _DARK.finditer(row)
    ]
    white = f"1 g {-QUIET} {-QUIET} {count + 2 * QUIET} {count + 2 * QUIET} re f"
    return f"q {side / count:.5f} 0 0 {side / count:.5f} {left:.3f} {bottom:.3f} cm {white} 0 g {' '.join(runs)} f Q"
