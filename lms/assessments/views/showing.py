"""How the questions of an attempt stand on a page, and how they are shown once graded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from lms.assessments import queries, rules
from lms.assessments.forms import ANSWER
from lms.assessments.items import ItemSpec
from lms.assessments.messages import own_words
from lms.assessments.queries import Saved
from lms.assessments.rules import Amendment, FormItem
from lms.assessments.specs import QuizSpec
from lms.content.library import Text, Words, worst
from lms.web.showing import Option, Question, beneath, marked, wants_both


@dataclass(frozen=True)
class Told:
    """Words above questions, with the English beneath them: the story of a case, the title of a section."""

    text: Text
    text_en: str | None
    #: Where they stand in the quiz's file.
    address: str = ""
    #: The reading of exactly these words, and where it is played from.
    heard: object | None = None
    heard_href: str = ""


@dataclass(frozen=True)
class Asked:
    """One question on its page, with what stands above it when it is the first of its section or case."""

    question: Question
    section: Told | None = None
    case: Told | None = None

    @property
    def states(self) -> tuple[str, ...]:
        """Return the states of all these words."""
        above = [each.text.state for each in (self.section, self.case) if each]
        return (self.question.wording, *above)


@dataclass(frozen=True)
class Graded:
    """One answered question on the result page.

    `state` is "right", "partly", "wrong", "waiting", "kept" or "dropped".
    """

    question: Question
    state: str
    feedback: Told
    #: The question's id in its quiz.
    item_id: str = ""

    @property
    def states(self) -> tuple[str, ...]:
        """Return the states of the question's and the feedback's words."""
        return (self.question.wording, self.feedback.text.state)


def asked_of(
    quiz: QuizSpec, form: Sequence[FormItem], words: Words, chosen: rules.Chosen, errors: Mapping[str, str]
) -> list[Asked]:
    """Return the questions of an attempt in the order shown, with what was answered and what is wrong."""
    entries = [(item, entry) for entry in form if (item := quiz.item(entry.item_id))]
    questions = [
        question_of(item, entry.option_ids, words, chosen.get(item.id, ()), errors.get(item.id))
        for item, entry in entries
    ]
    above = list(_above(quiz, [item for item, _ in entries], words))
    return [Asked(question, *told) for question, told in zip(marked(questions), above, strict=True)]


def _above(quiz: QuizSpec, items: Sequence[ItemSpec], words: Words) -> Iterator[tuple[Told | None, Told | None]]:
    """Yield what stands above each question: a section where it begins, a case where it begins."""
    last_section = last_case = None
    for item in items:
        section, case = quiz.section_of(item), quiz.cases.get(item.id)
        yield (
            _told(words, f"{section.id}.title", section.title) if section and section != last_section else None,
            _told(words, f"{case.id}.prompt", case.prompt) if case and case != last_case else None,
        )
        last_section, last_case = section, case


def _told(words: Words, address: str, english: str) -> Told:
    text = words.text(f"quiz.yml:{address}", english)
    return Told(text, beneath(text, both=wants_both() or not text.is_approved), address)


def question_of(
    item: ItemSpec, shown: Sequence[str], words: Words, chosen: tuple[str, ...], error: str | None = None
) -> Question:
    """Return a question in the reader's language, with English where its wording is not approved."""
    texts = queries.texts_of(item, words)
    both = wants_both() or not all(text.is_approved for text in texts.values())
    labels: dict[str, tuple[str | Text, str | None]]
    labels = {key: (text, beneath(text, both=both)) for key, text in texts.items()}
    for key, (word, english) in own_words().items():
        labels.setdefault(key, (word, english if both else None))
    others = texts.keys() - {"prompt", *item.choices, *item.rows}
    return Question(
        name=ANSWER + item.id,
        kind=item.type,
        prompt=texts["prompt"],
        prompt_en=labels["prompt"][1],
        options=tuple(Option(each, *labels[each]) for each in shown if each in item.choices),
        rows=tuple(Option(each, *labels.get(each, ("", None))) for each in shown if each in item.rows),
        texts={each: Option(each, *labels[each]) for each in others},
        chosen=chosen,
        error=error,
        wording=worst([text.state for text in texts.values()]),
    )


def graded_of(
    quiz: QuizSpec,
    form: Sequence[FormItem],
    words: Words,
    answers: Mapping[str, Saved],
    scored: Mapping[str, rules.Grade] = MappingProxyType({}),
    amendments: Mapping[str, Amendment] = rules.NONE,
) -> list[Graded]:
    """Return the answered questions with their feedback; only for a submitted attempt.

    `scored` is what an assessor gave, `amendments` what was corrected since, by question.
    """
    found = []
    for entry in form:
        item, saved = quiz.item(entry.item_id), answers.get(entry.item_id)
        if item is None:
            continue
        chosen = saved.chosen if saved else ()
        question = question_of(item, entry.option_ids, words, chosen)
        state = _state(item, chosen, scored.get(item.id), amendments.get(item.id))
        found.append(Graded(question, state, _told(words, f"{item.id}.feedback", item.feedback), item.id))
    return [replace(each, question=question) for each, question in _marked(found)]


def _marked(found: Sequence[Graded]) -> Iterator[tuple[Graded, Question]]:
    return zip(found, marked([each.question for each in found]), strict=True)


def _state(
    item: ItemSpec, chosen: tuple[str, ...], scored: rules.Grade | None = None, amendment: Amendment | None = None
) -> str:
    """Return how an answer turned out."""
    if amendment and amendment.how == "drop":
        return "dropped"
    grade = rules.amended(item, chosen, rules.grade_item(item, chosen, scored), amendment)
    if grade is None:
        return "waiting"
    if not item.points:
        return "kept"
    return "right" if grade.correct else "partly" if grade.points else "wrong"
