"""Random versions of a track, random choices and random people."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from lms.tracks.rules.versions import Choices

MODULES = ("a", "b", "c", "d", "e")
HOURS = (
    {"kind": "practicum", "minutes": 60},
    {"kind": "practicum", "minutes": 120},
    {"id": "any", "kinds": ["practicum", "class"], "minutes": 60},
)
SIGNED = (
    {"id": "seen", "checklist": "visit"},
    {"id": "seen", "checklist": "visit", "independent": True},
    {"id": "seen"},
)


@st.composite
def items(draw: st.DrawFn, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Draw items of modules of these keys, some of which accept others."""
    chosen = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=3, unique=True))
    found = []
    for key in chosen:
        others = [each for each in MODULES if each != key]
        accepts = draw(st.lists(st.sampled_from(others), max_size=2, unique=True)) if draw(st.booleans()) else []
        found.append({"id": draw(st.sampled_from([key, f"{key}-new"])), "module": key, "accepts": accepts})
    return found


@st.composite
def tracks(draw: st.DrawFn, *, practice: bool = True, other: str | None = None) -> dict[str, Any]:
    """Draw the fields of a track's file that say what it asks for: items or sets, hours, sign-offs, renewal."""
    made: dict[str, Any] = {}
    if draw(st.booleans()):
        made["items"] = draw(items(MODULES))
    else:
        first = draw(items(MODULES[:3]))
        second = draw(items(MODULES[3:]))
        sets = [
            {"id": "one", "items": first},
            {"id": "two", "items": second, "join": draw(st.sampled_from(["then", "and", "or"]))},
        ]
        for each in sets[: draw(st.integers(1, 2))]:
            each["choose"] = draw(st.integers(1, len(each["items"])))
        made["sets"] = sets[: draw(st.integers(1, 2))]
    if practice and draw(st.booleans()):
        made["hours"] = [{**draw(st.sampled_from(HOURS)), "title": "Practice"}]
    if practice and draw(st.booleans()):
        made["sign_offs"] = [{**draw(st.sampled_from(SIGNED)), "title": "Seen"}]
    if other is not None and draw(st.booleans()):
        made["prerequisites"] = [other]
    if draw(st.booleans()):
        again = {"track": other} if other is not None and draw(st.booleans()) else {}
        made |= {"valid_months": draw(st.sampled_from([12, 24])), "renewal": {"from": "completion", **again}}
    return made


@st.composite
def choices(draw: st.DrawFn) -> Choices:
    """Draw a label with what happens to whom."""
    ways = st.sampled_from(["move", "stay"])
    finished = draw(st.sampled_from(["stay", "renew"]))
    label = draw(st.sampled_from(["retraining", "retraining", "retraining", "equivalent"]))
    return Choices(label, draw(ways), draw(ways), finished, 60 if finished == "renew" else 0)
