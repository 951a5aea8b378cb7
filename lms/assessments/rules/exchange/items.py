"""The `exchange.py` of every type of item."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

from lms.assessments import items
from lms.assessments.items import TYPES
from lms.assessments.items.exchanging import Exchange


def _found() -> dict[str, Exchange]:
    """Return how each type is exchanged, by its name in quiz.yml. A test names types that lack it."""
    modules = {name: f"{items.__name__}.{name.replace('-', '_')}.exchange" for name in TYPES}
    return {name: import_module(module).EXCHANGE for name, module in modules.items() if find_spec(module)}


EXCHANGES: Mapping[str, Exchange] = _found()
