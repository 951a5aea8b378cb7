"""Pages of surveys at the end of a module: the questions, and the thanks."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.content.library import Library, Text, current
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.i18n import language
from lms.surveys import queries, service
from lms.surveys.forms import SurveyForm
from lms.surveys.messages import sentence
from lms.surveys.views.asking import Page, Typed, questions_page, thanks_page
from lms.surveys.views.blueprint import bp, config
from lms.web.access import get_actor, signed_in
from lms.web.rounds import round_of

Answer = str | tuple[str, int] | Response


@bp.get("/modules/<module_key>/survey")
@signed_in
def module_survey(module_key: str) -> Answer:
    """Show the questions about a module, or the thanks for having answered them."""
    return _survey_page(module_key, {}, {})


@bp.post("/modules/<module_key>/survey")
@signed_in
def answer(module_key: str) -> Answer:
    """Store the answers, once and without a name."""
    form, actor, typed = SurveyForm(), get_actor(), SurveyForm.typed()
    if not form.validate_on_submit():
        return _survey_page(module_key, typed, {})
    try:
        errors = _store(actor, module_key, typed)
    except RuleBroken as error:
        if error.code == "earlier_steps":
            return _to_module(module_key, error)
        raise BadRequest(sentence(error)) from error
    if errors:
        return _survey_page(module_key, typed, errors)
    return redirect(url_for("surveys.module_survey", module_key=module_key))


def _store(actor: Actor, module_key: str, typed: Typed) -> Mapping[str, str]:
    """Store the answers, and return what is wrong with them."""
    tongue, number, secret = language(), round_of(module_key), config().secret_key
    return write(
        lambda session: service.answer_module_survey(
            session, actor, module_key, typed, language=tongue, secret_key=secret, at=now(), round_number=number
        )
    )


def _to_module(module_key: str, error: RuleBroken) -> Response:
    """Lead to the module's page, which shows what comes first."""
    flash(sentence(error), "info")
    return redirect(url_for("courses.module", module_key=module_key))


def _survey_page(module_key: str, typed: Typed, errors: Mapping[str, str]) -> Answer:
    library = current(reading())
    try:
        number = round_of(module_key)
        survey = service.begin_module_survey(reading(), library, get_actor(), module_key, round_number=number)
    except RuleBroken as error:
        return _to_module(module_key, error)
    if survey is None:
        answered = queries.whole_survey(library, str(queries.survey_key_of(library, module_key)))
        return thanks_page(library, answered, url_for("courses.resume", module_key=module_key))
    title = _module_title(library, module_key)
    page = Page(url_for("courses.module", module_key=module_key), title)
    return questions_page(library, survey, typed, errors, page)


def _module_title(library: Library, module_key: str) -> Text:
    english = library.get("module", module_key).file("module.yml")["title"]
    return library.words("module", module_key, language()).text("module.yml:title", english)
