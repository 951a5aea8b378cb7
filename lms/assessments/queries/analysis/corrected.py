"""Since when questions are corrected: their figures go on telling what they did before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.models import Regrade
from lms.assessments.queries.analysis.current import asked_of
from lms.assessments.rules import analysis as rules
from lms.clock import local_date
from lms.content.library import sources_of


@dataclass(frozen=True)
class Corrected:
    """A question that is corrected since a local date for readers of a language (None: of every one)."""

    item: rules.ItemKey
    locale: str | None
    since: date


def list_corrected(session: Session, module_key: str, versions: Collection[rules.ItemKey]) -> list[Corrected]:
    """Return which of these questions of a module were corrected, the earliest correction first.

    At most two queries: the corrections, and the revisions that single ones were about.
    """
    columns = (Regrade.decisions, Regrade.locale, Regrade.revision_id, Regrade.decided_at)
    done = select(*columns).where(Regrade.module_key == module_key, Regrade.state == "applied")
    rows = session.execute(done.order_by(Regrade.decided_at, Regrade.id)).all()
    about = sources_of(session, {row.revision_id for row in rows if row.revision_id})
    known = {each.item_id: each for each in versions}
    found: list[Corrected] = []
    for row in rows:
        asked = asked_of(about[row.revision_id]).items if row.revision_id else known
        ids = [each["item"] for each in row.decisions if each["item"] in known]
        same = [known[each] for each in ids if asked.get(each) == known[each]]
        found += [Corrected(each, row.locale, local_date(row.decided_at)) for each in same]
    return found


def since(corrected: Collection[Corrected], item: rules.ItemKey, locale: str) -> date | None:
    """Return since when a question is corrected for readers of a language; None where it is not."""
    own = (each.since for each in corrected if each.item == item and each.locale in (None, locale))
    return min(own, default=None)
