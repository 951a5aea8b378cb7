"""Follow-ups, answered without signing in: the link of a letter is the key, and counts once.

Nothing on the page tells who was asked. What was not made here, is over, or belongs to nobody any more is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, url_for
from werkzeug.exceptions import BadRequest

from lms.clock import local_date, now
from lms.content.library import Library, Text, current
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.i18n import force_locale, language
from lms.surveys import queries, service
from lms.surveys.forms import SurveyForm
from lms.surveys.messages import sentence
from lms.surveys.queries import Invitation
from lms.surveys.views.asking import Page, Typed, questions_page, thanks_page
from lms.surveys.views.blueprint import bp, config
from lms.web.access import public
from lms.web.showing import language_of_letter


@bp.get("/follow-up/<token>")
@public
def follow_up(token: str) -> Any:
    """Ask, or thank for having answered, in the language of the letter unless the reader has chosen another."""
    invitation, tongue = _open(token)
    with force_locale(tongue):
        return _page(token, invitation, {}, {})


@bp.post("/follow-up/<token>")
@public
def answer_follow_up(token: str) -> Any:
    """Store the answers, once and without a name."""
    form, typed = SurveyForm(), SurveyForm.typed()
    invitation, tongue = _open(token)
    with force_locale(tongue):
        if not form.validate_on_submit():
            return _page(token, invitation, typed, {})
        try:
            errors = _store(invitation, typed, tongue)
        except RuleBroken as error:
            raise BadRequest(sentence(error)) from error
        if errors:
            return _page(token, invitation, typed, errors)
        return redirect(url_for("surveys.follow_up", token=token))


def _open(token: str) -> tuple[Invitation, str]:
    """Return what a link opens and the language to ask in; raise `NotFound`. Two queries."""
    invitation, tongue = service.open_link(reading(), config().secret_key, token, local_date(now()))
    return invitation, language_of_letter(tongue)


def _store(invitation: Invitation, typed: Typed, tongue: str) -> Mapping[str, str]:
    """Store the answers, and return what is wrong with them."""
    key, secret = invitation.public_id, config().secret_key
    return write(
        lambda session_: service.answer_follow_up(session_, key, typed, language=tongue, secret_key=secret, at=now())
    )


def _page(token: str, invitation: Invitation, typed: Typed, errors: Mapping[str, str]) -> Any:
    library = current(reading())
    survey = queries.whole_survey(library, invitation.survey_key)
    if service.has_answered(reading(), invitation):
        return thanks_page(library, survey, "")
    return questions_page(
        library, survey, typed, errors, Page(about=_about(library, invitation.subject_key), token=token)
    )


def _about(library: Library, subject_key: str) -> str | Text:
    """Return the title of the track that the questions are about, "" where it is taught no more."""
    key = subject_key.partition(":")[2]
    source = library.find("track", key)
    if source is None:
        return ""
    return library.words("track", key, language()).text(f"{key}.yml:title", source.file(f"{key}.yml")["title"])
