"""Follow-ups: people are asked some time after a track or a certificate, and answer by a link."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.library import current
from lms.db import chunks, insert_once
from lms.errors import NotFound
from lms.ids import new_public_id
from lms.people.queries.letters import find_reader
from lms.people.service import lock
from lms.surveys import queries, rules
from lms.surveys.events import SurveyDone
from lms.surveys.models import SurveyInvitation
from lms.surveys.queries import Invitation
from lms.surveys.service.answering import store

#: Who is asked: (person id, subject key, round, the local date from which).
Asking = tuple[int, str, int, date]


def invite(session: Session, survey_key: str, askings: Collection[Asking]) -> int:
    """Ask people a survey some time afterwards, once for each subject and round; return how many are new.

    Nobody is asked the same questions twice within `rules.REST_DAYS` days: the earlier date stands.
    """
    count = 0
    for part in chunks(sorted(askings, key=lambda each: (each[0], each[3], each[1:3])), 1000):
        known = queries.dates_asked(session, survey_key, {each[0] for each in part})
        rows = []
        for person_id, subject_key, number, due_on in part:
            dates = known.setdefault(person_id, [])
            if rules.is_too_soon(due_on, tuple(each[2] for each in dates)):
                continue
            dates.append((subject_key, number, due_on))
            rows.append(
                {
                    "public_id": new_public_id(),
                    "person_id": person_id,
                    "survey_key": survey_key,
                    "subject_key": subject_key,
                    "round": number,
                    "due_on": due_on,
                }
            )
        count += len(insert_once(session, SurveyInvitation, rows))
    return count


def answer_follow_up(
    session: Session, public_id: str, typed: rules.Typed, *, language: str, secret_key: str, at: datetime
) -> Mapping[str, str]:
    """Store the answers to a follow-up once, and return what is wrong with them, empty when stored.

    Whoever has the link answers; a second time changes nothing. Nothing is written to the audit trail. Raises
    `NotFound` for one that is not known, too early or over, `RuleBroken("foreign_answer")` as for modules.
    """
    today = local_date(at)
    invitation = get_invitation(session, public_id, today)
    lock(session, [invitation.person_id])
    if has_answered(session, invitation):
        return {}
    library = current(session)
    survey = queries.whole_survey(library, invitation.survey_key)
    done = SurveyDone(invitation.person_id, invitation.survey_key, invitation.subject_key, invitation.round)
    return store(session, library, survey, done, typed, language=language, secret_key=secret_key, at=at)


def open_link(session: Session, secret_key: str, token: str, today: date) -> tuple[Invitation, str]:
    """Return the follow-up that the token of a link opens today, and its reader's language. Two queries.

    Raise `NotFound` for a token that was not made here, one that is too early or over, and one of nobody any more.
    """
    public_id = rules.follow_up_of_token(secret_key, token)
    if public_id is None:
        raise NotFound("no such link")
    invitation = get_invitation(session, public_id, today)
    reader = find_reader(session, invitation.person_id)
    if reader is None or current(session).find("survey", invitation.survey_key) is None:
        raise NotFound("nobody is asked any more")
    return invitation, reader.language


def get_invitation(session: Session, public_id: str, today: date) -> Invitation:
    """Return a follow-up that can be answered today, or was; raise `NotFound`."""
    invitation = queries.find_invitation(session, public_id, today)
    if invitation is None:
        raise NotFound("no such follow-up is open")
    return invitation


def has_answered(session: Session, invitation: Invitation) -> bool:
    """Return whether a follow-up was answered."""
    return queries.has_answered(
        session, invitation.person_id, invitation.survey_key, invitation.subject_key, invitation.round
    )
