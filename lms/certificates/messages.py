"""Sentences of certificates: why something was refused, what a reason means, what a state is called."""

from __future__ import annotations

from lms.certificates.queries import Renewing
from lms.errors import RuleBroken
from lms.i18n import format_date
from lms.i18n import gettext as _


def sentence(error: RuleBroken) -> str:
    """Return what the reader should know and do."""
    values = error.values
    sentences = {**_of_names(values), **_of_decisions(values), **_of_life(), **_of_settings(values)}
    text = {**sentences, **_of_checks(values)}[error.code]
    return f"{values['name']}: {text}" if "name" in values and error.code != "not_for_a_batch" else text


def _of_names(values: dict[str, object]) -> dict[str, str]:
    return {
        "name_empty": _("Please write the name."),
        "name_too_long": _("This name is too long for one line in our records. Please ask for help."),
        "name_characters": _("The name holds a sign that cannot be seen. Please type it again."),
        "name_spaces": _("Please use one space between the parts of the name, and none at its ends."),
        "name_hidden_sign": _(
            "The name holds a sign that cannot be seen (%(sign)s). Please type it again.", sign=values.get("sign", "")
        ),
        "name_not_composed": _("The name must be saved once more before it can be printed. Please type it again."),
        "name_letter": _(
            "We cannot print the letter “%(letter)s” yet. Please ask for help, so that the name comes out right.",
            letter=values.get("letter", ""),
        ),
        "name_is_the_same": _("This is the name that stands on the certificate now."),
        "certificate_is_made": _("Your certificate is made already. Open it to have your name spelled another way."),
        "nothing_to_confirm": _("This training is not certified, so there is no name to confirm now."),
    }


def _of_decisions(values: dict[str, object]) -> dict[str, str]:
    return {
        "outcome_unknown": _("Please choose what you decide."),
        "reason_needed": _("Please choose a reason."),
        "note_needed": _("Please write a few words about the reason."),
        "text_too_long": _("Please write at most %(most)s letters.", most=values.get("most", "")),
        "already_certified": _("This is certified already."),
        "waits_for_worker": _("This waits for the worker's answer."),
        "already_appealed": _("You have asked another person once already. Please ask the help desk."),
        "nothing_to_answer": _("There is nothing to answer here now."),
        "answer_empty": _("Please write your answer."),
        "another_certifier_decides": _("You refused this application, so another certifier decides the appeal."),
        "changed_meanwhile": _(
            "Something was decided or answered, or the name has changed, since you opened this page. "
            "Please read it first."
        ),
        "sent_before": _("This form was sent before with another decision. Please load the page again."),
        "too_many": _("Please choose at most %(most)s at once.", most=values.get("most", "")),
        "not_for_a_batch": _(
            "The application of %(name)s cannot be certified in a batch. Nothing was changed.",
            name=values.get("name", ""),
        ),
    }


def _of_life() -> dict[str, str]:
    return {
        "already_revoked": _("This certificate is revoked. That cannot be undone."),
        "not_yet_issued": _("This certificate is still being prepared. Please try again in a few minutes."),
        "issued_already": _("This certificate is issued already. Its facts do not change any more."),
        "still_preparing": _("A new edition is being prepared. Please try again in a few minutes."),
        "nothing_to_correct": _("The record says today what the certificate says. There is nothing to correct."),
        "facts_changed": _("The record has changed since you opened this page. Please look at it again."),
        "already_suspended": _("This certificate is suspended already."),
        "not_suspended": _("This certificate is not suspended."),
        "another_request_waits": _("Another request to revoke it waits: its reason, note or person is not the same."),
        "already_asked": _("This was asked already and waits for an answer."),
        "second_person_needed": _("Another person must confirm this."),
        "too_many_names": _("There were many questions about this certificate. Please wait ten minutes."),
    }


def _of_checks(values: dict[str, object]) -> dict[str, str]:
    most = values.get("most", "")
    return {
        "link_days": _("Please choose one of those that are offered."),
        "link_not_now": _("There is nothing to show by a link: this certificate is not ready, or revoked."),
        "too_many_links": _("You have %(most)s links that still work. Please withdraw one first.", most=most),
        "list_empty": _("There is no number in this list. Please put one on each line."),
        "list_too_long": _("Please send at most %(most)s numbers at once.", most=most),
        "list_too_large": _("This list is too large. Please send at most %(most)s numbers at once.", most=most),
        "list_unreadable": _("We could not read this list. Please send plain text or a CSV file."),
        "file_missing": _("Please choose the file of the certificate, a PDF or JSON file."),
        "file_too_large": _("This file is too large. A certificate has at most %(most)s MB.", most=most),
        "file_busy": _("Many files are being checked just now. Please try again in a minute."),
    }


def _of_settings(values: dict[str, object]) -> dict[str, str]:
    return {
        "no_key": _("There is no signing key. Please ask the administrator to make one."),
        "not_completed": _("The training is not completed. Nothing was changed."),
        "no_certificate": _("This training leads to no certificate now. Please tell the content team."),
        "evidence_missing": _(
            "Some of the evidence is missing in the record. Nothing was changed. Please ask the administrator to run "
            "the check of the database."
        ),
        "words_letter": _(
            "We cannot print the letter “%(letter)s” in “%(text)s” yet. Please tell the content team.",
            letter=values.get("letter", ""),
            text=values.get("text", ""),
        ),
        "competency_unknown": _(
            "No framework has the skill %(competency)s now. Please tell the content team.",
            competency=values.get("competency", ""),
        ),
    }


def reason(code: str | None) -> str:
    """Return what the code of a reason means; "" for none."""
    said: dict[str, str] = {
        "evidence-unclear": _("It is not clear from the record how a requirement was met"),
        "dates-unclear": _("Some dates do not fit together"),
        "identity-unclear": _("It is not clear that the person who learned is the person named"),
        "name-unclear": _("The name may not be written as it should be"),
        "requirements-not-met": _("A requirement is not met"),
        "evidence-not-hers": _("The work was done by another person"),
        "duplicate": _("The same training is certified already"),
        "issued-in-error": _("It was issued by mistake"),
        "evidence-false": _("The record it rests on was false"),
        "asked-by-holder": _("The holder asked for it"),
        "under-review": _("It is being looked at again"),
        "other": _("Another reason"),
    }
    return said.get(code or "", "")


def application_state(state: str) -> str:
    """Return what the state of an application is called."""
    said: dict[str, str] = {
        "waiting": _("Waiting"),
        "asked": _("Question sent"),
        "refused": _("Not certified"),
        "appealed": _("Appeal"),
        "certified": _("Certified"),
    }
    return said[state]


def certificate_state(state: str) -> str:
    """Return what the state of a certificate is called."""
    said: dict[str, str] = {
        "preparing": _("Being prepared"),
        "valid": _("Valid"),
        "expired": _("Expired"),
        "replaced": _("Replaced by a newer edition"),
        "revoked": _("Revoked"),
        "suspended": _("Suspended"),
    }
    return said[state]


def outcome(state: str) -> str:
    """Return what a check's outcome is called: a state of the certificate, or what the number or file was instead."""
    said: dict[str, str] = {
        "unknown": _("Not known"),
        "mistyped": _("Mistyped"),
        "altered": _("Altered"),
        "foreign": _("Not ours"),
        "compromised": _("Not to be trusted"),
    }
    return said.get(state) or certificate_state(state)


def renewal_words(renewing: Renewing) -> str:
    """Return what a holder can do about the end of her certificate, "" where it has none or is past."""
    if renewing.renewal is None:
        return ""
    days = renewing.renewal
    opens_on, due_on, lapses_on = (format_date(each) for each in (days.opens_on, days.due_on, days.lapses_on))
    said: dict[str, str] = {
        "early": _("You can renew it from %(since)s to %(until)s.", since=opens_on, until=due_on),
        "open": _("Please renew it by %(date)s. You can begin now.", date=due_on),
        "late": _(
            "It was to be renewed by %(date)s. Until %(last)s you can still renew it in time; until you have, it has "
            "expired for whoever checks it.",
            date=due_on,
            last=lapses_on,
        ),
        "lapsed": _("It was to be renewed by %(date)s. You can still renew it; it then counts anew.", date=due_on),
        "renewed": _("You have finished this training again since. The newer certificate counts from now on."),
    }
    return said[renewing.phase]


def event_name(kind: str) -> str:
    """Return what an event in a certificate's history is called."""
    said: dict[str, str] = {
        "issued": _("Issued"),
        "replaced": _("Replaced"),
        "suspended": _("Suspended"),
        "lifted": _("Suspension lifted"),
        "revoked": _("Revoked"),
    }
    return said[kind]


#: Which mark stands beside a state.
MARKS = {
    "waiting": "now", "asked": "plain", "refused": "problem", "appealed": "attention", "certified": "good",
    "preparing": "now", "valid": "good", "expired": "attention", "replaced": "attention", "revoked": "problem",
    "suspended": "attention", "unknown": "problem", "mistyped": "attention", "altered": "problem", "foreign": "problem",
    "compromised": "problem",
}  # fmt: skip


def other_pages(own: str) -> list[tuple[str, str]]:
    """Return the other pages that a certificate can be drawn as, with what they are called, for a holder's language."""
    pages = [
        ("pdf-own", _("In your language alone")),
        ("pdf-en", _("In English alone")),
        ("pdf-a4", _("On A4 paper")),
        ("pdf-a4-own", _("In your language alone, on A4 paper")),
        ("pdf-a4-en", _("In English alone, on A4 paper")),
    ]
    return [pages[2]] if own == "en" else pages
