"""The loop, once around: what workers said of the first edition, what was noted, and the edition that answers it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.content.library import current
from lms.demo.editions import MODULE
from lms.demo.people import Cast
from lms.ids import new_client_id
from lms.surveys.queries import subject_of, survey_key_of
from lms.surveys.rules.loop import Told
from lms.surveys.rules.results import Slice
from lms.surveys.service.results import answer_note, note_change, note_finding

QUESTION = "ready"
FOUND = "Some do not feel ready to write notes. In their own words, many ask for more practice."
WHAT = "Add an exercise to the lesson on notes: a poor note to mend."
WHY = "Reading about notes is not writing one."
TOLD = {
    "en": Told("You asked for more practice.", "The lesson on notes ends with a poor note, and you mend it."),
    "es": Told(
        "Ustedes pidieron más práctica.",
        "La lección sobre las notas termina con una nota mal escrita, y usted la corrige.",
    ),
    "to": Told(
        "Naʻa mou kole ke lahi ange ʻa e ako ngāue.",
        "ʻOku fakaʻosi ʻaki ʻa e lēsoni ki he ngaahi noutí ha nouti kovi ke ke fakaleleiʻi.",
    ),
    "sm": Told(
        "Na outou talosaga mo nisi faʻataʻitaʻiga.",
        "E iʻu le lesona i tusiga i se tusiga e lē lelei, ma e te faʻalelei.",
    ),
}


def find(session: Session, cast: Cast, at: datetime) -> str:
    """Note what the answers to one question tell and what is to be changed, and return the finding's public id."""
    analyst, survey = cast.actors["analyst@demo.example"], str(survey_key_of(current(session), MODULE))
    subject, once = subject_of(MODULE), new_client_id()
    found = note_finding(session, analyst, survey, subject, QUESTION, Slice(), FOUND, client_id=once, at=at)
    note_change(session, analyst, found, what=WHAT, why=WHY, by_whom="Silas Eastlake", at=at + timedelta(hours=1))
    return found


def answer(session: Session, cast: Cast, found: str, number: int, at: datetime) -> None:
    """Say that the publication of that number answers the note, and what workers read of it."""
    answer_note(session, cast.actors["analyst@demo.example"], found, number, TOLD, at=at)
