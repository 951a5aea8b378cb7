"""The registry of types of questions: one folder a type. docs/quizzes.md tells how to add one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from importlib import import_module
from operator import or_
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from lms.assessments.items.kinds import Answer, EntrySpec, Grade, ItemRules, ItemSpec, ItemType, OptionSpec


def _found() -> Iterator[ItemType]:
    """Yield every type that has a folder here."""
    for module in iter_modules(__path__):
        if module.ispkg:
            spec = import_module(f"{__name__}.{module.name}.spec").Item
            rules = import_module(f"{__name__}.{module.name}.rules")
            yield ItemType(module.name.replace("_", "-"), spec, rules)


#: Every type by the name that `quiz.yml` uses.
TYPES = {each.name: each for each in _found()}

if TYPE_CHECKING:
    AnyItem = ItemSpec
else:
    #: A question, read as the class that its `type` names.
    AnyItem = Annotated[reduce(or_, (each.spec for each in TYPES.values())), Field(discriminator="type")]


def rules_of(item: ItemSpec) -> ItemRules:
    """Return the rules of this question's type."""
    return TYPES[item.type].rules


__all__ = [
    "TYPES",
    "Answer",
    "AnyItem",
    "EntrySpec",
    "Grade",
    "ItemRules",
    "ItemSpec",
    "ItemType",
    "OptionSpec",
    "rules_of",
]
