"""What an organization may see of one person: her spells there, what it asked for, and the certificates that follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import render_template, url_for
from markupsafe import Markup

from lms.actor import Actor, Span
from lms.certificates.rules.serials import show_serial
from lms.clock import now
from lms.content.library import Library, current
from lms.db import reading, write
from lms.errors import NotFound
from lms.home import policy, queries, rules, service
from lms.home.queries import Asked, Facts, Gathered, SpellHere
from lms.home.rules import Holding
from lms.home.views.blueprint import bp
from lms.home.views.learner import State, certificate_words, stands
from lms.home.views.words import label_of
from lms.i18n import format_date, language
from lms.i18n import gettext as _
from lms.organizations.messages import REASON_NAMES
from lms.organizations.policy import can_see_fact
from lms.organizations.queries import team_names
from lms.organizations.rules import criteria_of, may_see
from lms.tracks import queries as tracks
from lms.tracks.messages import reason_words
from lms.tracks.messages.wording import ROUTE_NAMES
from lms.web.access import get_actor, roles


@dataclass(frozen=True)
class Progress:
    """One track that an organization asked for: how far she is, or was when she left. `total` 0 hides the steps."""

    title: str | Markup
    state: State
    done: int
    total: int
    why: str
    reason: str = ""


@dataclass(frozen=True)
class Place:
    """One spell at one of the reader's organizations, what was asked of her then, and what the reader may do."""

    organization: str
    title: str
    days: str
    reason: str
    is_over: bool
    links: list[tuple[str, str]]
    asked: list[Progress]


@dataclass(frozen=True)
class Shown:
    """A certificate that the reader may see, and where its file is."""

    title: str | Markup
    state: State
    download: str | None


@dataclass(frozen=True)
class Page:
    """What the page is made from: who reads it, what is known, and the spells that she may see, the newest first."""

    actor: Actor
    library: Library
    gathered: Gathered
    spells: list[SpellHere]
    #: Why standing rules ask her, by organization, track and cycle.
    reasons: dict[tuple[int, str, int], str]

    @property
    def person(self) -> SpellHere:
        """Return the person, as her newest spell has her."""
        return self.spells[0]

    @property
    def facts(self) -> Facts:
        """Return what is known of the person."""
        return self.gathered.of(self.person.person_id)

    @property
    def spans(self) -> list[Span]:
        """Return her spells as policies read them."""
        return [spell.span for spell in self.spells]

    @property
    def present(self) -> SpellHere | None:
        """Return the spell in which she works for the reader today, if she does."""
        return next((spell for spell in self.spells if spell.span.covers(self.actor.today)), None)


@bp.get("/team/people/<public_id>")
@roles("supervisor")
def team_person(public_id: str) -> str:
    """Show what the reader's organizations may see of one person, and note that she looked."""
    page = find_page(get_actor(), public_id)
    places = [_place(page, spell) for spell in page.spells]
    certificates = [_certificate(page, each) for each in rules.latest_holdings(_visible(page))]
    access = url_for("people.access", public_id=public_id) if _may_assist(page) else None
    note_look(page)
    return render_template(
        "home/person.html", name=page.person.name, places=places, certificates=certificates, access=access
    )


def find_page(actor: Actor, public_id: str) -> Page:
    """Return what the reader may see of a person; raise `NotFound`. At most six queries."""
    spells = queries.list_spells_here(reading(), policy.visible_spells(actor), public_id)
    if not policy.can_open(actor, [spell.span for spell in spells]):
        raise NotFound
    library = current(reading())
    gathered = queries.gather(reading(), library, [spells[0].person_id], queries.SEEN, actor.today)
    return Page(actor, library, gathered, spells, _reasons(spells[0].person_id))


def _reasons(person_id: int) -> dict[tuple[int, str, int], str]:
    """Return why standing rules ask a person, and how she learns what was asked, in words. At most four queries."""
    found = tracks.reasons_of(reading(), person_id)
    teams = team_names(reading(), {each for kept in found.values() for each in kept.get("teams", ())})
    words = {place: reason_words(criteria_of(kept), teams) for place, kept in found.items()}
    for place, route in tracks.routes_asked(reading(), current(reading()), person_id).items():
        words[place] = " ".join(filter(None, [words.get(place), f"{ROUTE_NAMES[route]}."]))
    return words


def _may_assist(page: Page) -> bool:
    """Return whether the reader may help with signing in (`people.policy.can_assist`)."""
    me = page.person.person_id == page.actor.person_id
    return page.present is not None and not me and not page.person.has_role


def note_look(page: Page) -> None:
    """Note who looked, for the person to read; once a day, and not of oneself."""
    actor, person, at = page.actor, page.person, now()
    if person.person_id == actor.person_id:
        return
    if queries.has_looked(reading(), actor.account_id, person.person_id, rules.day_start(at)):
        return
    place = (page.present or person).organization_id
    write(lambda session: service.note_look(session, actor, person.person_id, place, at=at))


def _place(page: Page, spell: SpellHere) -> Place:
    since, until = format_date(spell.started_on), format_date(spell.ended_on)
    is_over = not spell.span.covers(page.actor.today)
    return Place(
        organization=spell.organization,
        title=spell.title,
        days=_("%(since)s to %(until)s", since=since, until=until) if until else _("Since %(date)s", date=since),
        reason=_reason(page.actor, spell),
        is_over=is_over,
        links=[] if is_over else _links(page, spell),
        asked=[_progress(page, spell, asked) for asked in page.facts.asked if stands_here(page, spell, asked)],
    )


def _reason(actor: Actor, spell: SpellHere) -> str:
    """Return why a spell ended, "" where nothing is told to the reader."""
    may_read = policy.can_read_reason(actor, spell.person_id, spell.organization_id)
    return str(REASON_NAMES.get(spell.end_reason or "", "")) if may_read else ""


def _links(page: Page, spell: SpellHere) -> list[tuple[str, str]]:
    """Return what the reader may do about a spell that goes on, as addresses with their words."""
    who = {"organization": spell.organization_public_id, "person": spell.person_public_id}
    links = [
        (url_for("tracks.assign", **who), _("Assign a track")),  # type: ignore[arg-type]
        (url_for("organizations.terms", public_id=spell.employment_public_id), _("Change title or hours")),
    ]
    if spell.person_id != page.actor.person_id:
        end = url_for("organizations.end_staff", public_id=spell.employment_public_id)
        links[1:1] = [
            (url_for("fieldwork.person_hours", public_id=spell.person_public_id), _("Hours")),
            (url_for("fieldwork.person_sign_offs", public_id=spell.person_public_id), _("Sign-offs")),
        ]
        links.append((end, _("End the employment")))
    return links


def stands_here(page: Page, spell: SpellHere, asked: Asked) -> bool:
    """Return whether what an organization asked for is read under this spell."""
    if not can_see_fact(page.actor, page.spans, asked.organization_id, asked.assigned_on):
        return False
    return rules.spell_of(page.spans, asked.organization_id, asked.assigned_on, page.actor.today) == spell.span


def _progress(page: Page, spell: SpellHere, asked: Asked) -> Progress:
    """Return how far she is on a track that was asked for; of one who has left, as it stood on her last day."""
    day = last_day(page, spell)
    standing, address = page.gathered.standing, (page.person.person_id, asked.track_key)
    progress = standing.progress_in(*address, asked.cycle, day)
    done, total, completed_on = (progress.done, progress.total, progress.completed_on) if progress else (0, 0, None)
    title = label_of(tracks.track_title(page.library, asked.track_key, language()))
    who = page.person.person_public_id
    why = url_for("home.team_why", public_id=who, key=asked.track_key, cycle=asked.cycle) if progress else ""
    reason = page.reasons.get((asked.organization_id, asked.track_key, asked.cycle), "")
    return Progress(title, stands(asked.due_on, day, completed_on), done, total, why, reason)


def last_day(page: Page, spell: SpellHere) -> date:
    """Return the local date as of which a spell is read: today, or its last day."""
    return page.actor.today if spell.span.covers(page.actor.today) else spell.ended_on or page.actor.today


def _visible(page: Page) -> list[Holding]:
    """Return the certificates that the reader's organizations may see: shared, or of tracks they asked for before.

    An earlier certificate stays with its holder when its track is asked for afterwards.
    """
    facts, today = page.facts, page.actor.today

    def may_see_of(holding: Holding, organization_id: int) -> bool:
        asked = any(
            (each.organization_id, each.track_key) == (organization_id, holding.track_key)
            and each.assigned_at <= holding.awarded_at
            for each in facts.asked
        )
        return may_see(
            page.spans,
            organization_id,
            today,
            recorded_on=holding.awarded_on if asked else None,
            is_shared=organization_id in facts.shares.get(holding.public_id, ()),
        )

    return [each for each in facts.holdings if any(may_see_of(each, place) for place in page.actor.supervises)]


def _certificate(page: Page, holding: Holding) -> Shown:
    title = label_of(tracks.track_title(page.library, holding.track_key, language()))
    released = holding.issued_on is not None and holding.state != "revoked"
    serial = show_serial(holding.serial)
    download = url_for("certificates.download", serial=serial, kind="pdf") if released else None
    return Shown(title, certificate_words(holding, page.actor.today), download)
