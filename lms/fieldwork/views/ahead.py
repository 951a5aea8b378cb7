"""What follows from fieldwork once it counts: which modules and tracks people would complete, said beforehand."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app

from lms.db import reading
from lms.fieldwork.rules import Ahead, Crediting
from lms.people.queries import names_of

#: The roof puts here what foresees it: fieldwork knows of no tracks.
EXTENSION = "lms.fieldwork.ahead"


Foresee = Callable[[Crediting], Ahead]


def told_ahead(crediting: Crediting) -> dict[str, object]:
    """Return what `_ahead.html` shows: name and words of what would be completed, and how much more would be."""
    foresee: Foresee = current_app.extensions[EXTENSION]
    found = foresee(crediting)
    names = names_of(reading(), {person_id for person_id, _ in found.told}) if found.told else {}
    ahead = sorted(((names[person_id], words) for person_id, words in found.told), key=lambda each: each[0].casefold())
    return {"ahead": ahead, "ahead_hidden": found.hidden}
