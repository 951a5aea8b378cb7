"""The words that a report is about, as the reader sees them and in English."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from lms.assessments.queries import AttemptRow, list_named, words_for
from lms.assessments.rules import told_after
from lms.assessments.specs import FILE, QuizSpec
from lms.content.lessons import render
from lms.content.library import Library, Source, Words, current, source_of, spec_of
from lms.courses.service import require_prerequisites
from lms.courses.specs import ModuleSpec
from lms.errors import NotFound, RuleBroken
from lms.surveys.queries import whole_survey
from lms.translating.queries.progress import KINDS, sentences_of
from lms.translating.rules import is_under, questions_of

_LESSONS = "lessons/"
#: What the page of a module says of it, also while it may not be begun yet.
_OUTSIDE = "module.yml:"


@dataclass(frozen=True)
class Piece:
    """Some words and their English; Markup where they are a block of a lesson."""

    words: str | Markup
    english: str | Markup
    state: str
    lang: str


@dataclass(frozen=True)
class Passage:
    """What stands at one address, in an exact wording."""

    kind: str
    key: str
    at: str
    locale: str
    pieces: tuple[Piece, ...]
    revision_id: int
    locale_revision_id: int | None
    attempt_id: int | None = None


def find_passage(
    session: Session, person_id: int, kind: str, key: str, at: str, *, locale: str, attempt: str = ""
) -> Passage:
    """Return what a reader sees at the address `at` of a module or survey, in `locale`; raise `NotFound`.

    Words of a quiz are shown only to who was asked them, in the attempt of that public id, in its own wording. Those
    that are asked before the first lesson, and lessons, are shown to everybody who may begin the module; what its own
    page says of it, to all.
    """
    if kind not in KINDS:
        raise NotFound(f"no {kind} is read")
    library = current(session)
    if at.startswith(f"{FILE}:") and attempt:
        return _asked(session, person_id, key, at, locale, attempt)
    if kind == "module" and not at.startswith(_OUTSIDE):
        _require_open(session, library, person_id, key)
    if at.startswith(f"{FILE}:"):
        return _linked(library, key, at, locale)
    return passage_of(library.get(kind, key), library.words(kind, key, locale), at)


def _require_open(session: Session, library: Library, person_id: int, module_key: str) -> None:
    """Raise `NotFound` while another module comes first: its lessons cannot be read on their own pages either."""
    try:
        require_prerequisites(session, library, person_id, module_key)
    except RuleBroken as error:
        raise NotFound("another module comes first") from error


def find_asked(session: Session, survey_key: str, at: str, *, locale: str) -> Passage:
    """Return a question of a survey at its address, as it is asked; raise `NotFound` for whatever else."""
    library = current(session)
    homes = {f"{each.home}.yml:{each.spec.id}": each.home for each in whole_survey(library, survey_key).questions}
    if at not in homes:
        raise NotFound("not asked in this survey")
    return passage_of(library.get("survey", homes[at]), library.words("survey", homes[at], locale), at)


def _asked(session: Session, person_id: int, key: str, at: str, locale: str, public_id: str) -> Passage:
    found = [each for each in list_named(session, person_id, public_id) if each.module_key == key]
    if not found:
        raise NotFound("no such attempt")
    attempt = found[0]
    source = source_of(session, attempt.revision_id)
    quiz = spec_of(QuizSpec, source)
    if not set(questions_of(quiz, at)) & {entry.item_id for entry in attempt.form}:
        raise NotFound("not asked in this attempt")
    read = None if _is_explained(quiz, attempt) else _read_while_answering(quiz)
    return passage_of(source, words_for(session, attempt, locale), at, read=read, attempt_id=attempt.id)


def _linked(library: Library, key: str, at: str, locale: str) -> Passage:
    """Return a question that is asked before the first lesson, as it is asked."""
    source = library.get("module", key)
    quiz = spec_of(QuizSpec, source)
    if not set(questions_of(quiz, at)) & set(quiz.linked):
        raise NotFound("not asked before the first lesson")
    return passage_of(source, library.words("module", key, locale), at, read=_read_while_answering(quiz))


def _read_while_answering(quiz: QuizSpec) -> frozenset[str]:
    """Return the addresses that a page of questions shows: no feedback, and no levels that an assessor gives."""
    asked = {f"{FILE}:{item.id}.{suffix}" for item in quiz.questions for suffix in item.sentences}
    return frozenset(asked | {f"{FILE}:{case.id}.prompt" for case in quiz.cases.values()})


def _is_explained(quiz: QuizSpec, attempt: AttemptRow) -> bool:
    """Return whether the reader has been told why the right answers are right: not while an assessor has to look."""
    return attempt.passed is not None and told_after(quiz.feedback, has_passed=attempt.passed) == "all"


def passage_of(
    source: Source, words: Words, at: str, *, read: Collection[str] | None = None, attempt_id: int | None = None
) -> Passage:
    """Return what stands at `at`, of that only the addresses in `read`; raise `NotFound` when nothing does."""
    pieces = _block(source, words, at) if at.startswith(_LESSONS) else ()
    if not pieces:
        pieces = tuple(
            Piece(text.text, english, text.state, "en" if text.is_english else words.locale)
            for address, english in sentences_of(source).items()
            if is_under(address, at) and (read is None or address in read)
            for text in [words.text(address, english)]
        )
    if not pieces:
        raise NotFound(f"nothing stands at {at}")
    return Passage(source.kind, source.key, at, words.locale, pieces, source.revision_id, words.revision_id, attempt_id)


def _block(source: Source, words: Words, at: str) -> tuple[Piece, ...]:
    """Return the block of a lesson that begins at this address, as its page shows it."""
    file, _, segment = at.partition(":")
    lesson_key = file.removeprefix(_LESSONS).removesuffix(".md")
    lesson = spec_of(ModuleSpec, source).lesson(lesson_key) if source.kind == "module" else None
    if lesson is None:
        return ()
    blocks = render(lesson.markdown, words, lesson_key)
    return tuple(Piece(each.html, each.html_en, each.state, each.lang) for each in blocks if each.id == segment != "")
