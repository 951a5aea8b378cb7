"""What becomes of a proposal when it is taken into the files, and how an entry is signed then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lms.content.po import Entry
from lms.translating.rules.proposals import PROPOSAL_STATES, Version


@dataclass(frozen=True)
class Signature:
    """Whom the files name: who wrote the words, who answers for their state, and since when (2026-11-22)."""

    translated_by: str
    by: str
    on: str


def outcome_of(version: Version, english: str | None, entry: Entry) -> str:
    """Return what becomes of the standing proposal at a sentence whose English is `english` (None: it is gone).

    "taken"; "same" where the file holds it already; else it stays at the desk: "draft" while she writes, "older" for
    words of other English, "waits" where approved words would give way to words that are not, and "conflict" where the
    file has words that the proposal was not made upon.
    """
    if english is None:
        return "gone"
    if version.english != english:
        return "older"
    has_same = entry.text == version.text and not entry.is_fuzzy
    if has_same and PROPOSAL_STATES.index(entry.state) >= PROPOSAL_STATES.index(version.state):
        return "same"
    if version.state == "draft":
        return "draft"
    if entry.text not in {version.text, version.upon}:
        return "conflict"
    is_approved = entry.text and not entry.is_fuzzy and entry.state == "approved"
    return "waits" if is_approved and version.state != "approved" else "taken"


def taken_entry(entry: Entry, version: Version, signature: Signature) -> Entry:
    """Return the entry with the proposal's words, state and names; what was `checked` holds for the same words only."""
    is_same = entry.text == version.text
    is_written = version.written_by is not None
    return replace(
        entry,
        text=version.text,
        state=version.state,
        by=signature.by,
        on=signature.on,
        translated_by=signature.translated_by if is_written else entry.translated_by,
        made="person" if is_written and entry.made else entry.made,
        checked=entry.checked if is_same else "",
        is_fuzzy=False,
        previous=None,
        stale_since="",
    )


def names_apart(names: Mapping[int, str]) -> dict[int, str]:
    """Return names by account, those of two people who write them alike with a number: files know no accounts."""
    found: dict[int, str] = {}
    seen: dict[str, int] = {}
    for account, name in sorted(names.items()):
        folded = " ".join(name.casefold().split())
        seen[folded] = seen.get(folded, 0) + 1
        found[account] = name if seen[folded] == 1 else f"{name} ({seen[folded]})"
    return found
