"""The administrator's home: what waits, what went wrong, and the way to every list."""

from __future__ import annotations

from flask import current_app, render_template, url_for

from lms.certificates import queries as certificates
from lms.clock import now
from lms.content.library import current
from lms.db import reading
from lms.home import queries, rules
from lms.home.queries import OfficeCounts
from lms.home.queries.office import JOBS
from lms.home.views.blueprint import bp
from lms.i18n import gettext as _
from lms.people import queries as people
from lms.web.access import get_actor, roles


@bp.get("/admin")
@roles("administrator")
def admin() -> str:
    """Show what an administrator has to look at, and the way to every list."""
    session = reading()
    counts, number = queries.count_office(session), current(session).publication_number
    return render_template(
        "home/admin.html",
        waiting=_waiting(counts.unsigned),
        lists=_lists(counts),
        letters=queries.count_letters(session),
        jobs=queries.list_jobs(session),
        next_run=current_app.extensions[JOBS],
        is_ok=rules.went_well,
        publication=number,
        published_at=queries.find_published_at(session, number),
    )


def _waiting(unsigned: int) -> list[tuple[int, str, str]]:
    """Return what waits for an administrator, as counts that are links. Three queries."""
    recoveries = people.list_recoveries(reading(), at=now())
    revocations, names = certificates.list_open_requests(reading(), get_actor())
    certified = url_for("certificates.certificates")
    return [
        (len(recoveries), _("cannot sign in"), url_for("people.recoveries")),
        (len(revocations) + len(names), _("to settle"), certified),
        (unsigned, _("to be signed"), certified),
    ]


def _lists(counts: OfficeCounts) -> list[tuple[int, str, str]]:
    """Return the counts that are links to whole lists."""
    return [
        (counts.people, _("people"), url_for("people.people")),
        (counts.organizations, _("organizations"), url_for("organizations.organizations")),
    ]
