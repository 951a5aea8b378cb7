"""A worker's home: what she does next, the way so far, what is due, her certificates, and what may come after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, url_for
from markupsafe import Markup

from lms.clock import now
from lms.courses.messages import step_address, step_title, step_words
from lms.courses.queries import with_wait
from lms.courses.rules import NextStep, next_step
from lms.courses.specs import ModuleSpec
from lms.db import reading
from lms.home import rules
from lms.home.rules import Case, Holding, Next, Way
from lms.home.views.blueprint import bp
from lms.home.views.follow_ups import list_follow_ups
from lms.home.views.learner import Learner, State, certificate_words, due_words, find_learner
from lms.home.views.words import Title, Titles, label_of, marked, titles_of
from lms.i18n import format_hours, format_names, ngettext
from lms.i18n import gettext as _
from lms.notifications.queries import may_ask_for_texts
from lms.tracks import queries as tracks
from lms.tracks.messages import PartWords
from lms.tracks.messages.taking import takes_words
from lms.tracks.rules import ItemProgress, TrackProgress
from lms.tracks.specs import TrackSpec
from lms.web.access import get_actor, signed_in
from lms.web.showing import Step


@dataclass(frozen=True)
class Button:
    """The one large answer to "what do I do next?". `value` of `most` shows how far she is."""

    title: Title
    note: str | Markup
    href: str
    label: str
    kicker: str | Markup
    value: int = 0
    most: int = 0


@dataclass(frozen=True)
class Entry:
    """One line of a list: a track, a certificate or a decision, with its state and where it leads."""

    title: Title
    href: str
    note: str = ""
    state: State | None = None
    download: str | None = None
    #: What it takes, and which track comes first.
    lines: Sequence[str | Markup] = ()
    #: By when it is asked for, and by whom.
    dues: Sequence[tuple[State, str]] = ()


@dataclass(frozen=True)
class Page:
    """What the page is made from."""

    learner: Learner
    titles: Titles
    following: Next


@bp.get("/learn")
@signed_in
def learn() -> str:
    """Show what the reader does next, and the way so far."""
    learner = find_learner(get_actor())
    page = Page(learner, titles_of(learner.library), learner.following)
    button = _button(page)
    shown = learner.shown
    return render_template(
        "home/learn.html",
        button=button,
        level=_next_level(page),
        follow_ups=list_follow_ups(learner.library, learner.actor),
        asks_for_texts=may_ask_for_texts(reading(), page.learner.actor.person_id),
        **_way(page, shown),
        **_lists(page, shown),
    )


def _way(page: Page, way: Way | None) -> dict[str, object]:
    """Return the way so far on the track that is worked on, and by when it is asked for."""
    if way is None:
        return {"way": None}
    return {
        "way": way,
        "way_title": page.titles.track(way.track_key),
        "steps": _steps(page, way),
        "dues": _dues(page, way),
    }


def _lists(page: Page, shown: Way | None) -> dict[str, list[Entry]]:
    """Return the quieter lists of the page, without what stands above them."""
    learner, chosen = page.learner, page.following.track_key
    return {
        "decisions": _decisions(page),
        "others": [_other(page, way) for way in learner.ways if way is not shown],
        "certificates": [_certificate(page, each) for each in learner.holdings],
        "choices": [_choice(page, key) for key in learner.choices if key != chosen],
    }


def _button(page: Page) -> Button:
    """Return the large button, in words."""
    makers = {"learn": _learn, "answer": _answer, "certificate": _news, "wait": _wait, "choose": _choose}
    makers |= {"practice": _practice, "name": _name}
    return makers.get(page.following.kind, _rest)(page)


def _learn(page: Page) -> Button:
    key = page.following.module_key or ""
    library = page.learner.library
    progress = page.learner.facts.module_progress(library, key)
    step = next_step(library.spec(ModuleSpec, "module", key), progress)
    step = with_wait(reading(), library, get_actor().person_id, key, step, now())
    title = _step_title(page.titles, key, step)
    note, label = step_words(step, is_begun=progress.is_begun)
    return Button(
        title, note, step_address(key, step), label, page.titles.plain_module(key), progress.done, progress.total
    )


def _step_title(titles: Titles, module_key: str, step: NextStep) -> Title:
    if step.lesson_key:
        return titles.lesson(module_key, step.lesson_key)
    return Title(step_title(step) or _("Finish this module"))


def _answer(page: Page) -> Button:
    case = next(case for case in page.learner.facts.cases if case.public_id == page.following.public_id)
    href = url_for("certificates.own_application", public_id=case.public_id)
    kicker = page.titles.plain_track(case.track_key)
    if case.state == "asked":
        note = _("One answer from you, and your certificate can go on.")
        return Button(Title(_("There is a question for you")), note, href, _("Read and answer"), kicker)
    note = _("Read why. You can answer, or ask that another person looks at it.")
    return Button(Title(_("Not certified yet")), note, href, _("Read the decision"), kicker)


def _name(page: Page) -> Button:
    case = next(case for case in page.learner.facts.cases if case.public_id == page.following.public_id)
    href = url_for("certificates.own_naming", public_id=case.public_id)
    note = _("You have finished this track. See how your name will look on the certificate, and say that it is right.")
    return Button(
        Title(_("Is your name right?")), note, href, _("See my name"), page.titles.plain_track(case.track_key)
    )


def _news(page: Page) -> Button:
    href = url_for("certificates.own_certificate", public_id=page.following.public_id)
    note = _("Thank you for all that you learned. You can print it, and share it with an employer.")
    kicker = page.titles.plain_track(page.following.track_key or "")
    return Button(Title(_("Your certificate is ready")), note, href, _("See my certificate"), kicker)


def _wait(page: Page) -> Button:
    case = next(case for case in page.learner.facts.cases if case.public_id == page.following.public_id)
    href = url_for("certificates.own_application", public_id=case.public_id)
    kicker = page.titles.plain_track(case.track_key)
    if case.state == "certified":
        note = _("Your certificate is being signed and drawn. It is ready in a few minutes; we write to you then.")
        return Button(Title(_("You are certified")), note, href, _("See how it stands"), kicker)
    note = _("The certifier looks at it now. You need do nothing; we will write to you.")
    return Button(Title(_("You have finished this track")), note, href, _("See how it stands"), kicker)


def _practice(page: Page) -> Button:
    key = page.following.track_key or ""
    progress = page.learner.progress[key]
    words = PartWords(page.learner.library, key, page.titles.locale, progress.explained)
    part = progress.explained.following or progress.explained.parts[0]
    kicker, href = page.titles.plain_track(key), url_for("tracks.show", key=key)
    title = page.titles.title(words.title(part))
    return Button(title, words.note(part), href, _("Have a look"), kicker, progress.done, progress.total)


def _choose(page: Page) -> Button:
    key = page.following.track_key or ""
    kicker = _("You could begin next") if page.learner.finished else _("You could begin here")
    summary = tracks.track_summary(page.learner.library, key, page.titles.locale)
    href = url_for("tracks.show", key=key)
    return Button(page.titles.track(key), label_of(summary), href, _("Look at this track"), kicker)


def _rest(_page: Page) -> Button:
    note = _("When there is something new for you, it appears here.")
    return Button(Title(_("Nothing to do now")), note, url_for("home.record"), _("See my record"), "")


def _steps(page: Page, way: Way) -> list[Step]:
    """Return the way so far on a track: what is asked for, and what is done beyond it."""
    words = PartWords(page.learner.library, way.track_key, page.titles.locale, way.progress.explained)
    parts = {each.id: each for each in (*way.progress.items, *way.progress.others)}
    shown = [part for part in way.progress.explained.parts if part.state != "spare"]
    return [_step(page, words, way.track_key, parts[part.id]) for part in shown]


def _step(page: Page, words: PartWords, track_key: str, item: ItemProgress) -> Step:
    title = page.titles.item(track_key, item)
    return Step(title.label, item.state, words.note(item.part), words.href(item.part), title.english, title.tag)


def _next_level(page: Page) -> str | Markup:
    """Return how far she is from the next step of the ladder, "" where no track leads there now."""
    found = page.learner.next_level
    if found is None:
        return ""
    level = page.titles.level(found.level)
    said = ngettext(
        "You are %(num)s part away from “%(level)s”.",
        "You are %(num)s parts away from “%(level)s”.",
        found.left,
        level=level.text,
    )
    return marked(said, level)


def _dues(page: Page, way: Way) -> list[tuple[State, str]]:
    """Return by when a track is asked for, each date with the organizations that ask by it, "" where none does."""
    learner = page.learner
    return [(due_words(day, learner.actor.today), format_names(learner.askers(way, day))) for day in way.due_days]


def _decisions(page: Page) -> list[Entry]:
    """Return the decisions that wait for her or for others, but for the one that the large button shows."""
    shown = [case for case in page.learner.facts.cases if rules.needs_answer(case) or rules.is_waiting(case, ())]
    made = {(each.track_key, each.cycle) for each in page.learner.facts.holdings}
    return [
        _decision(page.titles, case)
        for case in shown
        if case.public_id != page.following.public_id and (case.track_key, case.cycle) not in made
    ]


def _decision(titles: Titles, case: Case) -> Entry:
    href = url_for("certificates.own_application", public_id=case.public_id)
    states = {
        "asked": State("attention", _("There is a question for you")),
        "refused": State("attention", _("Not certified yet. You can answer.")),
        "certified": State("now", _("Being made")),
    }
    state = states.get(case.state, State("now", _("With the certifier")))
    return Entry(titles.track(case.track_key), href, state=state)


def _other(page: Page, way: Way) -> Entry:
    note = _("%(done)s of %(total)s steps", done=way.progress.done, total=way.progress.total)
    href = url_for("tracks.show", key=way.track_key)
    first = _first(page, way.progress)
    return Entry(page.titles.track(way.track_key), href, note, lines=first, dues=_dues(page, way))


def _certificate(page: Page, holding: Holding) -> Entry:
    released = holding.issued_on is not None and holding.state != "revoked"
    href = url_for("certificates.own_certificate", public_id=holding.public_id)
    download = url_for("certificates.download", serial=holding.serial, kind="pdf") if released else None
    state = certificate_words(holding, page.learner.actor.today)
    return Entry(page.titles.track(holding.track_key), href, state=state, download=download)


def _choice(page: Page, key: str) -> Entry:
    """Return a track that she could begin: what it takes, what of that is recorded already, and what comes first."""
    library, learner = page.learner.library, page.learner
    track, minutes = library.spec(TrackSpec, "track", key), tracks.track_minutes(library, key)
    progress = learner.standing.progress(learner.actor.person_id, key)
    takes, first = [], []
    if progress is not None:
        takes = takes_words(PartWords(library, key, page.titles.locale, progress.explained), minutes)
        first = _first(page, progress)
    note = _("About %(time)s", time=format_hours(minutes)) if minutes and not takes else ""
    state = None if track.can_be_met else State("plain", _("Parts of it are still being prepared"))
    return Entry(page.titles.track(key), url_for("tracks.show", key=key), note, state, lines=[*takes, *first])


def _first(page: Page, progress: TrackProgress) -> list[Markup]:
    """Return which tracks come first and are not completed, each with what that means."""
    keys = [part.key for part in progress.explained.others if part.kind == "track" and not part.is_done]
    titles = [tracks.track_title(page.learner.library, key, page.titles.locale) for key in keys]
    return [
        marked(_("“%(track)s” comes first: until it is completed, this track is not.", track=title.text), title)
        for title in titles
    ]
