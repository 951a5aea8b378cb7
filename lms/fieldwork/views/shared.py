"""What the pages of sessions share: finding a session for its reader, saying why something was refused."""

from __future__ import annotations

from typing import Any

from lms.db import reading
from lms.fieldwork.messages.sessions import sentence, when, where
from lms.fieldwork.policy import sessions as policies
from lms.fieldwork.queries import sessions as queries
from lms.fieldwork.queries.sessions import GroupRow
from lms.fieldwork.views.session_words import teacher_words
from lms.web.access import get_actor
from lms.web.forms import Explained, Form, form_page


def explained(form: Form) -> Explained:
    """Return a context in which a broken rule becomes a sentence in `form`."""
    return Explained(form, sentence)


def page(template: str, form: Form | None = None, **values: Any) -> tuple[str, int]:
    """Return a page of sessions and its status."""
    return form_page(f"fieldwork/{template}", form, **values)


def kept_session(public_id: str) -> GroupRow:
    """Return a session whose list the reader keeps; raise `NotFound`. One query."""
    return queries.get_session(reading(), policies.kept_sessions(get_actor()), public_id)


def visible_session(public_id: str) -> GroupRow:
    """Return a session whose page the reader may open; raise `NotFound`. One query."""
    return queries.get_session(reading(), policies.visible_sessions(get_actor()), public_id)


def told(group: GroupRow) -> dict[str, Any]:
    """Return what every page of one session says of it. One query."""
    teachers = queries.teachers_of(reading(), [group.id]).get(group.id, {})
    return {
        "group": group,
        "when": when(group.day, group.starts, group.ends),
        "where": where(group.place),
        "teachers": teacher_words(teachers) if teachers else "",
        "teacher_ids": teachers,
    }
