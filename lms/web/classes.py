"""Who comes to class. Pages of lower floors ask; the roof names who knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app

from lms.actor import Actor
from lms.web.access import get_actor

#: Returns the criterion of the people who come to class where a trainer keeps a list; nobody for other readers.
Find = Callable[[Actor], Any]


def init_app(app: Flask, find: Find) -> None:
    """Have `in_class` ask `find`."""
    app.extensions["in_class"] = find


def in_class() -> Any:
    """Return the criterion of the people whom the reader, as a trainer, knows from class."""
    find: Find = current_app.extensions["in_class"]
    return find(get_actor())
