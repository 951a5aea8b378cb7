"""Sentences about joining two records: what goes over, what both have, and what keeps from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.content.library import Library
from lms.courses.specs import ModuleSpec
from lms.errors import RuleBroken
from lms.i18n import format_date, ngettext
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.merging.service import Plan, Twice
from lms.people.rules import shown_contact
from lms.tracks.specs import TrackSpec

#: What the rows of a table are called when they are counted; those of all others together are "other entries".
_KINDS = {
    "employments": _l("employments"),
    "contacts": _l("e-mail addresses and phone numbers"),
    "lesson_progress": _l("lessons"),
    "attempts": _l("tries at a quiz"),
    "module_completions": _l("finished modules"),
    "attainments": _l("competencies"),
    "enrolments": _l("tracks"),
    "track_completions": _l("completed tracks"),
    "applications": _l("applications for a certificate"),
    "awards": _l("certificates"),
    "assignments": _l("assignments"),
    "waivers": _l("waivers"),
    "wording_routes": _l("ways of learning"),
    "hours_entries": _l("entries of hours"),
    "observations": _l("observed sign-offs"),
    "sign_ups": _l("places in sessions"),
    "class_credits": _l("sessions that count"),
    "earlier_trainings": _l("trainings from elsewhere"),
    "recognitions": _l("recognized trainings"),
    "letters": _l("letters"),
}
_OTHER = _l("other entries")
_REFUSED = {
    "same-person": _l("This is one and the same record."),
    "not-oneself": _l("Nobody joins her own record. Please ask another administrator."),
    "joined-already": _l("One of these records was joined already. Look at what was joined below."),
    "changed-since": _l("Something changed since you looked. Please look once more, then join."),
    "sent-before": _l("This form was sent before, for other people. Please begin anew."),
    "application-open": _l(
        "Both records apply for the same certificate, and a certifier has begun with both. Let her decide first."
    ),
    "delegated": _l("Both supervise the same staff, and somebody stands in for one of them. End that first."),
    "not-whole": _l(
        "Together the two records would not agree with what each was credited for. Please ask who runs this site "
        "to look with lms doctor."
    ),
    "joined-on": _l("The record was joined to a third one since. Take that apart first."),
    "newer-rests": _l("What was finished since then follows from both records together, so they stay joined."),
}


def kind_of(table_name: str) -> str:
    """Return what the rows of a table are called."""
    return str(_KINDS.get(table_name, _OTHER))


def counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return counts by table with their words, in a fixed order, all that has no word of its own last."""
    named = [(str(words), counts[name]) for name, words in _KINDS.items() if counts.get(name)]
    others = sum(count for name, count in counts.items() if name not in _KINDS | {"people": "", "accounts": ""})
    return [*named, (str(_OTHER), others)] if others else named


def sentence(error: RuleBroken) -> str:
    """Return why two records were not joined, or not taken apart."""
    if error.code == "used-since":
        name = str(error.values.get("table", ""))
        return _("Something was changed or built upon since (%(what)s), so they stay joined.", what=kind_of(name))
    return str(_REFUSED[error.code])


def settled(library: Library, plan: Plan) -> list[str]:
    """Return how each thing that both records have is settled: by name where it matters, else counted."""
    named = [line for each in plan.twice if (line := _named(library, each))]
    plain: dict[str, int] = {}
    for each in plan.twice:
        if each.table_name not in _NAMED:
            plain[kind_of(each.table_name)] = plain.get(kind_of(each.table_name), 0) + 1
    return [*named, *(_("Both have, and it counts once: %(what)s (%(number)s).", what=what, number=number)
                      for what, number in plain.items())]  # fmt: skip


_NAMED = frozenset(
    "module_completions track_completions enrolments applications employments contacts assignments sign_ups "
    "attempts evidence".split()
)


def _named(library: Library, each: Twice) -> str:
    row = each.row
    if each.table_name == "module_completions":
        title, day = _title(library, "module", row["module_key"]), format_date(row["completed_on"])
        return _(
            "Both finished %(what)s: the earlier credit counts. That of %(date)s is set aside.", what=title, date=day
        )
    if each.table_name == "track_completions":
        title, day = _title(library, "track", row["track_key"]), format_date(row["completed_on"])
        return _("Both completed %(what)s: the earlier day counts. %(date)s is set aside.", what=title, date=day)
    if each.table_name == "contacts":
        return _("Both have %(contact)s: it is kept once.", contact=shown_contact(row["value"]))
    if each.table_name in _ON_TRACK:
        return str(_ON_TRACK[each.table_name]) % {"what": _title(library, "track", row["track_key"])}
    return str(_PLAIN.get(each.table_name, ""))


_ON_TRACK = {
    "enrolments": _l("Both are on the track %(what)s: the one that is further stays."),
    "applications": _l("Both apply for the certificate of %(what)s: the one that is further stays."),
    "assignments": _l("Both were asked to do %(what)s by the same organization: one assignment stays."),
}
_PLAIN = {
    "employments": _l(
        "Both work at the same organization at the same time: it becomes one employment, from first to last."
    ),
    "sign_ups": _l("Both have a place in the same session: one place is freed."),
    "attempts": _l("Both took the same quiz: one try stays with the former record, with all that was saved in it."),
}


def _title(library: Library, kind: str, key: str) -> str:
    """Return the title of a module or track; its key where it is gone."""
    spec: Any = {"module": ModuleSpec, "track": TrackSpec}[kind]
    return str(library.spec(spec, kind, key).title) if library.find(kind, key) else key


def made(plan: Plan) -> list[str]:
    """Return what comes of the union that neither record had."""
    counts = (plan.made.get(name, 0) for name in ("module_completions", "attainments", "track_completions"))
    modules, skills, tracks = counts
    said = (
        (modules, ngettext("%(num)s module is finished by it.", "%(num)s modules are finished by it.", modules)),
        (skills, ngettext("%(num)s competency is reached by it.", "%(num)s competencies are reached by it.", skills)),
        (tracks, ngettext("%(num)s track is completed by it.", "%(num)s tracks are completed by it.", tracks)),
    )
    return [line for number, line in said if number]
