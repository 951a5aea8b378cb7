"""What a letter about a fact still has to tell when it is sent: each kind asks the feature that knows it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from lms.notifications.queries import certificate_news, fieldwork_news, quiz_news, tracks_news, training_news
from lms.notifications.queries.items import Cause, Item
from lms.notifications.rules import NoLongerTrue

NEWS: dict[str, Callable[[Session, Cause], list[Item]]] = {
    "certificate_status": certificate_news.list_status,
    "hours_returned": fieldwork_news.list_returned_hours,
    "sign_off": fieldwork_news.list_sign_off,
    "place": fieldwork_news.list_session,
    "signed_up": fieldwork_news.list_session,
    "taken_off": fieldwork_news.list_session,
    "session_changed": fieldwork_news.list_session,
    "session_cancelled": fieldwork_news.list_session,
    "training": training_news.list_training,
    "training_waits": training_news.list_waiting_training,
    "change": tracks_news.list_changes,
    "waiver": tracks_news.list_waiver,
    "cycle": tracks_news.list_cycle,
    "result_ready": quiz_news.list_results,
    "result_corrected": quiz_news.list_results,
    "try_given": quiz_news.list_try,
}


def list_news(session: Session, cause: Cause) -> list[Item]:
    """Return what a letter about a fact still has to tell; raise `NoLongerTrue` when that is nothing."""
    items = NEWS[cause.kind](session, cause)
    if not items:
        raise NoLongerTrue("told-otherwise")
    return items
