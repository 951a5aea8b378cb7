"""Pages of surveys: the questions at the end of a module, and the thanks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from flask import session as cookie
from markupsafe import Markup
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import Library, Text, Words, current, worst
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import language
from lms.surveys import queries, service
from lms.surveys.forms import QUESTION, SurveyForm
from lms.surveys.messages import sentence
from lms.surveys.rules import MINIMUM_GROUP, TEXT_LIMIT
from lms.surveys.specs import QuestionSpec, SurveySpec
from lms.web.access import get_actor, signed_in

bp = Blueprint("surveys", __name__, template_folder="templates")

Page = str | tuple[str, int] | Response


@dataclass(frozen=True)
class Option:
    """One answer to choose."""

    value: str
    label: str | Markup
    label_en: str | None


@dataclass(frozen=True)
class Question:
    """One question as the page shows it, with what was typed."""

    name: str
    kind: str
    prompt: str | Markup
    prompt_en: str | None
    options: tuple[Option, ...]
    value: str
    required: bool
    error: str | None


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
        errors = write(
            lambda session: service.answer_module_survey(
                session, actor, module_key, typed, language=language(), at=now()
            )
        )
    except RuleBroken as error:
        raise BadRequest(sentence(error)) from error
    if errors:
        return _survey_page(module_key, typed, errors)
    return redirect(url_for("surveys.module_survey", module_key=module_key))


def _survey_page(module_key: str, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    library = current(reading())
    survey_key = queries.survey_key_of(library, module_key)
    if survey_key is None:
        raise NotFound(f"module {module_key} has no survey")
    spec = library.spec(SurveySpec, "survey", survey_key)
    words = library.words("survey", survey_key, language())
    subject = queries.subject_of(module_key)
    if queries.has_answered(reading(), get_actor().person_id, survey_key, subject):
        thanks = words.text(f"{survey_key}.yml:thanks", spec.thanks)
        return render_template("surveys/thanks.html", thanks=thanks, module_key=module_key)
    title = words.text(f"{survey_key}.yml:title", spec.title)
    intro = words.text(f"{survey_key}.yml:intro", spec.intro)
    return render_template(
        "surveys/survey.html",
        title=title,
        intro=intro,
        questions=[
            _question(spec, each, words, typed.get(each.id, ""), errors.get(each.id)) for each in spec.questions
        ],
        module_key=module_key,
        module_title=_module_title(library, module_key),
        minimum=MINIMUM_GROUP,
        limit=TEXT_LIMIT,
        both=_both(),
        state=worst([title.state, intro.state, *_states(spec, words)]),
    )


def _module_title(library: Library, module_key: str) -> Text:
    english = library.get("module", module_key).file("module.yml")["title"]
    return library.words("module", module_key, language()).text("module.yml:title", english)


def _both() -> bool:
    """Return whether English stands beneath, as the reader chose last on a lesson page."""
    return bool(cookie.get("both")) and language() != "en"


def _states(spec: SurveySpec, words: Words) -> list[str]:
    return [words.text(f"{spec.key}.yml:{each.id}.prompt", each.prompt).state for each in spec.questions]


def _question(spec: SurveySpec, question: QuestionSpec, words: Words, value: str, code: str | None) -> Question:
    """Return a question in the reader's language."""
    prompt = words.text(f"{spec.key}.yml:{question.id}.prompt", question.prompt)
    if question.type == "likert":
        choices = {str(n): words.text(f"{spec.key}.yml:scale.{n}", text) for n, text in enumerate(spec.scale, 1)}
    else:
        choices = {
            each.id: words.text(f"{spec.key}.yml:{question.id}.{each.id}", each.text) for each in question.options
        }
    return Question(
        name=QUESTION + question.id,
        kind=question.type,
        prompt=_label(prompt),
        prompt_en=_beneath(prompt),
        options=tuple(Option(key, _label(text), _beneath(text)) for key, text in choices.items()),
        value=value,
        required=question.required,
        error=sentence(RuleBroken(code)) if code else None,
    )


def _label(text: Text) -> str | Markup:
    """Return the words, marked as English where they are English for want of a translation."""
    return Markup('<span lang="en">{}</span>').format(text.text) if text.state == "missing" else text.text


def _beneath(text: Text) -> str | None:
    return text.english if _both() and not text.is_english else None
