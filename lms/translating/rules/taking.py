"""What becomes of a proposal when it is taken into the files, and how an entry is signed then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from lms.content.po import SIGNED_STATES, Entry
from lms.content.translations import can_show
from lms.translating.rules.proposals import PROPOSAL_STATES, Decision, Filed, Version, is_held, is_taken_back


@dataclass(frozen=True)
class Signature:
    """Whom the files name: who wrote the words, who answers for their state, and since when (2026-11-22)."""

    translated_by: str
    by: str
    on: str


def homes_of(versions: Iterable[tuple[str, Version]], sentences: Mapping[str, str]) -> dict[int, str]:
    """Return which of the proposals of an object count, by id, and at which of today's sentences.

    Each goes where the English that it was made from stands now, and the newest there counts. One whose English is
    gone stays at its address, as long as nothing newer was written there.
    """
    newest: dict[str, int] = {}
    counting: dict[str, int] = {}
    lost: dict[int, str] = {}
    for address, version in sorted(versions, key=lambda pair: pair[1].id):
        newest[address] = version.id
        home = home_of(address, version.english, sentences)
        if home is None:
            lost[version.id] = address
        else:
            counting[home] = version.id
    homes = {each: home for home, each in counting.items()}
    return homes | {each: address for each, address in lost.items() if newest[address] == each}


def counting(versions: Collection[tuple[str, Version]], sentences: Mapping[str, str]) -> dict[str, Version]:
    """Return the proposal that counts at each address of an object today, as `homes_of` finds them.

    One of today's English goes before one whose English is gone.
    """
    homes, found = homes_of(versions, sentences), dict[str, Version]()
    for _address, version in sorted(versions, key=lambda pair: pair[1].id):
        home = homes.get(version.id)
        if home is not None and (home not in found or version.english == sentences.get(home)):
            found[home] = version
    return found


def home_of(address: str, english: str, sentences: Mapping[str, str]) -> str | None:
    """Return where a sentence stands: at its address, else at its one other place, in the same file before others."""
    if sentences.get(address) == english:
        return address
    same = [each for each, said in sentences.items() if said == english]
    file = address.partition(":")[0]
    found = [each for each in same if each.partition(":")[0] == file] or same
    return found[0] if len(found) == 1 else None


def outcome_of(version: Version, english: str | None, entry: Entry) -> str:
    """Return what becomes of the standing proposal at a sentence whose English is `english` (None: it is gone).

    "taken"; "same" where the file holds it already, by a decision that was not withdrawn; else it stays at the desk:
    "draft" while she writes, "older" for words of other English, "waits" where approved words would give way to words
    that are not, and "conflict" where the file has words that the proposal was not made upon. Words that cannot be
    shown for today's English are not published: a proposal that was made upon nothing was made upon them.
    """
    if english is None:
        return "gone"
    if version.english != english:
        return "older"
    has_same = entry.text == version.text and not entry.is_fuzzy
    is_back = is_taken_back(version, Decision(entry.state, entry.by, entry.on))
    if has_same and (is_back or PROPOSAL_STATES.index(entry.state) >= PROPOSAL_STATES.index(version.state)):
        return "taken" if is_back else "same"
    if version.state == "draft":
        return "draft"
    shown = entry.text if can_show(entry.text, english) else ""
    if not {entry.text, shown} & {version.text, version.upon}:
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


def is_undone(version: Version, entry: Entry, signature: Signature, published: Iterable[Filed]) -> bool:
    """Return whether the files have held a proposal, and somebody changed them since: then it stands no longer.

    `published` is what was published at its sentence since its last step. What was taken and not published yet shows
    by who signed words that are said to be unsigned. A decision that was withdrawn is taken back whatever became of it.
    """
    if entry.text == version.text and is_taken_back(version, Decision(entry.state, entry.by, entry.on)):
        return False
    if any(is_held(version, filed) for filed in published):
        return True
    is_lowered = version.state in SIGNED_STATES and entry.state not in SIGNED_STATES
    signed = (entry.text, entry.by, entry.on)
    return is_lowered and signed == (version.text, signature.by, signature.on)


def names_apart(names: Mapping[int, str]) -> dict[int, str]:
    """Return names by account, those of people who write them alike with a number, in this order of the accounts.

    Files know no accounts. Who comes later in the order changes nobody's number.
    """
    found: dict[int, str] = {}
    seen: dict[str, int] = {}
    for account, name in names.items():
        folded = " ".join(name.casefold().split())
        seen[folded] = seen.get(folded, 0) + 1
        found[account] = name if seen[folded] == 1 else f"{name} ({seen[folded]})"
    return found
