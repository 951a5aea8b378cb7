"""Names that may be one person's although they are not written alike: surnames in another order, more or fewer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping


def signatures(name_key: str) -> tuple[str, str]:
    """Return what a folded name has in common with itself in another order, and written together or apart.

    "garcia lopez ana" and "ana lopez garcia" share the first, "ana de la cruz" and "ana delacruz" the second.
    """
    return " ".join(sorted(name_key.split())), name_key.replace(" ", "")


def find_near(typed: Collection[str], staff: Mapping[int, str]) -> dict[str, list[int]]:
    """Return by folded name which of `staff` (folded names by person id) may be the same, in the order of ids.

    All words of the shorter name, two at least and initials aside, stand in the longer one: a second surname, a
    middle name or a married name behind a hyphen is written or left out, in any order. Or they differ by blanks
    alone. Those with exactly that name are left out: they are found without this. It only leads to a question.
    """
    words = {person_id: _words(key) for person_id, key in staff.items()}
    having: dict[str, list[int]] = defaultdict(list)
    together: dict[str, list[int]] = defaultdict(list)
    for person_id in sorted(staff):
        for word in words[person_id]:
            having[word].append(person_id)
        together[staff[person_id].replace(" ", "")].append(person_id)
    found = {}
    for key in set(typed):
        own = _words(key)
        shared = Counter(person_id for word in own for person_id in having.get(word, ()))
        near = {each for each, count in shared.items() if 2 <= count == min(len(own), len(words[each]))}
        near.update(together.get(key.replace(" ", ""), ()))
        if people := sorted(each for each in near if staff[each] != key):
            found[key] = people
    return found


def _words(name_key: str) -> frozenset[str]:
    """Return the words of a folded name without initials."""
    return frozenset(word for word in name_key.split() if len(word) > 1)
