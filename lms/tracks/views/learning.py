"""A learner's page of one track: the way so far, what counts, what comes next, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import Library, Text, current, marks, published_as
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import format_date, language
from lms.i18n import gettext as _
from lms.organizations.queries import names_of
from lms.tracks import messages, queries, service
from lms.tracks.messages import PartWords
from lms.tracks.messages.taking import takes_words
from lms.tracks.messages.wording import demand_words, route_words
from lms.tracks.queries import Standing
from lms.tracks.rules import ItemProgress, Part, SetView, TrackProgress
from lms.tracks.views.blueprint import bp
from lms.tracks.views.versions import notes_of
from lms.web.access import get_actor, signed_in
from lms.web.forms import ButtonForm
from lms.web.showing import Step, beneath, marked, wants_both

#: Where practice and observations stand, by the kind of the part.
_PLACES = {"hours": "fieldwork.own_hours", "sign-off": "fieldwork.own_sign_offs"}


@dataclass(frozen=True)
class Ask:
    """That an employer asks for this track, and by when."""

    organization: str
    state: str
    due: str
    due_iso: str


@dataclass(frozen=True)
class Group:
    """Parts under one heading, "" for none. `rule` says how many are asked for; `is_other_way` tells alternatives."""

    title: Text | str
    steps: list[Step]
    rule: str = ""
    is_other_way: bool = False


@dataclass(frozen=True)
class Following:
    """The simplest next step as one link."""

    title: Text
    title_en: str | None
    note: str
    href: str
    is_item: bool


@dataclass(frozen=True)
class Page:
    """What the pages of one track are made from."""

    library: Library
    key: str
    standing: Standing
    progress: TrackProgress

    @property
    def words(self) -> PartWords:
        """Return the words of its parts in the reader's language."""
        return PartWords(self.library, self.key, language(), self.progress.explained)


@bp.get("/tracks/<key>")
@signed_in
def show(key: str) -> str:
    """Show the reader's way through a track, and the next step."""
    page = find_page(key)
    changed = notes_of(page.library, key, page.progress)
    return render_template("tracks/show.html", changed=changed, **_shown(page), **frame(page, _groups(page)))


@bp.get("/tracks/<key>/why")
@signed_in
def why(key: str) -> str:
    """Show why a track stands as it does: the rule, what counts, what is missing, and the simplest next step."""
    page, actor = find_page(key), get_actor()
    waivers = queries.list_waivers(reading(), actor, actor.person_id, key)
    return render_template(
        "tracks/why.html",
        waivers=[(each, page_title(page, each.requirement)) for each in waivers if each.withdrawn_at is None],
        waiver_reasons=messages.WAIVER_REASONS,
        version=published_as(reading(), _revision(page)),
        **frame(page, _by_what_counts(page)),
    )


@bp.post("/tracks/<key>/enrol")
@signed_in
def enrol(key: str) -> Response:
    """Put the reader on a track of her own choice, and say what counts already."""
    actor, form = get_actor(), ButtonForm()
    wish = {"reads_english": request.form.get("english") == "1"}
    try:
        if form.validate_on_submit() and write(lambda s: service.enrol_self(s, actor, key, **wish, at=now())):
            counted = messages.counted_words(find_page(key).words)
            flash(" ".join(filter(None, [_("You are on this track now."), counted])), "success")
    except RuleBroken as error:
        flash(messages.sentence(error), "info")
    return redirect(url_for("tracks.show", key=key))


@bp.post("/tracks/<key>/renew")
@signed_in
def renew(key: str) -> Response:
    """Begin the next cycle of a track that the reader has completed."""
    actor, form = get_actor(), ButtonForm()
    try:
        if form.validate_on_submit() and write(
            lambda session: service.open_cycle(session, actor, actor.person_id, key, at=now())
        ):
            flash(_("You have begun to renew this track. What you did before stays yours."), "success")
    except RuleBroken as error:
        flash(messages.sentence(error), "info")
    return redirect(url_for("tracks.show", key=key))


def find_page(key: str) -> Page:
    """Return what is known of the reader on a track; raise `NotFound` where there is none for her."""
    library, actor = current(reading()), get_actor()
    standing = queries.standing_of(reading(), library, [actor.person_id], [key], today=actor.today)
    progress = standing.progress(actor.person_id, key)
    if progress is None:
        raise NotFound
    return Page(library, key, standing, progress)


def _revision(page: Page) -> int | None:
    """Return the revision that binds the reader, or under which she completed the track."""
    person_id = get_actor().person_id
    done = page.standing.completion(person_id, page.key)
    return done.revision_id if done else page.standing.revision_of(person_id, page.key)


def frame(page: Page, groups: list[Group]) -> Mapping[str, object]:
    """Return what every page of a track shows: its title, the parts in groups, and the next step."""
    title = queries.track_title(page.library, page.key, language())
    summary = queries.track_summary(page.library, page.key, language())
    steps = [step for group in groups for step in group.steps]
    states = [title.state, summary.state, *(step.wording for step in steps)]
    told = iter(marked(steps))
    return {
        "key": page.key,
        "title": title,
        "summary": summary,
        "marks": marks(states),
        "both": wants_both(),
        "progress": page.progress,
        "groups": [replace(group, steps=[next(told) for _step in group.steps]) for group in groups],
        "so_far": messages.so_far(page.progress.explained),
        "following": _following(page),
        "began_on": _began_on(page),
        **_wording(page),
    }


def _wording(page: Page) -> Mapping[str, object]:
    """Return what asks for approved words, "" for nothing, whether the reader has none, and how she learns then.

    One query; one more for who has none.
    """
    if page.progress.state == "completed":
        return {"asks_wording": "", "is_unworded": False, "route": ""}
    asks = queries.demands_on(reading(), page.library, page.key)
    lacks = bool(asks) and language() in queries.gaps_of(page.library, page.key)
    route = queries.route_of(reading(), get_actor().person_id, page.key) if lacks else None
    own = _("This track asks that its words are approved in the language in which you learn.")
    said = (own if page.key in asks else demand_words(page.library, asks)) if asks else ""
    return {"asks_wording": said, "is_unworded": lacks, "route": route_words(route) if route else ""}


def _began_on(page: Page) -> str:
    enrolment = page.standing.enrolments.get((get_actor().person_id, page.key))
    scope = page.standing.scope(get_actor().person_id, page.key)
    return format_date(scope.began.on) if enrolment and scope.began else ""


def _shown(page: Page) -> Mapping[str, object]:
    """Return what the page of the way shows beside the frame."""
    renewal = page.standing.renewal(get_actor().person_id, page.key)
    words = page.words
    minutes = sum(words.minutes(part) for part in page.progress.explained.items if part.state in _TO_DO)
    return {
        "asks": _asks(page.key) if page.progress.state != "completed" else [],
        "minutes": minutes,
        "takes": takes_words(words, minutes) if page.progress.state == "open" else [],
        "counted": messages.counted_words(words) if page.progress.state == "open" else "",
        "renewal": renewal,
        "renewal_state": renewal.state(page.standing.today) if renewal else "",
    }


_TO_DO = {"open", "blocked"}


def _following(page: Page) -> Following | None:
    """Return the simplest next step; None when nothing can be done now."""
    part = page.progress.explained.following if page.progress.state != "completed" else None
    if part is None:
        return None
    title = page.words.title(part)
    is_item = part.kind == "item"
    href = url_for("courses.resume", module_key=part.key) if is_item else _href(page, part) or ""
    return Following(title, beneath(title, both=wants_both()), page.words.note(part), href, is_item)


def _href(page: Page, part: Part) -> str | None:
    """Return the page of a part, None for a module that is not taught."""
    return url_for(_PLACES[part.kind]) if part.kind in _PLACES else page.words.href(part)


def page_title(page: Page, requirement: str) -> Text:
    """Return what a requirement is called that a waiver names; its id when the track has it no more."""
    part = next((each for each in page.progress.explained.parts if each.id == requirement), None)
    return page.words.title(part) if part else Text(requirement, "source", requirement)


def _groups(page: Page) -> list[Group]:
    """Return the way: tracks that come first, each set, then hours and sign-offs."""
    sets, progress = page.progress.explained.sets, page.progress
    first = [each for each in progress.others if each.part.kind == "track"]
    also = [each for each in progress.others if each.part.kind != "track"]
    items = iter(progress.items)
    found = [_group(page, each, [next(items) for _part in each.parts], sets[:place]) for place, each in enumerate(sets)]
    if first:
        found.insert(0, Group(_("This comes first"), [_step(page, each) for each in first]))
    if also:
        found.append(Group(_("Also part of this track"), [_step(page, each) for each in also]))
    return found


def _group(page: Page, each: SetView, items: list[ItemProgress], before: tuple[SetView, ...]) -> Group:
    is_other_way = any(other.number == each.number for other in before)
    steps = [_step(page, item) for item in items]
    return Group(page.words.set_title(each) or "", steps, page.words.set_rule(each), is_other_way)


def _by_what_counts(page: Page) -> list[Group]:
    """Return the parts by whether they count, are missing, or are more than is asked for."""
    parts = {each.id: each for each in (*page.progress.items, *page.progress.others)}
    order = [parts[part.id] for part in page.progress.explained.parts]

    def steps(*states: str) -> list[Step]:
        return [_step(page, each) for each in order if each.part.state in states]

    found = [
        Group(_("What counts"), steps("met")),
        Group(_("What is missing"), steps("open", "blocked", "planned", "unrecorded")),
        Group(_("More than is asked for"), steps("extra")),
        Group(_("Not needed"), steps("spare")),
    ]
    if page.progress.state == "completed":
        found[1:2] = []
    return [group for group in found if group.steps]


def _step(page: Page, item: ItemProgress) -> Step:
    part: Part = item.part
    title = page.words.title(part)
    is_elsewhere = page.progress.state == "open" and item.state == "current"  # she is nowhere on the way yet
    return Step(
        title,
        "todo" if is_elsewhere else item.state,
        page.words.note(part),
        _href(page, part) if part.state != "unrecorded" else None,
        beneath(title, both=wants_both()),
        wording=title.state,
    )


def _asks(key: str) -> list[Ask]:
    """Return which of the reader's employers ask for this track. At most two queries."""
    actor = get_actor()
    rows = [row for row in queries.own_assignments(reading(), actor.person_id, actor.today) if row.track_key == key]
    names = names_of(reading(), [row.organization_id for row in rows])
    return [
        Ask(
            names[row.organization_id],
            row.state,
            format_date(row.due_on),
            row.due_on.isoformat() if row.due_on else "",
        )
        for row in rows
    ]
