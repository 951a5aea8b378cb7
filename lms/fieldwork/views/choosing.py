"""What a planner may choose from: hosts, cohorts, modules, tracks, competencies, and who teaches."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lms.competencies.specs import FrameworkSpec
from lms.content.library import Library, Text, current
from lms.db import reading
from lms.errors import NotFound
from lms.fieldwork.forms.sessions import CohortForm, PlanForm
from lms.fieldwork.policy import sessions as policies
from lms.fieldwork.queries import cohorts
from lms.fieldwork.queries import sessions as queries
from lms.fieldwork.queries.sessions import GroupRow
from lms.fieldwork.views.session_words import content_title
from lms.i18n import gettext as _
from lms.i18n import language
from lms.organizations.queries import Choice, list_every, list_staff, list_supervised
from lms.people.queries import list_people
from lms.people.rules import normal_identifier
from lms.web.access import get_actor
from lms.web.forms import choices_of


def hosts() -> list[Choice]:
    """Return the organizations for which the reader may plan, by name. One query."""
    actor = get_actor()
    if actor.has("trainer"):
        return list_every(reading())
    return list_supervised(reading(), actor.supervises, actor.today)


def _host_choices() -> list[tuple[str, str]]:
    everybody = [("", _("The whole consortium"))] if get_actor().has("trainer") else []
    return [*everybody, *((each.public_id, each.name) for each in hosts())]


def id_of(public_id: str | None) -> int | None:
    """Return the id of a host; None for the whole consortium. Raise `NotFound` for one that is not offered."""
    if not public_id:
        return None
    for each in hosts():
        if each.public_id == public_id:
            return each.id
    raise NotFound


def ids_of(public_ids: Collection[str]) -> set[int]:
    """Return the ids of hosts; raise `NotFound` for one that is not offered."""
    known = {each.public_id: each.id for each in hosts()}
    if not known.keys() >= set(public_ids):
        raise NotFound
    return {known[each] for each in public_ids}


def public_id_of(organization_id: int | None) -> str:
    """Return the public id of a host; nothing for the whole consortium. One query."""
    found = (each.public_id for each in list_every(reading()) if each.id == organization_id)
    return next(found, "")


def fill(form: PlanForm, group: GroupRow | None) -> None:
    """Set the choices of the form; of a session that is there already, its host and cohort are not asked."""
    library, actor = current(reading()), get_actor()
    if group is None:
        found = cohorts.list_cohorts(reading(), policies.kept_cohorts(actor))
        form.organization.choices = choices_of(_host_choices())
        form.cohort.choices = choices_of([("", _("None")), *((each.public_id, each.name) for each in found)])
        teaching = [actor.name]
    else:
        del form.organization, form.cohort
        teaching = list(queries.teachers_of(reading(), [group.id]).get(group.id, {}).values())
    form.module.choices = choices_of(_titles(library, "module", group.module_key if group else None))
    form.track.choices = choices_of(_titles(library, "track", group.track_key if group else None))
    form.competencies.choices = choices_of(_competencies(library, group.competencies if group else ()))
    form.teachers.choices = choices_of((str(number), name) for number, name in enumerate(teaching))


def fill_cohort(form: CohortForm) -> None:
    """Set the choices of a new cohort."""
    library = current(reading())
    form.organization.choices = choices_of(_host_choices())
    form.invited.choices = choices_of((each.public_id, each.name) for each in hosts())
    form.module.choices = choices_of(_titles(library, "module", None))
    form.track.choices = choices_of(_titles(library, "track", None))


def _titles(library: Library, kind: str, kept: str | None) -> list[tuple[str, str | Text]]:
    """Return what is published of a kind, and what was chosen before, each with its title."""
    keys = dict.fromkeys([*library.keys(kind), *([kept] if kept else [])])
    return [("", _("None")), *((key, content_title(library, kind, key, language())) for key in keys)]


def _competencies(library: Library, kept: list[str] | tuple[str, ...]) -> list[tuple[str, str | Text]]:
    """Return every competency of every framework with its title, and those chosen before."""
    found: dict[str, str | Text] = {}
    for framework in library.keys("framework"):
        words = library.words("framework", framework, language())
        for each in library.spec(FrameworkSpec, "framework", framework).competencies:
            found[f"{framework}/{each.id}"] = words.text(f"{framework}.yml:{each.id}.title", each.title)
    return list({**found, **{each: each for each in kept if each not in found}}.items())


def teachers(form: PlanForm, known: Mapping[int, int], host: int | None) -> set[int] | None:
    """Return who is to teach; None, with the reason beside the field, when somebody is not found.

    `known` are the ids of those whom the form lists by number. Beside them only trainers can be named, and staff of
    the host: so that nobody learns of others whose number it is.
    """
    chosen = {known[int(each)] for each in form.teachers.data if int(each) in known}
    for line in (form.more_teachers.data or "").splitlines():
        typed = line.strip()
        if not typed:
            continue
        person_id = _find_teacher(host, typed)
        if person_id is None:
            told = _("We know no trainer, and nobody at the host, with %(contact)s.", contact=typed)
            form.more_teachers.errors = [*form.more_teachers.errors, told]
            return None
        chosen.add(person_id)
    return chosen


def _find_teacher(host: int | None, typed: str) -> int | None:
    if normal_identifier(typed) is None:
        return None
    staff = {row.person_id for row in list_staff(reading(), [host], get_actor().today)} if host else set()
    for row in list_people(reading(), typed, 1):
        if "trainer" in row.roles or row.person_id in staff:
            return row.person_id
    return None
