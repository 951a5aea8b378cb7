"""Making numbered sheets."""

from __future__ import annotations

import random
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import policy, queries, rules
from lms.assessments.models import PaperForm
from lms.assessments.specs import QuizSpec
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import current, spec_of
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id

_CHANCE = random.SystemRandom()


def make_paper(
    session: Session,
    actor: Actor,
    module_key: str,
    language: str,
    person_id: int | None,
    *,
    in_class: ColumnElement[bool],
    client_id: str,
    at: datetime,
    chance: random.Random = _CHANCE,
) -> str:
    """Draw a sheet for one person, or (None) for a class, and return its public id. The same form makes one.

    Raises `NotFound` without such a quiz or for a person whom the actor may not enter results for,
    `RuleBroken("sent_before")` when the form made another sheet.
    """
    if not actor.has(*policy.ENTERING):
        raise NotFound("no sheets for this reader")
    if person_id is not None and not queries.is_one_of(session, policy.enterable(actor, in_class), person_id):
        raise NotFound("no such person")
    mine = PaperForm.made_by == actor.account_id, PaperForm.client_id == client_id
    if (made := session.execute(select(PaperForm).where(*mine)).scalar_one_or_none()) is not None:
        if (made.module_key, made.language, made.person_id) != (module_key, language, person_id):
            raise RuleBroken("sent_before")
        return made.public_id
    library = current(session)
    source = library.get("module", module_key)
    form = rules.draw_form(spec_of(QuizSpec, source), chance, chance.randrange(1000))
    sheet = PaperForm(
        public_id=new_public_id(),
        number=new_public_id()[: rules.NUMBER_LENGTH],
        module_key=module_key,
        revision_id=source.revision_id,
        locale_revision_id=library.words("module", module_key, language).revision_id,
        language=language,
        form=[{"item": entry.item_id, "options": list(entry.option_ids)} for entry in form],
        person_id=person_id,
        made_by=actor.account_id,
        made_on=local_date(at),
        made_at=at,
        client_id=client_id,
    )
    session.add(sheet)
    session.flush()
    record(session, actor.account_id, "assessments.sheet_made", "paper_form", sheet.public_id, at=at, module=module_key)
    return sheet.public_id
