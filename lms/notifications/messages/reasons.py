"""Why a letter was dropped or waits, in words: the code stands in its row."""

from __future__ import annotations

from lms.i18n import lazy_gettext as _l

#: Why a letter did not leave, or waits, by the code that is kept with it.
REASONS = {
    "account-closed": _l("The account is closed, or the record was joined to another one."),
    "application-went-on": _l("The application has gone on since."),
    "assignment-ended": _l("The assignment or the employment has ended."),
    "certificate-not-valid": _l("The certificate is not valid now."),
    "certificate-replaced": _l("A newer edition of the certificate has taken its place."),
    "certificate-suspended": _l("The certificate is suspended. The letter waits."),
    "code-over": _l("The code was used or ran out."),
    "contacts-refuse": _l("Every e-mail and number of the reader has refused letters."),
    "link-over": _l("The link was used, was taken back, or ran out."),
    "loaded-history": _l("It came with loaded history and needed no letter."),
    "no-contact": _l("There is no e-mail, and no number that agreed to text messages."),
    "not-agreed": _l("Nobody has noted that this number was given for the invitation."),
    "not-wished": _l("The reader has asked for no letters of this kind."),
    "nothing-left": _l("All of it is done, was taken back, or has another date."),
    "nothing-to-say": _l("There was nothing to tell."),
    "number-stopped": _l("This number has asked for no more text messages."),
    "quiet-hours": _l("The text message waits for the end of the quiet hours."),
    "supervises-nobody": _l("The reader does not supervise anybody now."),
    "told-otherwise": _l("It was taken back, is over, or another letter tells it."),
    "track-completed": _l("The track is completed."),
    "track-retired": _l("The track is not taught any more."),
}
#: The sentences that were kept before there were codes.
_FORMER_REASONS = {
    "the link was used, withdrawn, or ran out": "link-over",
    "that number has asked for no more text messages": "number-stopped",
    "the code was used or ran out": "code-over",
    "her account is closed, or her record was joined to another": "account-closed",
    "the certificate is suspended": "certificate-suspended",
    "the track is completed": "track-completed",
    "the assignment or the employment has ended": "assignment-ended",
    "the track is taught no more": "track-retired",
    "all of it is done, taken back, or has another date": "nothing-left",
    "she supervises nobody any more": "supervises-nobody",
    "there is nothing to say": "nothing-to-say",
    "she has asked for no such letters": "not-wished",
    "there is no e-mail, and no number where she agreed to text messages": "no-contact",
    "every contact of hers has refused letters": "contacts-refuse",
    "a text message waits for the end of the quiet hours": "quiet-hours",
    "it was taken back, is over, or another letter tells it": "told-otherwise",
    "loaded history": "loaded-history",
}


def reason(problem: str) -> str | None:
    """Return why a letter did not leave, in the reader's language; None for what a mail server or a fault said."""
    said = problem.removeprefix("Undeliverable: ")
    code = _FORMER_REASONS.get(said, said)
    return str(REASONS[code]) if code in REASONS else None
