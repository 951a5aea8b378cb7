"""Her name on the certificate: drawn as it will stand, confirmed before it is made, spelled better afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from markupsafe import Markup

from lms.certificates import queries, service
from lms.certificates.forms import ConfirmNameForm, SpellingForm
from lms.certificates.jobs.picturing import draw_name
from lms.certificates.queries import Naming
from lms.certificates.rules.names import is_respelled
from lms.certificates.rules.naming import suggest_glottal
from lms.certificates.service import Confirmed
from lms.certificates.views.blueprint import bp, explained, page
from lms.certificates.views.own import own_known
from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.i18n import gettext as _
from lms.i18n import language
from lms.tracks.queries import track_title
from lms.web.access import get_actor, signed_in


@dataclass
class Draft:
    """The two forms of the page: a name to be drawn, and the word that the drawn one is right."""

    spelling: SpellingForm
    confirm: ConfirmNameForm

    @classmethod
    def of(cls, name: str) -> Draft:
        """Return the forms for a name that stands so far; what was sent to be drawn takes its place."""
        draft = cls(SpellingForm(spelled=name), ConfirmNameForm(name=name))
        if "spelled" in request.form:
            draft.confirm.name.data = ""
            if draft.spelling.validate_on_submit():
                draft.show(draft.spelling.spelled.data)
        elif request.method == "GET":
            draft.show(name)
        return draft

    def show(self, name: str) -> None:
        """Let a name be drawn and confirmed where it passes the name gate; else say why not, beside the field."""
        self.confirm.name.data = ""
        with explained(self.spelling):
            self.confirm.name.data = service.gate_name(name)

    @property
    def is_confirmed(self) -> bool:
        """Return whether she said that the drawn name is right."""
        return "spelled" not in request.form and self.confirm.validate_on_submit()

    @property
    def values(self) -> dict[str, Any]:
        """Return what the template needs."""
        shown, typed = self.confirm.name.data or "", self.spelling.spelled.data or ""
        # in the page itself: an address of its own would write names into the logs of every server on the way
        drawing = Markup(draw_name(shown)) if shown else ""  # noqa: S704 -- our own paths and numbers
        forms = {"spelling": self.spelling, "confirm": self.confirm}
        return {**forms, "shown": shown, "drawing": drawing, "better": suggest_glottal(typed)}


@bp.route("/record/applications/<public_id>/name", methods=["GET", "POST"])
@signed_in
def own_naming(public_id: str) -> Any:
    """Ask the worker whether her name stands right, before her certificate is made."""
    actor = get_actor()
    naming = queries.get_naming(reading(), actor.person_id, public_id)
    draft = Draft.of(naming.name)
    if draft.is_confirmed:
        name, key = draft.confirm.name.data or "", draft.confirm.client_id.data
        draft.show(name)
        with explained(draft.confirm):
            done = write(lambda s: service.confirm_name(s, actor, public_id, name, client_id=key, at=now()))
            return _after(public_id, done)
    return _page(naming, draft)


def _after(public_id: str, done: Confirmed) -> Any:
    """Lead on to the certificate, or back to the application that waits for a certifier."""
    if done.award_public_id:
        flash(_("Thank you. Your certificate is being made now."), "success")
        return redirect(url_for("certificates.own_certificate", public_id=done.award_public_id))
    flash(_("Thank you. Your name is saved."), "success")
    return redirect(url_for("certificates.own_application", public_id=public_id))


def _page(naming: Naming, draft: Draft) -> Any:
    if naming.is_made:
        return redirect(url_for("certificates.own_application", public_id=naming.public_id))
    title = track_title(current(reading()), naming.track_key, language())
    return page("naming.html", draft.spelling, draft.confirm, naming=naming, title=title, **draft.values)


@bp.route("/record/certificates/<public_id>/name", methods=["GET", "POST"])
@signed_in
def own_name(public_id: str) -> Any:
    """Let the holder have her name spelled another way: other marks at once, other letters through a person."""
    actor = get_actor()
    known = own_known(actor, public_id)
    draft = Draft.of(known.newest.payload["name"])
    now_on_it = known.newest.payload["name"]
    if draft.is_confirmed:
        name, note = draft.confirm.name.data or "", draft.confirm.note.data or ""
        draft.show(name)
        with explained(draft.confirm):
            _say_respelled(write(lambda s: service.request_name(s, actor, public_id, name, note, at=now())))
            return redirect(url_for("certificates.own_certificate", public_id=public_id))
    at_once = is_respelled(draft.confirm.name.data or now_on_it, now_on_it)
    forms = (draft.spelling, draft.confirm)
    return page("own_name.html", *forms, known=known, at_once=at_once, standing=now_on_it, **draft.values)


def _say_respelled(is_done: bool) -> None:
    if is_done:
        flash(_("Thank you. The new edition of your certificate is being made now."), "success")
    else:
        flash(_("Thank you. A person will look at it."), "success")
