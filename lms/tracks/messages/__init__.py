"""Sentences for what the rules of tracks refuse, whom a rule means and by when, and why a part stands as it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flask import url_for

from lms.content.library import Library, Text
from lms.courses.specs import ModuleSpec
from lms.errors import RuleBroken
from lms.i18n import LANGUAGES, format_date, format_hours, format_names, language, ngettext
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.organizations.messages import EMPLOYMENT_NAMES, area_name
from lms.organizations.rules import Criteria
from lms.tracks import queries
from lms.tracks.queries import Foreseen
from lms.tracks.rules import Due, Explanation, Part, PlanLine, Proof, SetView, Work

_SENTENCES = {
    "nobody-chosen": _l("Please choose at least one person."),
    "sent-before": _l("This form was sent before, with other choices. Please look at these once more, then confirm."),
    "due-past": _l("This day has passed. Choose today or a later day."),
    "due-far": _l("This date is more than five years ahead. Please check the year."),
    "ends-past": _l("This day has passed. Choose today or a later day, or leave it empty."),
    "not-waivable": _l("This part is done already, or nothing is asked of her there now. Please choose another one."),
    "no-renewal": _l("There is nothing to renew here now."),
    "who-missing": _l("Please choose for whom."),
    "fit-missing": _l("Please choose below who fits."),
    "nobody-fits": _l("Nobody who works here fits this."),
    "due-missing": _l("Please choose the last day."),
    "days-missing": _l("Please write how many days."),
    "level-off": _l("This organization does not use the level of this track. Please choose another track."),
    "no-level": _l("Please keep at least one level."),
    "wording-undecided": _l("Please choose how those learn whose language has no approved words yet."),
    "wording-waits": _l("The words of this track are not approved in your language yet. Please call us."),
    "changed": _l("Somebody joined, left or was asked meanwhile. Please look once more, then confirm."),
    "rule-ended": _l("This rule is ended. It cannot be changed any more."),
    "rule-changed": _l("Somebody changed this rule meanwhile. Please look once more at what it says, then confirm."),
    "same": _l("The rule says this already. Change something, or go back."),
    "has-faults": _l("Some rows cannot be done. Mend them in your file, or go on with the others."),
    "still-reading": _l("The list is still being read. Please wait a moment, then look once more."),
    "file-empty": _l("There is nobody in it. Write one person in each line."),
    "file-unread": _l(
        "This file cannot be read. Save it as CSV (UTF-8) or as an Excel workbook, with at most 20,000 rows."
    ),
    "file-unclear": _l(
        "We cannot tell who is meant. Name the columns in the first line: name, email, phone or person."
    ),
}
#: Why a row of a file cannot be done (`rules.find_meant`).
_ROWS = {
    "bad-email": _l("This is no e-mail address."),
    "bad-phone": _l("This is no phone number. Write ten digits, or + and the country code."),
    "nobody-named": _l("Nobody is named here. Write a name, an e-mail address, a phone number or a person’s id."),
    "not-found": _l("Nobody on your staff has this. Look for a slip, or add the person to your staff first."),
    "which-person": _l("Nobody, or more than one, is called exactly so. Say who is meant, or write her e-mail."),
    "differ": _l("E-mail, phone and id belong to different people."),
    "shared": _l("Several people share this. Add what only she has, such as her e-mail address."),
    "which-organization": _l("She works at several organizations. Write which one asks her."),
    "no-organization": _l("There is no such organization. Write its name or its short key."),
    "works-elsewhere": _l("She does not work at this organization today."),
    "level-off": _l("This organization does not use the level of this track."),
    "wording": _l(
        "The words of this track are not approved in her language yet. Choose how she learns, or leave her out."
    ),
    "named-twice": _l("She stands in an earlier row already."),
}
#: Why a requirement need not be met: as the certifier chooses it, and as the worker reads it.
WAIVER_REASONS: Mapping[str, str] = {
    "experience": _l("Her experience shows it"),
    "earlier-training": _l("She learned it elsewhere"),
    "not-offered": _l("It is not offered now"),
    "accommodation": _l("An accommodation, as agreed with her"),
    "other": _l("Another reason"),
}
_TOLD_REASONS: Mapping[str, str] = {
    "experience": _l("Your experience shows it."),
    "earlier-training": _l("You learned it elsewhere."),
    "not-offered": _l("It is not offered now."),
    "accommodation": _l("As agreed with you."),
    "other": _l("As the certifier decided."),
}


def sentence(error: RuleBroken) -> str:
    """Return what to tell the reader about a refused change: what is wrong, and what to do."""
    if error.code == "renewal-early":
        return str(_("You can renew this from %(date)s on.", date=format_date(error.values["opens_on"])))  # type: ignore[arg-type]
    return str(_SENTENCES[error.code])


def fault_sentence(code: str) -> str:
    """Return what to tell the reader about a due date that cannot be (`rules.due_fault`)."""
    return str(_SENTENCES[code])


#: The columns of a file of people, as our own files head them: `rules.read_people` knows them by these names.
COLUMN_NAMES = {
    "name": _l("Name"),
    "email": _l("E-mail"),
    "phone": _l("Phone"),
    "person": _l("Person"),
    "organization": _l("Organization"),
}


def row_sentence(code: str) -> str:
    """Return why a row of a file cannot be done, and what to do."""
    return str(_ROWS[code])


def due_words(due: Due) -> str:
    """Return how a due date is found."""
    if due.kind == "asked":
        return str(ngettext("%(num)s day after it is assigned", "%(num)s days after it is assigned", due.days or 0))
    if due.kind == "employed":
        days = due.days or 0
        return str(ngettext("%(num)s day after the employment began", "%(num)s days after the employment began", days))
    if due.kind == "renewal":
        return _("When what was finished runs out")
    return format_date(due.on) if due.on else _("No date")


def work_words(work: Work) -> str:
    """Return how much is left to do, as it is counted (`Work.days`)."""
    parts = [_("%(time)s of learning", time=format_hours(work.learning))] if work.learning else []
    parts += [_("%(time)s of practice", time=format_hours(work.practice))] if work.practice else []
    parts += [ngettext("%(num)s sign-off", "%(num)s sign-offs", work.sign_offs)] if work.sign_offs else []
    return format_names(parts)


#: What asking means for somebody (`rules.Outcome`).
OUTCOMES: Mapping[str, str] = {
    "asked": _l("Is asked"),
    "done": _l("Has done all of it already"),
    "already": _l("Has it already"),
    "finished": _l("Has finished it"),
}


def plan_table(
    library: Library, lines: Iterable[PlanLine], people: Mapping[int, tuple[str, str]], places: Mapping[int, str]
) -> Iterator[Sequence[str]]:
    """Yield the headers, then what asking means for each person. `people` holds public id and name, `places` names."""
    yield _("Name"), _("Id"), _("Organization"), _("What happens"), _("Finish by"), _("Note")
    for each in lines:
        public_id, name = people[each.asked.person_id]
        day = each.due_on.isoformat() if each.due_on else ""
        row = (name, public_id, places[each.asked.organization_id], str(OUTCOMES[each.outcome]), day)
        yield *row, " ".join(_notes(library, each))


def _notes(library: Library, line: PlanLine) -> Iterator[str]:
    if line.is_early:
        yield _("This leaves little time.")
    if line.applies:
        yield _("An application for the certificate opens.")
    for key in line.beyond:
        yield finishes_words(queries.track_title(library, key, language()))


def finishes_words(title: Text) -> str:
    """Return that a module or a track would be completed."""
    return _("Completes “%(track)s”.", track=title.text)


def completes_words(library: Library, found: Foreseen) -> str:
    """Return that a track would be completed, and whether an application opens by it."""
    said = [finishes_words(queries.track_title(library, found.track_key, language()))]
    said += [_("An application for the certificate opens.")] if found.applies else []
    return " ".join(said)


def criteria_words(criteria: Criteria, teams: Mapping[str, str]) -> str:
    """Return whom criteria mean. `teams` names each team by its public id."""
    return " · ".join(_parts(criteria, teams)) or _("Everyone who works here")


def _parts(criteria: Criteria, teams: Mapping[str, str]) -> Iterator[str]:
    own_names = dict(LANGUAGES)
    for label, values in (
        (_("Job title"), criteria.titles),
        (_("Team"), [teams[each] for each in criteria.teams if each in teams]),
        (_("Area where she works"), [area_name(spa) for spa in criteria.areas]),
        (_("Language"), [own_names[tag] for tag in criteria.languages]),
        (_("Kind of employment"), [str(EMPLOYMENT_NAMES[kind]) for kind in criteria.kinds]),
    ):
        if values:
            yield f"{label}: {', '.join(values)}"
    if criteria.since:
        yield _("Began on %(date)s or later", date=format_date(criteria.since))
    if criteria.for_days:
        days = criteria.for_days
        yield ngettext("Has worked here for %(num)s day", "Has worked here for %(num)s days", days)


def reason_words(criteria: Criteria, teams: Mapping[str, str]) -> str:
    """Return why a standing rule asks somebody, said to her and to her supervisor alike."""
    if criteria == Criteria(titles=criteria.titles) and len(criteria.titles) == 1:
        return _("Asked because of the job title %(title)s.", title=criteria.titles[0])
    return _("Asked by a standing rule: %(whom)s.", whom=criteria_words(criteria, teams))


def unavailable() -> str:
    """Return the words for what the program does not record yet."""
    return str(_("Not recorded here yet. Nothing is asked of you now."))


@dataclass(frozen=True)
class PartWords:
    """The words of one explained track in one language: what each part is called, and why it stands as it does.

    With `reduced` nothing is told of why a requirement was waived: so a supervisor reads it.
    """

    library: Library
    track_key: str
    locale: str
    explained: Explanation
    reduced: bool = False

    @cached_property
    def _parts(self) -> dict[str, Part]:
        return {part.id: part for part in self.explained.parts}

    def title(self, part: Part) -> Text:
        """Return what a part is called."""
        if part.kind == "track":
            return queries.track_title(self.library, part.key, self.locale)
        if part.kind == "item" and part.key:
            return queries.module_title(self.library, part.key, self.locale)
        return queries.item_title(self.library, self.track_key, part.id, part.title, self.locale)

    def set_title(self, each: SetView) -> Text | None:
        """Return what a set is called, None where it has no title."""
        if not each.title:
            return None
        return queries.item_title(self.library, self.track_key, f"set-{each.id}", each.title, self.locale)

    def set_rule(self, each: SetView) -> str:
        """Return how many parts of a set are asked for, "" where it is all of them."""
        if each.needed == len(each.parts):
            return ""
        return str(_("Choose %(needed)s of %(all)s", needed=each.needed, all=len(each.parts)))

    def note(self, part: Part) -> str:
        """Return why a part stands as it does, in one or two short sentences."""
        if part.proof is not None:
            done = self._done(part, part.proof)
            more = _("More than is asked for; it stays yours.")
            return f"{done} {more}" if self._is_extra(part) else done
        if part.state == "blocked":
            return str(_("Opens after: %(parts)s", parts=format_names([self._named(key) for key in part.blocked_by])))
        if part.state == "spare":
            return str(_("Not needed: another part counts in its place."))
        if part.state in {"planned", "unrecorded"}:
            if part.state == "planned" and part.key:
                return str(_("This part is not taught now."))
            return _("We are preparing this part.") if part.state == "planned" else unavailable()
        return self._open(part)

    def _is_extra(self, part: Part) -> bool:
        return part.state == "extra" and not self.reduced

    def _named(self, key: str) -> str:
        """Return the title of a part, or of the first open part of a set."""
        if not key.startswith("set:"):
            return str(self.title(self._parts[key]))
        each = next(each for each in self.explained.sets if each.id == key.removeprefix("set:"))
        title = self.set_title(each)
        if title is not None:
            return str(title)
        return format_names([str(self.title(part)) for part in each.parts if not part.is_done][: each.left])

    def _done(self, part: Part, proof: Proof) -> str:
        on = format_date(proof.on)
        if proof.kind == "module" and proof.key != part.key:
            title = queries.module_title(self.library, proof.key, self.locale)
            return str(_("Done on %(date)s with “%(module)s”, which counts for it.", date=on, module=title))
        if proof.kind == "recognized":
            learned = format_date(proof.learned_on)
            return str(_("Learned elsewhere on %(learned)s, recognized on %(date)s.", learned=learned, date=on))
        if proof.kind == "waiver":
            return self._waived(proof)
        if proof.kind == "hours":
            return str(_("%(time)s, enough since %(date)s.", time=format_hours(proof.minutes), date=on))
        if proof.kind == "sign-off":
            signed, valid = _("Signed on %(date)s.", date=on), _("Valid until %(date)s.", date=format_date(proof.until))
            return f"{signed} {valid}" if proof.until else str(signed)
        return str(_("Done on %(date)s", date=on))

    def _waived(self, proof: Proof) -> str:
        if self.reduced:
            return str(_("Counts since %(date)s.", date=format_date(proof.on)))
        said = [_("You need not do this."), str(_TOLD_REASONS.get(proof.reason, ""))]
        said += [_("Until %(date)s.", date=format_date(proof.until))] if proof.until else []
        return " ".join(filter(None, said))

    def _open(self, part: Part) -> str:
        if part.kind == "hours":
            so_far, asked = format_hours(part.minutes), format_hours(part.asked)
            return str(_("%(so_far)s of %(asked)s so far", so_far=so_far, asked=asked))
        if part.lapsed is not None:
            ended = format_date(part.lapsed.until)
            return str(_("What counted here ended on %(date)s.", date=ended))
        if part.kind == "item":
            minutes = self.minutes(part)
            return str(_("About %(time)s", time=format_hours(minutes))) if minutes else ""
        words = {"sign-off": _("Not signed yet."), "track": _("This track comes first.")}
        return str(words[part.kind])

    def minutes(self, part: Part) -> int:
        """Return how long a module takes; 0 where that is not known."""
        if part.kind != "item" or self.library.find("module", part.key) is None:
            return 0
        return self.library.spec(ModuleSpec, "module", part.key).minutes

    def href(self, part: Part) -> str | None:
        """Return the page of a part that is a module or a track, None where there is none."""
        if part.kind == "track":
            return url_for("tracks.show", key=part.key)
        is_taught = part.kind == "item" and self.library.find("module", part.key) is not None
        return url_for("courses.module", module_key=part.key) if is_taught else None


def so_far(explained: Explanation) -> str:
    """Return how many of the parts that are asked for are done."""
    return str(_("%(done)s of %(total)s parts done", done=explained.done, total=explained.total))


def counted_words(words: PartWords) -> str:
    """Return which parts count already, "" when none does: told when somebody begins a track."""
    titles = [str(words.title(part)) for part in words.explained.parts if part.is_done]
    if not titles:
        return ""
    named, more = titles[:5], len(titles) - 5
    if more > 0:
        named.append(ngettext("%(num)s more", "%(num)s more", more))
    return str(_("This counts already: %(parts)s.", parts=format_names(named)))
