"""What every type of question is held to. Each type has a module here, `test_<type>.py`, with

`CASES`    at least eight answers: the question, what its page sends (a mapping is an assessor's {criterion: level}),
           the points that it earns, and whether it is right;
`SAMPLE`   a question whose key, feedback and weights hold canaries; `OTHER` the same with every secret changed;
`WALK`     a right answer to `SAMPLE` by the fields of its page, "" for the whole, as the keyboard gives it;
`ITEMS`    a strategy of its questions, and `sent_to(item)`, one of what its page may send.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from lms.assessments.items import TYPES, ItemSpec

#: No page may hold this before the end, be it as words or inside a longer word.
CANARY = "canaryzq"
Case = tuple[ItemSpec, Sequence[str] | Mapping[str, str], int, bool]
#: What is chosen or typed: {part: value}, or {"": values}.
Walk = Mapping[str, str | tuple[str, ...]]


def question(kind: str, **fields: Any) -> dict[str, Any]:
    """Return the data of a question of a type, named after it."""
    return {
        "id": f"q-{kind}",
        "type": kind,
        "competency": "skills/talk",
        "prompt": f"Prompt of {kind}?",
        "feedback": f"{CANARY} in the feedback of {kind}",
        **fields,
    }


def options(*ids: str) -> list[dict[str, str]]:
    """Return options with words of their own."""
    return [{"id": each, "text": f"Words of {each}"} for each in ids]


def read(data: Mapping[str, Any]) -> ItemSpec:
    """Return a question out of its data."""
    return TYPES[data["type"]].spec.read(data)


def module_of(name: str) -> ModuleType:
    """Return the test module of a type."""
    return import_module(f"tests.assessments.items.test_{name.replace('-', '_')}")


#: Ids of options and rows, in no order that means anything.
IDS = st.permutations("abcdefghijkl")
POINTS = st.integers(1, 100)
#: Whatever somebody may type, with all that a text may hold.
ANYTHING = (
    st.text(max_size=120) | st.text(st.characters(), max_size=20) | st.sampled_from(["", " ", "\0", "\ud800", "="])
)
