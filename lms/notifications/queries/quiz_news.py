"""What letters about results of quizzes and further tries still have to tell when they are sent."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.assessments import queries as quizzes
from lms.content.library import current, source_of
from lms.notifications.queries.items import Cause, Item
from lms.notifications.rules import Title


def list_results(session: Session, cause: Cause) -> list[Item]:
    """Return the attempt of hers that the letter is about, or all of its quiz where it is about several.

    What she reads there is never in the letter.
    """
    rows = [row for each in cause.values["attempts"] for row in _own(session, cause, each) if row.passed is not None]
    if not rows:
        return []
    last, several = rows[-1], len(rows) > 1
    address = {"module_key": last.module_key} | ({} if several else {"public_id": last.public_id})
    endpoint = "assessments.attempts" if several else "assessments.attempt"
    return [Item(cause.kind, _title(session, cause, last), cause.today, endpoint, address)]


def list_try(session: Session, cause: Cause) -> list[Item]:
    """Return a quiz that she may try again, unless she has passed it, tries already, or it is not taught any more.

    She has begun anew when an attempt is later than the last one that had failed when the letter was written.
    """
    is_granted = cause.values["how"] == "granted"
    rows = [row for each in cause.values["attempts"] for row in _own(session, cause, each)]
    if not rows or current(session).find("module", rows[-1].module_key) is None:
        return []
    given = rows[-1]
    latest = quizzes.find_attempt(session, cause.person_id, given.module_key, given.round)
    if latest is None or latest.passed or latest.number > (cause.values.get("after") or given.number):
        return []
    address = {"module_key": given.module_key}
    title = _title(session, cause, given)
    return [Item(cause.kind, title, cause.today, "assessments.quiz", address, values={"is_granted": is_granted})]


def _own(session: Session, cause: Cause, public_id: str) -> list[quizzes.AttemptRow]:
    return [each for each in quizzes.list_named(session, cause.person_id, public_id) if each.public_id == public_id]


def _title(session: Session, cause: Cause, attempt: quizzes.AttemptRow) -> Title:
    """Return the title of the quiz's module in her language, as it was when she took it."""
    english = source_of(session, attempt.revision_id).file("module.yml")["title"]
    return Title(quizzes.words_for(session, attempt, cause.language).text("module.yml:title", english).text)
