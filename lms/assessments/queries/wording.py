"""In which words a quiz is shown."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lms.assessments.queries.attempts import AttemptRow
from lms.assessments.rules import FormItem, own_language, shown_language
from lms.assessments.specs import ItemSpec, QuizSpec
from lms.content.library import Text, Words, current, words_of


def words_for(session: Session, attempt: AttemptRow, locale: str) -> Words:
    """Return the words in which the attempt is shown in `locale`.

    In the language it began with they stay those of its start; after a switch they are the current ones.
    """
    if locale == "en":
        return Words(locale)
    if attempt.locale_revision_id is not None and own_language(attempt.shown_language) == locale:
        return words_of(session, attempt.locale_revision_id, locale)
    return current(session).words("module", attempt.module_key, locale)


def texts_of(item: ItemSpec, words: Words) -> dict[str, Text]:
    """Return what is read while answering, by its suffix: "prompt", and the ids of choices and rows.

    True and false are words of the program, not of the content, and have no text here.
    """
    return {suffix: words.text(f"quiz.yml:{item.id}.{suffix}", english) for suffix, english in item.sentences.items()}


def languages_shown(quiz: QuizSpec, form: Sequence[FormItem], words: Words, *, both: bool) -> dict[str, str]:
    """Return {item id: how it is shown}, such as "to+en" where a wording is not approved yet."""
    asked = {entry.item_id for entry in form}
    return {
        item.id: shown_language(words.locale, {text.state for text in texts_of(item, words).values()}, both=both)
        for item in quiz.questions
        if item.id in asked
    }
