"""The page on which somebody observes a worker: noted as a draft, then signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.content.library import Library, Source, current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.fieldwork import service
from lms.fieldwork.forms.sign_offs import DraftForm, SignForm
from lms.fieldwork.messages import sign_offs as messages
from lms.fieldwork.queries import sign_offs as queries
from lms.fieldwork.queries.people import PersonName
from lms.fieldwork.queries.sign_offs import DraftRow
from lms.fieldwork.service import Observed, ObserveForm, is_independent
from lms.fieldwork.specs import ChecklistSpec
from lms.fieldwork.views.blueprint import bp
from lms.fieldwork.views.checklists import ChecklistWords
from lms.fieldwork.views.hours import Page
from lms.fieldwork.views.sign_offs import open_person
from lms.i18n import gettext as _
from lms.web.access import get_actor, roles
from lms.web.forms import Explained, form_page


@dataclass(frozen=True)
class Watching:
    """Who watches whom by which checklist."""

    actor: Actor
    person: PersonName
    library: Library
    source: Source

    @property
    def words(self) -> ChecklistWords:
        """Return the checklist in the reader's language."""
        return ChecklistWords(self.library, self.library.spec(ChecklistSpec, "checklist", self.source.key))

    @property
    def draft(self) -> DraftRow:
        """Return what was noted before. One query."""
        return queries.find_draft(reading(), self.actor.account_id, self.person.person_id, self.source.key)


@bp.route("/team/people/<public_id>/observe/<checklist>", methods=["GET", "POST"])
@roles("supervisor", "certifier", "trainer")
def observe(public_id: str, checklist: str) -> Page:
    """Note what was seen, line by line; keep it, or sign it for good."""
    watching = _find(get_actor(), public_id, checklist)
    is_draft = request.form.get("do") == "draft"
    form, levels = _form(watching, DraftForm if is_draft else SignForm)
    if form.validate_on_submit():
        with Explained(form, messages.sentence):
            return _keep(watching, form, levels) if is_draft else _sign(watching, form, levels)
    return _observe_page(watching, form, levels)


def _find(actor: Actor, public_id: str, key: str) -> Watching:
    """Return whom the reader may observe by a checklist; raise `NotFound`."""
    person, library = open_person(actor, public_id)[0], current(reading())
    return Watching(actor, person, library, library.get("checklist", key))


def _form(watching: Watching, form_class: type[DraftForm]) -> tuple[DraftForm, dict[str, str]]:
    """Return the form with what was typed, or noted before, and the level of each line."""
    if request.method == "POST":
        items = (item.id for item in watching.words.checklist.items)
        typed = {item: request.form.get(f"item-{item}", "")[:80] for item in items}
        return form_class(), {item: level for item, level in typed.items() if level}
    draft = watching.draft
    noted = {**draft.noted, "seen": draft.version, "revision": watching.source.revision_id}
    day = noted.get("observed_on")
    noted["observed_on"] = date.fromisoformat(day) if day else watching.actor.today
    return form_class(data=noted), dict(noted.get("levels", {}))


def _keep(watching: Watching, form: DraftForm, levels: dict[str, str]) -> Response:
    """Keep a draft."""
    actor, who, origin, noted = watching.actor, watching.person.person_id, _origin(watching, form), form.noted(levels)
    _freshly(watching, form, lambda: write(lambda s: service.save_draft(s, actor, who, origin, noted, at=now())))
    flash(_("Saved as a draft. Nobody but you sees it."), "success")
    address = {"public_id": watching.person.public_id, "checklist": watching.source.key}
    return redirect(url_for("fieldwork.observe", **address))  # type: ignore[arg-type]


def _sign(watching: Watching, form: DraftForm, levels: dict[str, str]) -> Response:
    """Sign what was seen."""
    actor, who, origin = watching.actor, watching.person.person_id, _origin(watching, form)
    observed = Observed(
        observed_on=form.observed_on.data,
        place=form.place.data,
        language=form.language.data,
        with_interpreter=form.with_interpreter.data,
        levels=levels,
        comment=form.comment.data or "",
    )
    signed = _freshly(
        watching, form, lambda: write(lambda s: service.sign_observation(s, actor, who, origin, observed, at=now()))
    )
    flash(_("Signed. She sees it now, and can answer."), "success")
    return redirect(url_for("fieldwork.team_sign_off", public_id=signed))


def _origin(watching: Watching, form: DraftForm) -> ObserveForm:
    return ObserveForm(watching.source.key, int(form.revision.data), int(form.seen.data), form.client_id.data)


def _freshly(watching: Watching, form: DraftForm, act: Callable[[], Any]) -> Any:
    """Do `act`; when the form was stale, let the next sending be fresh, so that what was typed is not lost."""
    try:
        return act()
    except RuleBroken as error:
        if error.code == "changed-meanwhile":
            form.seen.data = str(watching.draft.version)
        if error.code == "checklist-changed":
            form.revision.data = str(watching.source.revision_id)
        raise
    except NotFound:
        raise RuleBroken("not-entitled") from None


def _observe_page(watching: Watching, form: DraftForm, levels: dict[str, str]) -> Page:
    actor, words, lines = watching.actor, watching.words, watching.words.lines(levels)
    is_sent = form.is_submitted() and bool(form.errors) and isinstance(form, SignForm)
    return form_page(
        "fieldwork/observe.html",
        form,
        person=watching.person,
        title=words.title,
        summary=words.summary,
        lines=lines,
        options=words.options(),
        marks=words.marks(),
        checklist=words.checklist,
        open_items={line.item_id for line in lines if is_sent and not line.chosen},
        is_independent=is_independent(reading(), actor.person_id, watching.person.person_id, actor.today),
        has_draft=form.seen.data not in {"0", 0},
    )
