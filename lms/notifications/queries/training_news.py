"""What letters about training from elsewhere still have to tell when they are sent."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.errors import NotFound
from lms.notifications.queries.items import Cause, Item
from lms.notifications.rules import Title
from lms.organizations import queries as organizations
from lms.training import queries as training

#: In which state earlier training is after what was decided about it towards tracks.
_JUDGED = {"recognized": "recognized", "ask": "asked", "refuse": "refused", "revoked": "revoked"}


def list_training(session: Session, cause: Cause) -> list[Item]:
    """Return an earlier training about which this decision still stands."""
    outcome, public_id = cause.values["outcome"], cause.values["public_id"]
    try:
        row = training.get_row(session, public_id)
    except NotFound:
        return []
    if outcome in _JUDGED:
        stands = row.state == _JUDGED[outcome]
    else:
        shares = training.list_shares(session, [row.training_id])
        stands = bool(shares) and shares[-1].outcome == outcome
    if row.person_id != cause.person_id or not stands:
        return []
    address, said = {"public_id": public_id}, {"outcome": outcome}
    return [Item("training", Title(row.told.title), row.told.learned_on, "training.show", address, values=said)]


def list_waiting_training(session: Session, cause: Cause) -> list[Item]:
    """Return how many earlier trainings wait for the yes of an organization that she answers for."""
    place = cause.values["organization_id"]
    if place not in organizations.ties_of(session, cause.person_id, cause.today).supervises:
        return []
    count = training.count_waiting(session, [place], cause.today, but_of=cause.person_id)
    title = Title(organizations.names_of(session, [place])[place])
    item = Item("training_waits", title, cause.today, "training.team", {}, values={"count": count})
    return [item] if count else []
