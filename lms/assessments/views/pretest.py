"""The page of the test before the first lesson."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from lms.assessments import queries, rules, service
from lms.assessments.forms import PretestForm
from lms.assessments.messages import sentence
from lms.assessments.views.blueprint import bp
from lms.assessments.views.sending import shown_now
from lms.assessments.views.showing import asked_of
from lms.clock import now
from lms.content.library import current, marks
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.i18n import gettext as _
from lms.i18n import language
from lms.web.access import get_actor, signed_in
from lms.web.rounds import round_of

Page = str | tuple[str, int] | Response


@bp.get("/modules/<module_key>/before")
@signed_in
def pretest(module_key: str) -> Page:
    """Ask what the reader knows already."""
    return _page(module_key, PretestForm(), {})


@bp.post("/modules/<module_key>/before")
@signed_in
def answer_pretest(module_key: str) -> Page:
    """Keep what was answered, once."""
    form, sent = PretestForm(), PretestForm.chosen()
    if not form.validate_on_submit():
        if form.errors:
            raise BadRequest
        return _page(module_key, form, sent)
    try:
        _take(module_key, sent, int(form.revision.data))
    except RuleBroken as error:
        return _refused(module_key, error)
    flash(_("Thank you. These questions come again in the quiz, so that you can see what you gained."), "success")
    return _to_module(module_key)


def _take(module_key: str, sent: Mapping[str, Sequence[str]], revision_id: int) -> None:
    shown, actor, number = shown_now(), get_actor(), round_of(module_key)
    write(
        lambda session: service.take_pretest(
            session, actor, module_key, sent, revision_id=revision_id, shown=shown, at=now(), round_number=number
        )
    )


def _refused(module_key: str, error: RuleBroken) -> Page:
    """Refuse what this page could not have sent; lead on from everything else."""
    if error.code == "foreign_answer":
        raise BadRequest(sentence(error)) from error
    if error.code != "prerequisite":  # the module's page names what comes first
        flash(sentence(error), "info")
    return _to_module(module_key)


def _to_module(module_key: str) -> Response:
    return redirect(url_for("courses.module", module_key=module_key))


def _page(module_key: str, form: PretestForm, sent: Mapping[str, Sequence[str]]) -> Page:
    library, actor = current(reading()), get_actor()
    try:
        number = round_of(module_key)
        quiz = service.open_pretest(reading(), library, actor, module_key, round_number=number)
        drawn = queries.pretest_form(quiz, actor.public_id)
        chosen = rules.check_chosen(quiz, drawn, sent)
    except RuleBroken as error:
        return _refused(module_key, error)
    source, words = library.get("module", module_key), library.words("module", module_key, language())
    asked = asked_of(quiz, drawn, words, chosen, {})
    form.revision.data = source.revision_id
    return render_template(
        "assessments/pretest.html",
        form=form,
        asked=asked,
        module_key=module_key,
        title=words.text("module.yml:title", source.file("module.yml")["title"]),
        marks=marks([state for each in asked for state in each.states]),
    )
