"""The words of pages about letters: what each kind is called, what has become of one, and what is refused."""

from __future__ import annotations

from lms.errors import RuleBroken
from lms.i18n import lazy_gettext as _l

KIND_NAMES = {
    "invitation": _l("Invitation"),
    "reset": _l("A way to a new password"),
    "recovery": _l("A way back into the account"),
    "recovery_notice": _l("News about a way back into the account"),
    "code": _l("Code to sign in or confirm"),
    "certificate": _l("Your certificate is ready"),
    "certificate_status": _l("What became of your certificate"),
    "question": _l("A question about your certificate"),
    "refusal": _l("News about your certificate"),
    "assignment": _l("Something new to learn"),
    "reminder": _l("Reminder"),
    "digest": _l("The week of your team"),
    "hours_returned": _l("Hours that came back"),
    "sign_off": _l("What was seen of your work"),
    "place": _l("A place in a session"),
    "signed_up": _l("You were signed up for a session"),
    "taken_off": _l("You were taken off a list"),
    "session_changed": _l("A session has changed"),
    "session_cancelled": _l("A session is not held"),
    "training": _l("News about your earlier training"),
    "training_waits": _l("Training that waits for your yes"),
    "change": _l("A track or module has changed"),
    "waiver": _l("What you need not do"),
    "cycle": _l("You can renew a track"),
    "result_ready": _l("A quiz result is ready"),
    "result_corrected": _l("A quiz result was corrected"),
    "try_given": _l("Another try at a quiz"),
    "sms_answer": _l("Answer to your text message"),
}
STATE_NAMES = {
    "pending": _l("Waiting"),
    "sending": _l("Being sent"),
    "sent": _l("Sent"),
    "failed": _l("Could not be sent"),
    "dropped": _l("No longer needed"),
}
_SENTENCES = {
    "no-number": _l('We have no phone number that you have confirmed. Add one first, under "How you reach me".'),
    "consent-needed": _l("Please also tick that text messages may come to your number."),
    "letter-not-failed": _l("This letter has not failed. There is nothing to send again."),
}


def kind_name(kind: str) -> str:
    """Return what a kind of letter is called; one that this release does not know, by its key."""
    return str(KIND_NAMES.get(kind, kind))


def sentence(error: RuleBroken) -> str:
    """Return why something was refused, in the reader's language."""
    return str(_SENTENCES[error.code])
