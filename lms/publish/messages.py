"""Sentences of publishing: what changed, what that does to people, and what keeps from it."""

from __future__ import annotations

from collections.abc import Mapping

from lms.i18n import format_date
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.reports.rules import Sheet
from lms.tracks.rules.differences import Difference
from lms.tracks.rules.versions import Change, Choices, Effect, Fault, Plan, Way

LABELS = {
    "editorial": _l("Editorial: only words changed"),
    "equivalent": _l("Equivalent: what people did counts as before"),
    "retraining": _l("Retraining: something is to be learned anew"),
}
GROUPS = {
    "not-started": _l("Not started"),
    "under-way": _l("Under way"),
    "finished": _l("Finished"),
}
COUNTED = {
    "gains": _l("complete it by this"),
    "loses": _l("lose something that counted"),
    "more": _l("have more to do"),
    "due": _l("become due"),
    "moves": _l("move to the new version"),
    "told": _l("are told"),
    "applies": _l("go to a certifier"),
}
_PARTS = {
    "item": _l("part"),
    "set": _l("set of parts"),
    "order": _l("order"),
    "hours": _l("hours"),
    "sign-off": _l("sign-off"),
    "track": _l("track that comes first"),
    "leads-to": _l("level and certificate"),
    "validity": _l("validity and renewal"),
    "lesson": _l("lesson"),
    "question": _l("question"),
    "steps": _l("minutes, credits, survey or how the quiz is passed"),
}
_THINGS = {
    "framework": _l("Framework"),
    "module": _l("Module"),
    "survey": _l("Feedback"),
    "track": _l("Track"),
    "certificate": _l("Certificate"),
    "checklist": _l("Checklist"),
    "glossary": _l("Glossary"),
}
_BESIDE = {"no-renewal": "finished", "renew-without-reason": "finished", "days-unfit": "days"}
_WHATS = {"added": _l("new"), "removed": _l("gone"), "changed": _l("changed")}
_FAULTS = {
    "unlabelled": _l("Please say what kind of change this is."),
    "not-editorial": _l("More than words changed."),
    "not-equivalent": _l("Who met the version before has not met: %(names)s. Please choose retraining."),
    "worse-for-some": _l("Some people would lose something or have more to do. Let them stay, or choose retraining."),
    "renew-without-reason": _l("People who finished are asked again only for retraining."),
    "no-renewal": _l("The file of this track says nothing of renewal, so that nobody can do it again."),
    "days-unfit": _l("Please give between 1 and 3660 days."),
    "unchanged": _l("This has not changed."),
}
_REFUSED = {
    "changed-since": _l("Things have changed since you looked. Please look at this once more, then publish."),
    "not-as-planned": _l("It would not come out as planned, so nothing was done. Please look once more."),
}


def thing(kind: str, key: str) -> str:
    """Return a thing of the content by its key, which is not translated: "Track: first-steps"."""
    return f"{_THINGS[kind]}: {key}"


def beside(each: Fault) -> str:
    """Return the field of a change that a fault is about: "change", "finished" or "days"."""
    return _BESIDE.get(each.code, "change")


def difference(each: Difference) -> str:
    """Return one thing that is asked for differently, such as "part health: new"."""
    part = f"{_PARTS[each.part]} {each.name}".strip()
    return _("%(part)s: %(what)s", part=part, what=str(_WHATS[each.what]))


def fault(each: Fault) -> str:
    """Return why a change cannot be published so."""
    return str(_FAULTS[each.code]) % {"names": ", ".join(each.names)} if each.names else str(_FAULTS[each.code])


def weakened(key: str, was: int) -> str:
    """Return why a survey cannot promise less than before."""
    return _(
        "%(survey)s: people have answered it, and were promised that at least %(number)s people stand together. "
        "That cannot be lowered.",
        survey=thing("survey", key),
        number=was,
    )


def refusal(code: str) -> str:
    """Return why nothing was published."""
    return str(_REFUSED[code])


def line(effect: Effect) -> str:
    """Return what happens to one person."""
    said = {
        "moves": _("moves to the new version"),
        "bound": _("moves to the new version, since the old one cannot be met any more"),
        "renews": _("is asked to do it again by %(date)s", date=format_date(effect.due_on)),
        "repeats": _("is asked to do it again by %(date)s", date=format_date(effect.due_on)),
        "due": _("is due again on %(date)s", date=format_date(effect.due_on)),
        "completes": _("completes it by this"),
    }[effect.deed]
    if effect.deed in {"moves", "bound"} and effect.was != effect.becomes:
        said = _(
            "%(said)s, with %(now)s done instead of %(then)s",
            said=said,
            now=_parts(effect.becomes),
            then=_parts(effect.was),
        )
    more = [_("completes it by this")] if effect.completes and effect.deed != "completes" else []
    more += [_("goes to a certifier")] if effect.applies else []
    return "; ".join([said, *more])


def _parts(way: Way) -> str:
    return _("%(done)s of %(total)s", done=way.done, total=way.total)


def headline(change: Change, choices: Choices, plan: Plan) -> str:
    """Return what becomes of people by one change, in one line of the command."""
    return f"{choices.label} change of {change.kind} {change.key}: {counts_line(plan.counts_of(change))}"


def counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return counts with their words, without those of nobody."""
    return [(str(words), counts[name]) for name, words in COUNTED.items() if counts.get(name)]


def counts_line(counts: Mapping[str, int]) -> str:
    """Return counts in one line."""
    return ", ".join(f"{words}: {number}" for words, number in counted(counts)) or _("nobody is touched")


def sheet(plan: Plan, known: Mapping[int, tuple[str, str]]) -> Sheet:
    """Return the plan as a table, a row for each effect; `known` holds public id and name by person."""
    columns = [
        _("What changed"),
        _("Person"),
        _("Name"),
        _("Group"),
        _("What happens"),
        _("Done before"),
        _("Parts before"),
    ]
    columns += [_("Done after"), _("Parts after"), _("Completes"), _("To a certifier"), _("Due"), _("Told")]
    rows = [
        (
            f"{each.kind}/{each.key}",
            *known.get(each.person_id, ("", "")),
            str(GROUPS[each.group]),
            line(each),
            each.was.done,
            each.was.total,
            each.becomes.done,
            each.becomes.total,
            int(each.completes),
            int(each.applies),
            each.due_on.isoformat() if each.due_on else "",
            int(each.is_told),
        )
        for each in plan.effects
    ]
    return Sheet(_("Plan %(mark)s", mark=plan.mark), columns, rows)
