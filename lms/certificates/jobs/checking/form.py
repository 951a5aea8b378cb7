"""The form that our documents have, looked at before a JSON-LD processor reads one.

A signature covers what a document means, and people and programs read its members. Both are the same only when nothing
in it gives a member another meaning, says a thing at two places, or means nothing; so only our own terms may stand in
it, each with the kind of value that ours have. What has no name of its own holds no other thing, so that no document
keeps the canonical form busy: it is a leaf of a thing that has a name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lms.certificates.jobs.checking.failing import CheckFailedError
from lms.certificates.jobs.checking.meanings import MEANINGS

#: A badge has some sixty things in it, and they hang on each other four deep.
MOST_THINGS = 400
_DEEPEST = 6
_THING = {"credentialStatus", "credentialSubject", "achievement", "criteria"}
_THINGS = {"evidence", "identifier", "alignment", "result"}
_OTHER = {"hashed": bool, "ttl": int}
#: Text that becomes a name between angle brackets, where nothing may end it.
_NAMES = {"id", "issuer", "statusListCredential", "verificationMethod"}
_NAME = re.compile(r'[a-z][a-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\\x7f]+')


def check_form(document: Mapping[str, Any], contexts: list[str]) -> None:
    """Raise `CheckFailedError` for a document that has a member, a kind of value or a number of things ours never have.

    `document` is without its proof; its own "@context" is for the caller to compare.
    """
    terms = {term for context in contexts for term in MEANINGS[context]["@context"]}
    stated = {name: value for name, value in document.items() if name != "@context"}
    names: list[str] = []
    nameless: set[str] = set()
    for number, (thing, depth) in enumerate(_walked(stated)):
        if number >= MOST_THINGS or depth > _DEEPEST:
            raise CheckFailedError("the credential has too many parts to be ours")
        _check_members(thing, terms)
        if "id" in thing:
            names.append(thing["id"])
        elif depth == 1 or next(_held(thing), None) is not None:
            raise CheckFailedError("the credential has a part without a name that has parts itself")
        else:
            nameless.add(json.dumps({**thing, "type": sorted({*_kinds(thing)})}, sort_keys=True))
    if len(nameless) + len(names) != number + 1 or len(set(names)) != len(names):
        raise CheckFailedError("the credential says the same thing twice")


def _walked(document: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Yield a thing and all things in it, each with its depth; the one who asks stops at the first wrong one."""
    waiting = [(document, 1)]
    while waiting:
        thing, depth = waiting.pop()
        yield thing, depth
        waiting += [(each, depth + 1) for each in _held(thing)]


def _held(thing: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the things that a thing holds."""
    for value in thing.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                yield each


def _kinds(thing: Mapping[str, Any]) -> list[str]:
    """Return the types of a thing."""
    kinds = thing.get("type", [])
    return kinds if isinstance(kinds, list) else [kinds]


def _check_members(thing: Mapping[str, Any], terms: set[str]) -> None:
    """Refuse members that are not ours, values of another kind, and names that are none."""
    for name, value in thing.items():
        if name not in terms or not _fits(name, value):
            raise CheckFailedError(f"the credential has a member that ours never have: {name[:64]}")
        if name in _NAMES and isinstance(value, str) and not _NAME.fullmatch(value):
            raise CheckFailedError(f"the credential has a name that is none: {value[:64]}")
    if not thing or not {*_kinds(thing)} <= terms - {"id", "type"}:
        raise CheckFailedError("the credential has a part that is nothing")


def _fits(name: str, value: Any) -> bool:
    """Return whether a value is of the kind that a member has."""
    if name == "type":
        return isinstance(value, str) or _is_list(value, str)
    if name in _THINGS or (name == "resultDescription" and isinstance(value, list)):
        return _is_list(value, dict)
    if name in _THING or (name == "issuer" and isinstance(value, dict)):
        return isinstance(value, dict)
    return type(value) is _OTHER.get(name, str)


def _is_list(value: Any, kind: type) -> bool:
    """Return whether a value is a list with something in it, all of one kind."""
    return isinstance(value, list) and bool(value) and all(isinstance(each, kind) for each in value)
