"""Small groups stay hidden: which counts to withhold so that no count from 1 to 10 can be shown or worked out.

The threshold and the first two steps (the small counts themselves, then others that would give them away) follow
the Data De-Identification Guidelines of the California Health and Human Services Agency, 6.4 Statistical Masking.
The third step is an auditor (`auditor.py`): as long as it cannot prove a small count safe, more is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from lms.reports.rules.auditor import WIDTH, ZERO_RANK, Auditor
from lms.reports.rules.figures import THRESHOLD, Figures, Label, Sum, is_small

#: After so many searches nothing more is shown again: large figures must not keep other jobs waiting.
MOST_SEARCHES = 8_000


def hidden_counts(figures: Figures) -> frozenset[Label]:
    """Return the labels to hide, those that were hidden earlier included.

    Zeros stay, and totals stay, unless nothing else helps. What was shown earlier is never hidden now.
    """
    auditor = Auditor(figures)
    limits = [*sorted(set(figures.ranks.values())), ZERO_RANK]
    stuck = auditor.find_unprotected()
    while stuck is not None:
        freed = any(auditor.free(stuck, limit) for limit in limits) or auditor.excuse(stuck)
        if not freed and not auditor.free_patiently(stuck):
            auditor.give_up(stuck)
        stuck = auditor.find_unprotected()
    _show_again(auditor)
    return auditor.hidden


def _show_again(auditor: Auditor) -> None:
    """Show what turns out not to need hiding, the most wanted first: others that were hidden later may do."""
    wanted = sorted(auditor.complements(), key=auditor.worth, reverse=True)
    for label in takewhile(lambda _label: auditor.searches < MOST_SEARCHES, wanted):
        auditor.try_showing(label)


def grid(rows: Iterable[str], columns: Iterable[str], counts: dict[tuple[str, str], int]) -> Figures:
    """Return the figures of a table with row, column and grand totals, in which everybody is counted once.

    `counts` holds the inner counts by (row, column). A total is labelled with "" in place of what it sums over.
    """
    rows, columns = tuple(rows), tuple(columns)
    inner = {(row, column): counts.get((row, column), 0) for row in rows for column in columns}
    across = {(row, ""): sum(inner[row, column] for column in columns) for row in rows}
    down = {("", column): sum(inner[row, column] for row in rows) for column in columns}
    every = {**inner, **across, **down, ("", ""): sum(inner.values())}
    sums = [Sum((row, ""), tuple((row, column) for column in columns)) for row in rows]
    sums += [Sum(("", column), tuple((row, column) for row in rows)) for column in columns]
    sums += [Sum(("", ""), tuple(across)), Sum(("", ""), tuple(down))]
    return Figures(every, sums, {label: label.count("") for label in every})


__all__ = ["THRESHOLD", "WIDTH", "Figures", "Label", "Sum", "grid", "hidden_counts", "is_small"]
