"""The page of a survey's questions, whoever answers them: signed in, or by the link of a letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template

from lms.content.library import Library, Text, Words, marks, worst
from lms.i18n import language
from lms.surveys.forms import QUESTION
from lms.surveys.messages import fault, skip_label
from lms.surveys.queries import Asked, WholeSurvey
from lms.surveys.rules import SCALE, TEXT_LIMIT
from lms.surveys.specs import ChoiceSpec
from lms.web.showing import Option, Question, beneath, marked, wants_both

#: What was sent: {question id, or "<question>.<row>": values}.
Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class SurveyQuestion(Question):
    """One question of a survey as the page shows it: the rows of a matrix are questions of their own."""

    matrix: tuple[Question, ...] = ()
    unit: Text | None = None
    unit_en: str | None = None
    whole: bool = True
    #: The survey whose file it stands in, and its address there.
    home: str = ""
    address: str = ""


@dataclass(frozen=True)
class Page:
    """What a page of questions says around them: where it leads back to, and what the answers are about.

    With the token of a letter's link, what is said of a wording has no name either, signed in or not.
    """

    back: str = ""
    back_label: str | Text = ""
    about: str | Text = ""
    token: str = ""


def questions_page(
    library: Library, survey: WholeSurvey, typed: Typed, errors: Mapping[str, str], page: Page
) -> tuple[str, int]:
    """Return the page that asks, with what was typed and what is wrong with it, and its status: 400 where it is."""
    spec, words = survey.spec, library.words("survey", survey.spec.key, language())
    title = words.text(f"{spec.key}.yml:title", spec.title)
    intro = words.text(f"{spec.key}.yml:intro", spec.intro)
    questions = [_question(library, each, typed, errors.get(each.spec.id)) for each in survey.questions]
    html = render_template(
        "surveys/survey.html",
        title=title,
        intro=intro,
        questions=marked(questions),
        page=page,
        group=spec.group,
        limit=TEXT_LIMIT,
        both=wants_both(),
        marks=marks([title.state, intro.state, *(question.wording for question in questions)]),
    )
    return html, 400 if errors else 200


def thanks_page(library: Library, survey: WholeSurvey, go_on: str) -> str:
    """Return the thanks for having answered; `go_on` is the address of the next step, "" for none."""
    words = library.words("survey", survey.spec.key, language())
    thanks = words.text(f"{survey.spec.key}.yml:thanks", survey.spec.thanks)
    return render_template("surveys/thanks.html", thanks=thanks, go_on=go_on)


def _question(library: Library, asked: Asked, typed: Typed, code: str | None) -> SurveyQuestion:
    """Return a question in the reader's language, with English where its wording is not approved."""
    spec, words = asked.spec, library.words("survey", asked.home, language())
    prompt = words.text(f"{asked.home}.yml:{spec.id}.prompt", spec.prompt)
    unit = words.text(f"{asked.home}.yml:{spec.id}.unit", spec.unit) if spec.unit else None
    choices = _scale(library, asked) if spec.uses_scale else _texts(asked, words, spec.options)
    rows = _texts(asked, words, spec.rows)
    wording = worst([each.state for each in (prompt, *choices.values(), *rows.values(), *([unit] if unit else []))])
    both = wants_both() or wording not in {"approved", "source"}
    options = [Option(key, text, beneath(text, both=both)) for key, text in choices.items()]
    if options and not spec.required and spec.type != "choices":
        options.append(Option("", skip_label(), None))
    return SurveyQuestion(
        name=QUESTION + spec.id,
        home=asked.home,
        address=f"{asked.home}.yml:{spec.id}",
        kind=spec.type,
        prompt=prompt,
        prompt_en=beneath(prompt, both=both),
        options=tuple(options),
        chosen=tuple(typed.get(spec.id, ())),
        required=spec.required,
        error=fault(spec, code) if code else None,
        wording=wording,
        matrix=tuple(_row(asked, key, text, tuple(options), typed, both=both) for key, text in rows.items()),
        unit=unit,
        unit_en=beneath(unit, both=both) if unit else None,
        whole=spec.whole,
    )


def _scale(library: Library, asked: Asked) -> dict[str, Text]:
    words = library.words("survey", asked.scale_home, language())
    return {
        number: words.text(f"{asked.scale_home}.yml:scale.{number}", label)
        for number, label in zip(SCALE, asked.scale, strict=True)
    }


def _texts(asked: Asked, words: Words, listed: Sequence[ChoiceSpec]) -> dict[str, Text]:
    return {each.id: words.text(f"{asked.home}.yml:{asked.spec.id}.{each.id}", each.text) for each in listed}


def _row(asked: Asked, key: str, text: Text, options: tuple[Option, ...], typed: Typed, *, both: bool) -> Question:
    """Return a row of a matrix as a question of its own."""
    name = f"{asked.spec.id}.{key}"
    chosen = tuple(typed.get(name, ()))
    return Question(QUESTION + name, "likert", text, beneath(text, both=both), options, chosen)
