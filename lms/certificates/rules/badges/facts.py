"""The facts of a payload that Open Badges has no term for, as results: a code, an English name and a value each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from lms.certificates.rules.badges.addresses import part_of

DEMONSTRATION = "FOR DEMONSTRATION ONLY: this is not a real certificate."
_MINUTES = {
    "class": "Minutes in class",
    "practicum": "Minutes of practicum",
    "supervised": "Minutes of supervised practice",
}


class Fact(NamedTuple):
    """One fact: what it is called by programs and by people, and its value as text."""

    code: str
    name: str
    value: str


def facts(payload: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield the facts of a payload, always in the same order."""
    yield Fact("edition", "Edition of this certificate", str(payload["edition"]))
    yield Fact("round", "Round: 1 at first, one more with each renewal", str(payload["round"]))
    for kind, minutes in payload["minutes"].items():
        yield Fact(f"minutes-{part_of(kind)}", _MINUTES.get(kind, f"Minutes: {kind}"), str(minutes))
    if payload["competencies"]:
        # One fact for all: eleven more descriptions and results would make the badge half as large again.
        yield Fact(
            "minutes-towards", "Minutes towards each competency", "; ".join(map(_towards, payload["competencies"]))
        )
    yield Fact("language-of-instruction", "Language of instruction", payload["language_of_instruction"])
    yield Fact("rules", "Revision of the rules that were met", payload["track"]["revision"])
    if payload["level"]:
        yield Fact("level", "Step of the career ladder", payload["level"]["title"]["en"])
    if payload["issuer"]["provider_number"]:
        yield Fact("provider-number", "Number of the provider of training", payload["issuer"]["provider_number"])
    yield Fact("trained", "First and last day of training", f"{payload['started_on']}/{payload['completed_on']}")
    counts = f"{payload['awarded_on']}/{payload['valid_until'] or '..'}"  # ISO 8601: ".." for no end
    yield Fact("counts", "Day of the award and last day that counts", counts)
    if payload["demonstration"]:
        yield Fact("demonstration", DEMONSTRATION, "true")


def descriptions(achievement: str, told: Iterable[Fact]) -> list[dict[str, Any]]:
    """Return what the achievement of that name says of the results that it may have."""
    return [
        {"id": f"{achievement}#{fact.code}", "type": ["ResultDescription"], "name": fact.name, "resultType": "Result"}
        for fact in told
    ]


def results(achievement: str, told: Iterable[Fact]) -> list[dict[str, Any]]:
    """Return the results of the holder."""
    return [
        {"type": ["Result"], "resultDescription": f"{achievement}#{fact.code}", "value": fact.value} for fact in told
    ]


def _towards(competency: Mapping[str, Any]) -> str:
    """Return the minutes of a competency: "chw-core/outreach 120"."""
    return f"{competency['framework']}/{competency['code']} {competency['minutes']}"
