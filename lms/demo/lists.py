"""Loads a list of staff that a supervisor has pasted, and has not looked through yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.demo.people import Cast
from lms.ids import new_client_id
from lms.organizations.queries import list_staff
from lms.organizations.rules import Defaults, read_pasted
from lms.organizations.service import judge_list, keep_list

PLACE = "kainga-lelei"
_LINES = (
    "Tupou Mālia Veikune, 213 555 0171, tongan, Promotora",
    "Semisi Lolohea, semisi.lolohea@demo.example, tongan, Outreach worker",
    "Rosa Elena Duarte, 213 555 017, spanish, Promotora",
    "Penisimani Faupula, 213 555 0171, tongan, Navigator",
)


def load_list(session: Session, cast: Cast, *, at: datetime) -> None:
    """Let the first supervisor paste five lines: of somebody who works there, of new people, and two to be settled."""
    actor, place = cast.supervisors[PLACE], cast.organization_ids[PLACE]
    known = list_staff(session, [place], actor.today, limit=1)[0].name
    sheet = read_pasted("\n".join((*_LINES, f"{known}, Promotora")))
    if sheet is not None:
        judged = judge_list(session, actor, sheet, Defaults(place), at=at)
        keep_list(session, actor, judged, client_id=new_client_id(), at=at)
