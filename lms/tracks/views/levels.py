"""Choosing which levels of the ladder an organization uses, with what goes on in sight before it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import Library, Text, current
from lms.db import reading, write
from lms.errors import NotFound
from lms.i18n import gettext as _
from lms.i18n import language
from lms.organizations.queries import Choice, list_choices
from lms.tracks import policy, queries, rules, service
from lms.tracks.forms import LevelsForm
from lms.tracks.views.blueprint import bp
from lms.tracks.views.picking import find_organization
from lms.web.access import get_actor, roles
from lms.web.forms import choices_of, form_page


@dataclass(frozen=True)
class Fewer:
    """A track that would not be offered any more: who is asked for it goes on, and so many standing rules do."""

    title: Text
    names: tuple[str, ...]
    rules: int


@bp.route("/team/levels", methods=["GET", "POST"])
@roles("supervisor", "administrator")
def levels() -> Any:
    """Choose the levels that an organization uses: first what would change, then save it."""
    library, (organization, choices) = current(reading()), _places()
    form = _form(library, organization)
    fewer = None
    if form.validate_on_submit():
        if request.form.get("do") == "save":
            return _save(form, organization)
        fewer = _look(library, form, organization)
    values = {"organization": organization, "choices": choices, "fewer": fewer}
    return form_page("tracks/levels.html", form, titles=_titles(library), **values)


def _places() -> tuple[Choice, list[Choice]]:
    """Return the organization that is asked for, and all of which the reader may choose. Raises `NotFound`."""
    actor = get_actor()
    choices = list_choices(reading(), policy.levels_places(actor), actor.today)
    if not choices:
        raise NotFound
    return find_organization(choices, request.values.get("organization", "")), choices


def _form(library: Library, organization: Choice) -> LevelsForm:
    """Return the form with the levels of the ladder; at first those are ticked that are used. One query."""
    form = LevelsForm()
    form.levels.choices = choices_of(_titles(library).items())
    if not form.is_submitted():
        off = _off(organization)
        form.levels.data = [level for level in queries.ladder_of(library) if level not in off]
    return form


def _titles(library: Library) -> dict[str, str]:
    return {level: queries.level_title(library, level, language()).text for level in queries.ladder_of(library)}


def _off(organization: Choice) -> frozenset[str]:
    return queries.levels_off(reading(), [organization.id]).get(organization.id, frozenset())


def _look(library: Library, form: LevelsForm, organization: Choice) -> list[Fewer]:
    """Return the tracks that saving would take off the list. Three queries."""
    levels = queries.track_levels(library)
    off = set(queries.ladder_of(library)) - set(form.levels.data)
    fewer = sorted(rules.offered(levels, _off(organization)) - rules.offered(levels, off))
    asked = queries.list_going_on(reading(), organization.id, fewer, get_actor().today)
    standing = queries.list_rules(reading(), queries.rules_of(organization.id, fewer))
    return [_fewer(library, key, asked, [rule.track_key for rule in standing]) for key in fewer]


def _fewer(library: Library, key: str, asked: Sequence[queries.GoesOn], standing: Sequence[str]) -> Fewer:
    names = tuple(each.name for each in asked if each.track_key == key)
    return Fewer(queries.track_title(library, key, language()), names, standing.count(key))


def _save(form: LevelsForm, organization: Choice) -> Response:
    actor, used = get_actor(), list(form.levels.data)
    write(lambda session: service.choose_levels(session, actor, organization.id, used, at=now()))
    flash(_("Saved."), "success")
    return redirect(url_for("tracks.levels", organization=organization.public_id))
