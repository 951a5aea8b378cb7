"""What a check says, in words: on a page, in a list, and as JSON. A colour never says it alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, request

from lms.certificates import messages
from lms.certificates.jobs.checking import TranscriptVerdict
from lms.certificates.queries import EditionFacts, Known
from lms.certificates.rules.payloads import instant
from lms.certificates.rules.public import ended_on, public_facts
from lms.clock import local_date
from lms.i18n import format_date
from lms.i18n import gettext as _

KINDS = {
    "valid": "success",
    "revoked": "error",
    "altered": "error",
    "foreign": "error",
    "unknown": "error",
    "compromised": "error",
}


@dataclass(frozen=True)
class Told:
    """What one certificate, number or file is worth: how it is shown, a heading, a sentence."""

    kind: str
    heading: str
    text: str


def told_of(known: Known, shown: EditionFacts, state: str) -> Told:
    """Return what the state of an edition means, with its day and reason."""
    day = format_date(since(known, shown, state))
    reason = messages.reason(reason_of(known, state))
    heading, text = {
        "valid": (
            _("This certificate is valid"),
            _("It was issued here, and nothing in it was changed. Compare the facts below with the paper."),
        ),
        "expired": (_("This certificate has expired"), _("It was good until %(date)s.", date=day)),
        "replaced": (
            _("This certificate was replaced"),
            _("A newer edition took its place on %(date)s. Please ask for the new one.", date=day),
        ),
        "suspended": (
            _("This certificate is suspended"),
            _("It does not count since %(date)s, while it is being looked at again.", date=day),
        ),
        "revoked": (_("This certificate is revoked"), _("It does not count since %(date)s.", date=day)),
    }[state]
    if state == "revoked" and reason:
        text = f"{text} {reason}."
    return Told(KINDS.get(state, "warning"), heading, text)


def told_refused(state: str) -> Told:
    """Return what is said of a number that is mistyped or unknown, a file that is not ours, a link that ended."""
    heading, text = {
        "mistyped": (
            _("This number has a typing mistake"),
            _("One of the letters or numbers is not right. Please compare it with the paper."),
        ),
        "unknown": (
            _("We do not know this certificate"),
            _("No certificate with this number was issued here. Please compare it with the paper."),
        ),
        "altered": (
            _("This was altered"),
            _("The signature does not fit what is written. Do not accept it, and ask for the original."),
        ),
        "foreign": (
            _("This was not signed here"),
            _("It is no certificate of ours, or its issuer is unknown to us. Do not accept it as ours."),
        ),
        "ended": (
            _("This link shows nothing"),
            _("It has ended or was withdrawn, or a part of it is missing. Please ask the person who sent it to you."),
        ),
        "compromised": (
            _("The key that signed this is not trusted any more"),
            _("Others may have signed with it, so it proves nothing. Please ask for the new edition."),
        ),
    }[state]
    return Told(KINDS.get(state, "warning"), heading, text)


def since(known: Known, shown: EditionFacts, state: str) -> date | None:
    """Return the local day on which the state of an edition began; of an expired one the last good day."""
    if state == "expired":
        return ended_on(shown.payload)
    if state == "replaced":
        later = [event.at for event in known.events if event.kind == "issued" and event.edition > shown.number]
        return local_date(min(later))
    if state in ("suspended", "revoked"):
        event = known.last(state)
        return local_date(event.at) if event else None
    return date.fromisoformat(shown.payload["awarded_on"])


def reason_of(known: Known, state: str) -> str | None:
    """Return the code of the reason for which a certificate is suspended or revoked, else None."""
    event = known.last(state) if state in ("suspended", "revoked") else None
    return event.reason_code if event else None


def facts_of(known: Known, shown: EditionFacts, state: str) -> dict[str, Any]:
    """Return what a program is told: the state with its day and reason, and the signed facts that all may read.

    No hash of the record is among them: with the masked name it would let a stranger try names at home. Whoever has
    the file or the holder's link has the name, and is given the hash beside this.
    """
    began = since(known, shown, state)
    facts = public_facts(shown.payload, state)
    facts |= {"state": state, "since": began.isoformat() if began else None, "reason": reason_of(known, state)}
    return facts | {"current_edition": known.standing.edition}


def transcript_facts(found: TranscriptVerdict) -> dict[str, Any]:
    """Return what a program is told of a transcript: whose it is, who sealed it, and when."""
    return {
        "name": found.name,
        "name_checked": found.is_name_checked,
        "issuer": {"name": found.issuer_name, "url": found.issuer_url},
        "made_at": instant(found.made_at),
        "demonstration": found.is_demonstration,
    }


def wants(mimetype: str) -> bool:
    """Return whether whoever asks prefers this kind of answer to a page."""
    return bool(request.accept_mimetypes.best_match(["text/html", mimetype], "text/html") == mimetype)


def quiet(answer: tuple[str | Response, int]) -> Response:
    """Return an answer that search engines leave out."""
    body, status = answer
    response = body if isinstance(body, Response) else Response(body, mimetype="text/html")
    response.status_code = status
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.vary.add("Accept")
    return response
