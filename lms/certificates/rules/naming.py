"""The name that a certificate bears: how long it waits for its holder's word, and signs that look like another."""

from __future__ import annotations

import re
from datetime import date, timedelta

from lms.errors import RuleBroken

#: A certificate waits so many whole days for her to confirm her name, from the day on which her training was complete.
PATIENCE = timedelta(days=14)
#: She is written to once, so many days before that ends.
REMINDED = timedelta(days=7)
#: What keyboards offer for the glottal stop of Tongan, Samoan and Hawaiian, before U+02BB.
_LOOKALIKES = "'\u2018\u2019\u201b`\u00b4\u02bc\u02b9\uff07"
_VOWEL = "aeiouāēīōūáéíóú"
_GLOTTAL = re.compile(rf"(?:(?<![^\s-])|(?<=[{_VOWEL}]))[{_LOOKALIKES}](?=[{_VOWEL}])", re.IGNORECASE)


def name_until(opened_on: date) -> date:
    """Return the last local date on which the certificate waits for her to confirm her name."""
    return opened_on + PATIENCE


def is_named(until: date, today: date, *, is_confirmed: bool) -> bool:
    """Return whether the certificate can be made: she confirmed her name, or it has waited long enough."""
    return is_confirmed or today > until


def suggest_glottal(name: str) -> str | None:
    """Return `name` with U+02BB where a glottal stop is likely meant, or None when there is nothing to suggest.

    It is likely before a vowel, at the beginning of a word or after another vowel: `Vā'inga`, `'Anau`. O'Brien and
    D'Angelo are right as they are.
    """
    suggested = _GLOTTAL.sub("ʻ", name)
    return suggested if suggested != name else None


def state_after_name(state: str, *, is_made: bool, has_same_letters: bool) -> str:
    """Return the application's state after she confirmed a name; raise `RuleBroken` when it is too late or too early.

    `is_made` says that the certificate is reserved; from then on a correction makes a new edition. A name with other
    letters than her account has is for a certifier to see: what was certified before comes back to her.
    """
    if is_made:
        raise RuleBroken("certificate_is_made")
    if state == "refused":
        raise RuleBroken("nothing_to_confirm")
    return "waiting" if state == "certified" and not has_same_letters else state
