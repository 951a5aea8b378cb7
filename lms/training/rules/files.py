"""How many files may prove one earlier training. What each may be is in `lms/uploads.py`."""

from __future__ import annotations

from lms.errors import RuleBroken

MOST_FILES = 5


def check_room(present: int, lately: int, most_lately: int) -> None:
    """Raise `RuleBroken` when an entry has all the files it may have, or an account sent many lately."""
    if present >= MOST_FILES:
        raise RuleBroken("files_full", most=MOST_FILES)
    if lately >= most_lately:
        raise RuleBroken("too_many_files")
