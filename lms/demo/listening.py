"""How the demonstration's staff listen: texts in English, an answered comment, a finding that becomes a change note."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.content.library import current
from lms.demo.people import Cast
from lms.demo.plan import Plan
from lms.ids import new_client_id
from lms.surveys.queries import subject_of, survey_key_of
from lms.surveys.queries.results.comments import list_comments
from lms.surveys.queries.results.figures import counts_of
from lms.surveys.queries.results.texts import list_texts, list_untranslated
from lms.surveys.rules.results import Slice, add_up
from lms.surveys.service.results import (
    add_comment,
    answer_comment,
    flag_text,
    note_change,
    note_finding,
    translate_text,
)

#: What the texts of the story are in English.
ENGLISH = {
    "Ke lahi ange ʻa e ako ngāue.": "More practice.",
    "Naʻe tokoni ʻa e ngaahi talanoa.": "The stories helped.",
    "Mālō ʻaupito.": "Thank you very much.",
}
#: So many texts wait for the translator all the same.
WAITING = 3
MODULE = "communication"


def listen(session: Session, cast: Cast, plan: Plan, at: datetime) -> None:
    """Let staff read and answer what workers said."""
    _translate(session, cast, at)
    _comment(session, cast, plan, at)
    _find(session, cast, at)


def _translate(session: Session, cast: Cast, at: datetime) -> None:
    """Put Tongan texts into English but for the last ones, and put an English one aside."""
    translator = cast.translator
    for text in list_untranslated(session, [translator.language])[:-WAITING]:
        translate_text(session, translator, text.id, ENGLISH[text.words], erase=False, at=at)
    for text in list_texts(session, str(survey_key_of(current(session), MODULE)), subject_of(MODULE))[:1]:
        flag_text(session, cast.actors["analyst@demo.example"], text.id, "private", at=at)


def _comment(session: Session, cast: Cast, plan: Plan, at: datetime) -> None:
    """Let one worker sign a comment, which is answered, and another one sign none."""
    said = (
        ("en", "Could the session in the evening begin a little later?", True, ""),
        ("es", "Me gustaría más ejemplos con familias.", False, subject_of(MODULE)),
    )
    for language, words, is_signed, about in said:
        actor = next(cast.workers[each.number] for each in plan.workers if each.language == language)
        add_comment(
            session,
            actor,
            words,
            is_signed=is_signed,
            subject_key=about,
            language=language,
            client_id=new_client_id(),
            at=at,
        )
    signed = next(each for each in list_comments(session) if each.person_id)
    answer = "Thank you. From next month on it begins at half past six."
    answer_comment(session, cast.actors["trainer@demo.example"], signed.public_id, answer, at=at)


def _find(session: Session, cast: Cast, at: datetime) -> None:
    """Note what two questions tell, and turn the first into a change note."""
    analyst, library, subject = cast.actors["analyst@demo.example"], current(session), subject_of(MODULE)
    survey = str(survey_key_of(library, MODULE))
    shown = add_up(counts_of(session, survey, subject))
    found = [
        note_finding(session, analyst, survey, subject, question, Slice(), words, client_id=new_client_id(), at=at)
        for question, words in (
            ("length", "For many it is too long for one sitting."),
            ("clear", "Most find it clear. The last lesson could do with a picture."),
        )
        if question in shown
    ]
    for public_id in found[:1]:
        what, why = "Split the second lesson into two.", "Workers do it between two visits."
        note_change(session, analyst, public_id, what=what, why=why, by_whom="Silas Eastlake", at=at)
