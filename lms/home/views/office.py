"""The administrator's home: what waits, what went wrong, and the way to every list."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, url_for
from flask_babel import gettext as _

from lms.certificates import queries as certificates
from lms.content.library import current
from lms.db import reading
from lms.home import queries
from lms.home.queries import JobRow
from lms.home.views.blueprint import bp
from lms.organizations import queries as organizations
from lms.people import queries as people
from lms.web.access import get_actor, roles


@dataclass(frozen=True)
class Waiting:
    """Something that waits or went wrong, with its number; `href` leads to it where there is a page."""

    number: int
    label: str
    href: str


@bp.get("/admin")
@roles("administrator")
def admin() -> str:
    """Show what an administrator has to look at, and the way to every list."""
    library, letters = current(reading()), queries.count_letters(reading())
    return render_template(
        "home/admin.html",
        counts=_counts(),
        waiting=_waiting(),
        letters=letters,
        jobs=queries.list_jobs(reading()),
        is_ok=_is_ok,
        publication=library.publication_number,
        published_at=queries.find_published_at(reading(), library.publication_number),
    )


def _counts() -> list[tuple[int, str, str]]:
    """Return the counts that are links to whole lists. Two queries."""
    found = people.count_people(reading(), ""), organizations.count_organizations(reading())
    return [
        (found[0], _("people"), url_for("people.people")),
        (found[1], _("organizations"), url_for("organizations.organizations")),
    ]


def _waiting() -> list[tuple[int, str, str]]:
    """Return what waits for an administrator. Four queries."""
    recoveries = people.list_recoveries(reading())
    revocations, names = certificates.list_open_requests(reading(), get_actor())
    return [
        (len(recoveries), _("people who lost their way in"), url_for("people.recoveries")),
        (len(revocations) + len(names), _("requests about certificates"), url_for("certificates.certificates")),
        (certificates.count_waiting(reading()), _("certificates being signed"), url_for("certificates.certificates")),
    ]


def _is_ok(job: JobRow) -> bool:
    """Return whether a job went well the last time that it ran."""
    return job.last_result is None or job.last_result.startswith("ok")
