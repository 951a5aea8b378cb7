"""The administrator's page of publishing: what changed, for whom, a plan to look at, and then exactly that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from lms.clock import now
from lms.config import Config
from lms.content.library import current
from lms.content.service import Draft
from lms.db import reading
from lms.errors import BadInput, NotFound, Problem, RuleBroken
from lms.i18n import gettext as _
from lms.people.queries import known_as
from lms.publish import messages
from lms.publish.forms import PublishForm, read_again, read_intent
from lms.publish.service import Intent, Prospect, look, publish_drafts, read_drafts
from lms.reports.rules import as_csv
from lms.tracks.queries.changes import list_changes_made, was_applied
from lms.tracks.rules.versions import people_of
from lms.web.access import get_actor, roles
from lms.web.forms import page_of

bp = Blueprint("publish", __name__, template_folder="templates")

Page = str | tuple[str, int] | Answer
ROWS_ON_A_PAGE = 50


@dataclass(frozen=True)
class Asked:
    """What the address or the form asks for. `prospect` is None while the files have `problems`."""

    drafts: tuple[Draft, ...]
    intent: Intent
    prospect: Prospect | None
    problems: tuple[Any, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Return whether it could be published so."""
        found = self.prospect
        return found is not None and not (found.faults or found.gone or found.weakened)


@bp.get("/admin/publish")
@roles("administrator")
def publish() -> Page:
    """Show what publishing would change, and, when asked to look, what that does to people."""
    return _page(_ask(), is_seen="look" in request.args)


@bp.post("/admin/publish")
@roles("administrator")
def apply() -> Page:
    """Publish exactly what was looked at; a second tap finds it done."""
    form = PublishForm()
    if not form.validate_on_submit():
        return _page(_ask(), is_seen=True)
    asked = _ask(form.mark.data)
    if not was_applied(reading(), form.mark.data):
        refused = _publish(asked)
        if refused and not was_applied(reading(), form.mark.data):  # the first of two taps may just have done it
            return _page(_ask(), is_seen=True, refused=refused)
    flash(_("Published. Everything was done as planned."), "success")
    return redirect(url_for("publish.publish"))


@bp.get("/admin/publish/plan.csv")
@roles("administrator")
def download() -> Response:
    """Send the plan as a file."""
    prospect = _ask().prospect
    if prospect is None:
        raise NotFound
    known = known_as(reading(), people_of(prospect.plan.effects))
    body = as_csv(messages.sheet(prospect.plan, known))
    response = Response(body, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="plan-{prospect.plan.mark}.csv"'
    return response


def _directory() -> Path:
    config: Config = current_app.config["LMS"]
    return config.content_dir


def _ask(mark: str = "") -> Asked:
    """Return what is asked for, with what would come of it."""
    try:
        drafts = read_drafts(_directory())
    except BadInput as error:
        return Asked((), Intent(), None, tuple(each for each in error.problems if isinstance(each, Problem)))
    known = {(each.kind, each.key) for each in drafts if each.kind in {"track", "module"}}
    intent = read_intent(request.values, known, mark=mark, by=get_actor().account_id)
    return Asked(drafts, intent, look(drafts, intent, at=now()))


def _publish(asked: Asked) -> str:
    """Publish what was asked for; return why it was refused, or ""."""
    if not asked.is_ready:
        return messages.refusal("changed-since")
    try:
        data_dir = current_app.config["LMS"].data_dir
        publish_drafts(_directory(), asked.drafts, asked.intent, at=now(), data_dir=data_dir)
    except BadInput:
        return messages.refusal("changed-since")
    except RuleBroken as error:
        return messages.refusal(error.code)
    return ""


def _page(asked: Asked, *, is_seen: bool, refused: str = "") -> Page:
    prospect = asked.prospect
    html = render_template(
        "publish/publish.html",
        asked=asked,
        prospect=prospect,
        is_seen=is_seen,
        refused=refused,
        messages=messages,
        fields=request.values,
        again=read_again(request.values),
        faults={(each.kind, each.key, messages.beside(each)): messages.fault(each) for each in prospect.faults}
        if prospect and is_seen
        else {},
        href_for=lambda number: url_for("publish.publish", **{**request.args.to_dict(flat=False), "page": number}),
        number=current(reading()).publication_number,
        made=list_changes_made(reading()),
        **_people(prospect if is_seen and asked.is_ready else None),
    )
    return (html, 400) if refused else html


def _people(prospect: Prospect | None) -> dict[str, Any]:
    """Return one page of whom the plan touches, and the way to the other pages."""
    effects = sorted(prospect.plan.effects, key=lambda each: not each.is_told) if prospect else []
    page, pages = page_of(len(effects), ROWS_ON_A_PAGE)
    shown = effects[(page - 1) * ROWS_ON_A_PAGE : page * ROWS_ON_A_PAGE]
    return {"effects": shown, "known": known_as(reading(), people_of(shown)), "page": page, "pages": pages}
