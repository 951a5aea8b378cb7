"""In which language a question was shown."""

from __future__ import annotations

from collections.abc import Iterable

ENGLISH = "en"


def shown_language(locale: str, states: Iterable[str], *, both: bool) -> str:
    """Return how a text was shown: "to", "to+en" with English beneath it, or "en" where nothing is translated.

    English stands beneath every wording that is not approved, and everywhere when `both` is asked for.
    """
    known = set(states)
    if locale == ENGLISH or known <= {"missing", "source"}:
        return ENGLISH
    return locale if known == {"approved"} and not both else f"{locale}+{ENGLISH}"


def joined_language(locale: str, shown: Iterable[str]) -> str:
    """Return how a whole quiz was shown, from how its questions were."""
    known = set(shown)
    if known <= {ENGLISH}:
        return ENGLISH
    return locale if known == {locale} else f"{locale}+{ENGLISH}"


def own_language(shown: str) -> str:
    """Return the reader's own tag out of `shown`, such as "to" of "to+en"."""
    return shown.partition("+")[0]
