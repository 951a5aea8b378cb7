"""What keeps from publishing, in the words of `lms content`: what is wrong, and what to say or write instead."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from lms.tracks.rules.versions import LATEST_DAYS, Choices, Fault, Kind, Label, Plan

#: By its option, each `KEY=VALUE` that was said.
Said = Mapping[str, Sequence[str]]
LABELS: tuple[Label, ...] = ("editorial", "equivalent", "retraining")
VALUES = {
    "change": "editorial|equivalent|retraining",
    "not_started": "move|stay",
    "under_way": "move|stay",
    "finished": r"stay|renew:[0-9]{1,5}",
}


class Misused(ValueError):
    """A choice cannot be understood; the message says which."""


def read_said(said: Said, known: Collection[tuple[str, str]]) -> dict[tuple[Kind, str], Choices]:
    """Return choices by kind and key; `known` holds those that there are. Raises `Misused`."""
    found: dict[tuple[Kind, str], dict[str, str]] = {}
    for option, texts in said.items():
        for text in texts:
            name, _, value = text.partition("=")
            if not re.fullmatch(VALUES[option], value):
                raise Misused(
                    f"--{option.replace('_', '-')} {text}: write KEY={VALUES[option].replace('[0-9]{1,5}', 'DAYS')}"
                )
            found.setdefault(_address(name, known), {})[option] = value
    return {address: choices_of(address, values) for address, values in found.items()}


def _address(name: str, known: Collection[tuple[str, str]]) -> tuple[Kind, str]:
    """Return kind and key of "core" or "track/core"."""
    kinds: tuple[Kind, ...] = ("track", "module")
    fitting = [(kind, key) for kind in kinds for key in {name, name.removeprefix(f"{kind}/")} if (kind, key) in known]
    if len(fitting) != 1:
        raise Misused(
            f"{name}: " + ("say track/ or module/ before it" if fitting else "there is no such track or module")
        )
    return fitting[0]


def choices_of(address: tuple[Kind, str], values: Mapping[str, str]) -> Choices:
    """Return the choices for one change; what is not said is as usual. Raises `Misused` without a label."""
    label = next((each for each in LABELS if each == values.get("change")), None)
    if label is None:
        raise Misused(f"say --change {address[1]}=equivalent or retraining beside what happens to people")
    finished, _, days = values.get("finished", "stay").partition(":")
    under_way = values.get("under_way", "move" if label == "equivalent" else "stay")
    return Choices(
        label,
        not_started="stay" if values.get("not_started") == "stay" else "move",
        under_way="move" if under_way == "move" else "stay",
        finished="renew" if finished == "renew" else "stay",
        days=int(days or 0),
    )


def gone(kind: str, key: str) -> str:
    """Return what to do about a track or module that would disappear."""
    return f"this {kind} is gone; put it back, or say --retire {key}"


def weakened(was: int) -> str:
    """Return what to do about a survey that promises less than before."""
    return f"people have answered it, and were promised a group of at least {was}; put group: {was} back"


def fault(each: Fault) -> str:
    """Return what is wrong with a change or with what was chosen for it, and what to do."""
    names, key = ", ".join(each.names), each.key
    labels = f"--change {key}=equivalent or --change {key}=retraining"
    return {
        "unlabelled": f"more than words changed ({names}), and this concerns people; say {labels}",
        "not-editorial": f"more than words changed ({names}); say {labels}",
        "not-equivalent": f"who met the version before has not met {names}; say --change {key}=retraining, "
        "or let what they did count (accepts)",
        "worse-for-some": f"{each.count} people would lose something or have more to do; "
        f"say --change {key}=retraining, or --under-way {key}=stay",
        "renew-without-reason": f"finished people are asked again only for --change {key}=retraining",
        "no-renewal": f"the file says nothing of renewal; add it, or say --finished {key}=stay",
        "days-unfit": f"give 1 to {LATEST_DAYS} days",
        "unchanged": f"this {each.kind} has not changed; leave it out",
    }[each.code]


def unseen(plan: Plan, mark: str) -> str:
    """Return what to do where a plan was not looked at, or is another one now."""
    if mark:
        return "things have changed since you looked; look again with --dry-run"
    people = len({each.person_id for each in plan.effects})
    return f"{people} people would be touched; look with --dry-run, then say --as-planned with the mark of the plan"
