"""Pages of surveys: the questions at the end of a module, and the thanks."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.content.library import Library, Text, Words, current, marks, worst
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.i18n import language
from lms.surveys import queries, service
from lms.surveys.forms import QUESTION, SurveyForm
from lms.surveys.messages import sentence
from lms.surveys.rules import MINIMUM_GROUP, TEXT_LIMIT
from lms.surveys.specs import QuestionSpec, SurveySpec
from lms.surveys.views.blueprint import bp
from lms.web.access import get_actor, signed_in
from lms.web.rounds import round_of
from lms.web.showing import Option, Question, beneath, marked, wants_both

Page = str | tuple[str, int] | Response


@bp.get("/modules/<module_key>/survey")
@signed_in
def module_survey(module_key: str) -> Page:
    """Show the questions about a module, or the thanks for having answered them."""
    return _survey_page(module_key, {}, {})


@bp.post("/modules/<module_key>/survey")
@signed_in
def answer(module_key: str) -> Page:
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


def _store(actor: Actor, module_key: str, typed: Mapping[str, str]) -> Mapping[str, str]:
    """Store the answers, and return what is wrong with them."""
    tongue, number = language(), round_of(module_key)
    return write(
        lambda session: service.answer_module_survey(
            session, actor, module_key, typed, language=tongue, at=now(), round_number=number
        )
    )


def _to_module(module_key: str, error: RuleBroken) -> Response:
    """Lead to the module's page, which shows what comes first."""
    flash(sentence(error), "info")
    return redirect(url_for("courses.module", module_key=module_key))


def _survey_page(module_key: str, typed: Mapping[str, str], errors: Mapping[str, str]) -> Page:
    library = current(reading())
    try:
        number = round_of(module_key)
        spec = service.begin_module_survey(reading(), library, get_actor(), module_key, round_number=number)
    except RuleBroken as error:
        return _to_module(module_key, error)
    return _thanks(library, module_key) if spec is None else _questions(library, module_key, spec, typed, errors)


def _thanks(library: Library, module_key: str) -> str:
    survey_key = str(queries.survey_key_of(library, module_key))
    spec = library.spec(SurveySpec, "survey", survey_key)
    thanks = library.words("survey", survey_key, language()).text(f"{survey_key}.yml:thanks", spec.thanks)
    return render_template("surveys/thanks.html", thanks=thanks, module_key=module_key)


def _questions(
    library: Library, module_key: str, spec: SurveySpec, typed: Mapping[str, str], errors: Mapping[str, str]
) -> str:
    words = library.words("survey", spec.key, language())
    title = words.text(f"{spec.key}.yml:title", spec.title)
    intro = words.text(f"{spec.key}.yml:intro", spec.intro)
    questions = [_question(spec, each, words, typed.get(each.id, ""), errors.get(each.id)) for each in spec.questions]
    return render_template(
        "surveys/survey.html",
        title=title,
        intro=intro,
        questions=marked(questions),
        survey_key=spec.key,
        module_key=module_key,
        module_title=_module_title(library, module_key),
        minimum=MINIMUM_GROUP,
        limit=TEXT_LIMIT,
        both=wants_both(),
        marks=marks([title.state, intro.state, *(question.wording for question in questions)]),
    )


def _module_title(library: Library, module_key: str) -> Text:
    english = library.get("module", module_key).file("module.yml")["title"]
    return library.words("module", module_key, language()).text("module.yml:title", english)


def _question(spec: SurveySpec, question: QuestionSpec, words: Words, value: str, code: str | None) -> Question:
    """Return a question in the reader's language, with English where its wording is not approved."""
    prompt = words.text(f"{spec.key}.yml:{question.id}.prompt", question.prompt)
    if question.type == "likert":
        choices = {str(n): words.text(f"{spec.key}.yml:scale.{n}", text) for n, text in enumerate(spec.scale, 1)}
    else:
        choices = {
            each.id: words.text(f"{spec.key}.yml:{question.id}.{each.id}", each.text) for each in question.options
        }
    wording = worst([prompt.state, *(text.state for text in choices.values())])
    both = wants_both() or wording not in {"approved", "source"}
    return Question(
        name=QUESTION + question.id,
        kind=question.type,
        prompt=prompt,
        prompt_en=beneath(prompt, both=both),
        options=tuple(Option(key, text, beneath(text, both=both)) for key, text in choices.items()),
        chosen=(value,) if value else (),
        required=question.required,
        error=sentence(RuleBroken(code)) if code else None,
        wording=wording,
    )
