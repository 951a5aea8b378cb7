"""In which round of a module the reader is. Pages of lower floors ask; the roof names who knows."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app

from lms.web.access import get_actor

#: Returns the round in which a person (her id) is in a module (its key).
Find = Callable[[int, str], int]


def init_app(app: Flask, find: Find) -> None:
    """Have `round_of` ask `find`."""
    app.extensions["round_of"] = find


def round_of(module_key: str, person_id: int | None = None) -> int:
    """Return the round of a module in which the reader is, or the person of an id, from 1."""
    find: Find = current_app.extensions["round_of"]
    return find(get_actor().person_id if person_id is None else person_id, module_key)
