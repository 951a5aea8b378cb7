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
from lms.assessments.rules.deciding import wordings_in
from lms.assessments.rules.languages import ENGLISH
from lms.clock import local_date
from lms.content.library import sources_of


@dataclass(frozen=True)
class Corrected:
    """A question that is corrected since a local date for readers of a language (None: of every one).

    `wordings` are those of that language that it was about (None: every one).
    """

    item: rules.ItemKey
    locale: str | None
    since: date
    wordings: frozenset[str] | None = None


def list_corrected(session: Session, module_key: str, versions: Collection[rules.ItemKey]) -> list[Corrected]:
    """Return which of these versions of questions of a module were corrected, the earliest correction first.

    Corrections of before do not say for which versions: they are of every one, or of those of the revision that they
    were about. At most two queries: the corrections, and these revisions.
    """
    columns = (Regrade.decisions, Regrade.locale, Regrade.revision_id, Regrade.decided_at, Regrade.versions)
    done = select(*columns).where(Regrade.module_key == module_key, Regrade.state == "applied")
    rows = session.execute(done.order_by(Regrade.decided_at, Regrade.id)).all()
    about = sources_of(session, {row.revision_id for row in rows if row.revision_id and not row.versions})
    known = {each.item_id: each for each in versions}
    found: list[Corrected] = []
    for row in rows:
        items = [known[each["item"]] for each in row.decisions if each["item"] in known]
        day = local_date(row.decided_at)
        if row.versions:
            listed = [(each, wordings_in(row.versions.get(each.item_id, ()), each.version)) for each in items]
            found += [_corrected(each, row.locale, day, wordings) for each, wordings in listed if wordings]
        else:
            asked = asked_of(about[row.revision_id]).items if row.revision_id else known
            found += [Corrected(each, row.locale, day) for each in items if asked.get(each.item_id) == each]
    return found


def _corrected(item: rules.ItemKey, locale: str | None, day: date, wordings: frozenset[str]) -> Corrected:
    """Return a version that is listed: in English, and where the language did not matter, it has no wordings."""
    return Corrected(item, locale, day, None if locale in (None, ENGLISH) else wordings)


def since(corrected: Collection[Corrected], item: rules.ItemKey, locale: str, wording: str | None) -> date | None:
    """Return since when a question is corrected for readers of a wording of a language; None where it is not.

    Without `wording` those of any words count.
    """
    own = (each for each in corrected if each.item == item and each.locale in (None, locale))
    days = (each.since for each in own if wording is None or each.wordings is None or wording in each.wordings)
    return min(days, default=None)
