"""The life of a certificate: the service goes every way of the table and no other; its end follows its renewal."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from lms.certificates import queries, service
from lms.certificates.jobs import finish_issues
from lms.certificates.models import Application, Artifact, Award, Edition, StatusEvent
from lms.certificates.queries import Known
from lms.certificates.rules import lives
from lms.certificates.rules.decisions import Choice
from lms.certificates.rules.lives import DEEDS, STAGES, WAYS, Deed, Life
from lms.certificates.rules.states import Standing
from lms.clock import local_date
from lms.content.library import current
from lms.content.models import Publication, PublicationItem, Revision
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.tracks import queries as tracks
from lms.tracks.rules import renewal_of
from lms.tracks.rules.renewing import add_months
from lms.tracks.specs import TrackSpec
from tests.certificates.story import (
    TRACK,
    actor_of,
    application_of,
    award_of,
    complete,
    config_of,
    confirm,
    decide,
)
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.keys import ensure_keys

DAY = timedelta(days=1)
NAMES = ("Malia ʻAnau", "Malia Tupou")


def count(model: Any) -> int:
    reading().rollback()
    found = reading().execute(select(func.count()).select_from(model)).scalar_one()
    reading().rollback()
    return int(found)


# The table


def test_the_table_says_what_it_means() -> None:
    assert tuple(get_args(lives.Stage)) == STAGES
    assert tuple(get_args(Deed)) == DEEDS
    assert not [way for way in WAYS if way[0] == "revoked"], "revoked is final"
    assert [way for way in WAYS if way[0] == "suspended" and WAYS[way] == "issued"] == [("suspended", "lift")]
    assert {stage for (stage, deed) in WAYS if deed == "revoke"} == {"reserved", "issued", "suspended"}
    reached, waiting = {"prepared"}, ["prepared"]
    while waiting:
        stage = waiting.pop()
        new = {to for (since, _deed), to in WAYS.items() if since == stage} - reached
        reached |= new
        waiting += sorted(new)
    assert reached == set(STAGES), "every stage can be reached"


@given(st.lists(st.sampled_from(DEEDS), max_size=25))
def test_whatever_happens_at_most_one_edition_counts(deeds: list[Deed]) -> None:
    life = Life()
    for deed in deeds:
        before = life
        try:
            life = lives.after(life, deed)
        except ValueError:
            continue
        assert before.stage != "revoked"
        assert before.counting <= life.counting <= life.editions
        assert life.editions - before.editions in (0, 1)
        assert before.stage != "suspended" or life.stage in ("suspended", "issued", "revoked")
        assert deed == "lift" or (before.stage, life.stage) != ("suspended", "issued")


def test_the_stage_follows_from_the_facts() -> None:
    stage = lives.stage_of
    assert stage(None, "waiting") == "prepared"
    assert stage(None, "certified") == "unnamed"
    assert stage(Standing(None, is_revoked=False, is_suspended=False), "certified") == "reserved"
    assert stage(Standing(1, is_revoked=False, is_suspended=False), "certified") == "issued"
    assert stage(Standing(1, is_revoked=False, is_suspended=True), "certified") == "suspended"
    assert stage(Standing(1, is_revoked=True, is_suspended=True), "certified") == "revoked"


# The service beside the table


class Lived:
    """One worker, and everything that can happen to her certificate, told by whether it was allowed."""

    def __init__(self, app: Flask, make: Make) -> None:
        self.app, self.at, self.life = app, AT, Life()
        self.certifier = make.person("Certifier", roles=("certifier",))
        self.second = make.person("Second", roles=("certifier",))
        self.worker = make.person(NAMES[0])
        complete(self.worker, is_named=False)

    def tries(self, deed: Deed) -> bool:
        """Do it through the service, a while later; return whether the service let it happen."""
        self.at += timedelta(minutes=10)
        try:
            return self._do(deed)
        except RuleBroken:
            return False

    def _do(self, deed: Deed) -> bool:
        if deed == "certify":
            return decide(self.certifier, self.worker, at=self.at).state == "certified"
        if deed == "stop":
            return self._stop()
        if deed in ("name", "rename"):
            return bool(confirm(self.worker, NAMES[deed == "rename"], at=self.at).state)
        if deed == "release":
            before = self.known()
            finish_issues(self.app, at=self.at)
            return before is not None and len(before.events) < len((self.known() or before).events)
        known = self.known()
        if known is None:
            return False
        return self._manage(deed, known)

    def _stop(self) -> bool:
        """Take the decision back by a question, which she answers at once."""
        if self.stage() == "prepared":
            return False
        decide(self.certifier, self.worker, Choice("ask", "dates-unclear"), at=self.at)
        actor, public_id, key = actor_of(self.worker, at=self.at), application_of(self.worker), secrets.token_hex(16)
        said = write(
            lambda s: service.answer(s, actor, public_id, "On Monday", is_appeal=False, client_id=key, at=self.at)
        )
        return said == "waiting"

    def _manage(self, deed: Deed, known: Known) -> bool:
        actor, award, at = actor_of(self.certifier, at=self.at), known.public_id, self.at
        if deed == "correct":
            other = next(each for each in NAMES if each != known.newest.payload["name"])
            write(lambda s: service.correct_name(s, actor, award, other, at=at))
        elif deed == "redraft":
            write(lambda s: service.redraft(s, actor, award, at=at))
        elif deed == "suspend":
            write(lambda s: service.suspend(s, actor, award, "under-review", at=at))
        elif deed == "lift":
            write(lambda s: service.lift(s, actor, award, at=at))
        else:
            second = actor_of(self.second, at=at)
            asked = write(lambda s: service.request_revocation(s, actor, award, "issued-in-error", "", at=at))
            write(lambda s: service.settle_revocation(s, second, asked, confirm=True, at=at))
        return True

    def known(self) -> Known | None:
        """Return the award, or None before it is reserved."""
        reading().rollback()
        found = queries.find_award_of(reading(), (self.worker.person_id, TRACK, 1))
        known = queries.get_known(reading(), found) if found else None
        reading().rollback()
        return known

    def stage(self) -> str:
        """Return the stage that the rows say."""
        statement = select(Application.state).where(Application.person_id == self.worker.person_id)
        known = self.known()
        state = reading().execute(statement).scalar_one()
        reading().rollback()
        return lives.stage_of(known.standing if known else None, state)


def check_known(known: Known, life: Life, today: date) -> None:
    """Check what holds of every certificate, whatever has happened to it."""
    assert (len(known.editions), known.standing.edition or 0) == (life.editions, life.counting)
    states = [known.state_of(each, today) for each in known.editions]
    assert sum(each in ("valid", "expired", "suspended") for each in states) <= 1
    assert states.count("valid") == (1 if life.stage == "issued" else 0)
    assert life.stage != "revoked" or set(states) <= {"revoked", "preparing"}
    times = [each.created_at for each in known.editions]
    assert times == sorted(times)
    assert [each.at for each in known.events] == sorted(each.at for each in known.events)
    stated = [
        (each.payload["serial"], each.payload["awarded_at"], each.payload["valid_until"]) for each in known.editions
    ]
    assert len(set(stated)) == 1, "serial, award and end are the same in all editions"
    frozen = [each.payload["frozen_at"] for each in known.editions]
    assert frozen == sorted(frozen)
    places = [(each.payload["status"]["list"], each.payload["status"]["index"]) for each in known.editions]
    assert len(set(places)) == len(places), "each edition has a place of its own"


def test_the_service_goes_the_ways_of_the_table(content_app: Flask, make: Make) -> None:
    ensure_keys(config_of(content_app), at=AT - 30 * DAY)
    kept: dict[Any, int] = {}

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.lists(st.sampled_from(DEEDS), min_size=6, max_size=18))
    def live(deeds: list[Deed]) -> None:
        lived = Lived(content_app, make)
        for deed in ("certify", "name", "release", *deeds) if len(deeds) % 2 else deeds:
            try:
                foreseen = lives.after(lived.life, deed)
            except ValueError:
                foreseen = None
            assert lived.tries(deed) == (foreseen is not None), (deed, lived.life)
            lived.life = foreseen or lived.life
            assert lived.stage() == lived.life.stage, deed
            for model in (Award, Edition, Artifact, StatusEvent):
                now_kept = count(model)
                assert now_kept >= kept.get(model, 0), "nothing is deleted"
                kept[model] = now_kept
            known = lived.known()
            if known is not None:
                check_known(known, lived.life, local_date(lived.at))

    live()


# Its end


def track_of(origin: str | None, months: int | None = 24, grace: int = 0, window: int = 90) -> TrackSpec:
    """Return a track that is renewed so."""
    data: dict[str, Any] = {
        "key": "t", "title": "T", "summary": "S.", "level": "core", "valid_months": months,
        "items": [{"id": "a", "module": "a"}],
    }  # fmt: skip
    if origin:
        data["renewal"] = {"from": origin, "window_days": window, "grace_days": grace}
    return TrackSpec.read(data)


LEAP = date(2028, 2, 29)


@pytest.mark.parametrize(
    ("track", "rounds", "last"),
    [
        (track_of(None, None), [LEAP], None),
        (track_of(None, 12), [LEAP], date(2029, 3, 10)),
        (track_of("completion", 12), [LEAP], date(2029, 2, 28)),
        (track_of("completion", 48), [LEAP], date(2032, 2, 29)),
        (track_of("completion", 12), [date(2026, 1, 10), date(2026, 12, 1)], date(2027, 12, 1)),
        (track_of("expiry", 12), [date(2026, 1, 10), date(2026, 12, 1)], date(2028, 1, 10)),
        (track_of("expiry", 12, grace=30), [date(2026, 1, 10), date(2027, 2, 9)], date(2028, 1, 10)),
        (track_of("expiry", 12, grace=30), [date(2026, 1, 10), date(2027, 2, 10)], date(2028, 2, 10)),
        (track_of("expiry", 12), [LEAP, date(2029, 2, 28)], date(2030, 2, 28)),
        (track_of("10-31", 12), [date(2026, 1, 10)], date(2027, 10, 31)),
        (track_of("10-31", 12), [date(2026, 10, 31)], date(2027, 10, 31)),
        (track_of("10-31", 12), [date(2026, 11, 1)], date(2028, 10, 31)),
    ],
)
def test_the_last_day_follows_the_renewal(track: TrackSpec, rounds: list[date], last: date | None) -> None:
    assert lives.last_day(track, rounds, date(2028, 3, 10)) == last


HISTORIES = st.lists(st.integers(1, 900), min_size=1, max_size=6)
DAYS = st.one_of(st.just(LEAP), st.dates(date(2020, 1, 1), date(2030, 12, 31)))


@given(
    DAYS, HISTORIES, st.sampled_from(["completion", "expiry", "10-31", "02-28"]), st.integers(3, 48), st.integers(0, 60)
)
def test_ends_move_on_whatever_the_history(first: date, gaps: list[int], origin: str, months: int, grace: int) -> None:
    track = track_of(origin, months, grace)
    rounds, ends = [first], []
    for gap in gaps:
        end = lives.last_day(track, rounds, rounds[-1])
        due = renewal_of(track, rounds)
        assert end is not None and due is not None and end == due.due_on
        if origin != "expiry":
            assert end >= add_months(rounds[-1], months)
        assert end > rounds[-1], "it counts for some days at least"
        assert not ends or end >= ends[-1], "ends never go back"
        assert origin not in ("10-31", "02-28") or f"{end:%m-%d}" == origin
        ends.append(end)
        rounds.append(rounds[-1] + gap * DAY)
    if origin == "expiry":
        for before, day, after in zip(ends, rounds[1:], ends[1:], strict=False):
            in_time = day <= before + grace * DAY
            assert after == add_months(before if in_time else day, months)


@given(DAYS, st.integers(1, 24), st.integers(0, 90), st.integers(1, 200), st.integers(-400, 1200))
def test_the_phases_part_the_days(first: date, months: int, grace: int, window: int, later: int) -> None:
    renewal = renewal_of(track_of("completion", months, grace, window), [first])
    assert renewal is not None
    today = first + later * DAY
    phase = lives.phase_of(renewal, today, is_renewed=False)
    expected = (
        "early" if today < renewal.opens_on
        else "open" if today <= renewal.due_on
        else "late" if today <= renewal.lapses_on
        else "lapsed"
    )  # fmt: skip
    assert phase == expected
    assert lives.phase_of(renewal, today, is_renewed=True) == "renewed"
    assert lives.phase_of(None, today, is_renewed=False) == "endless"


def publish_renewed(origin: str, *, months: int = 12, grace: int = 30, title: str = "") -> None:
    """Publish the same content again, its short track renewed so."""

    def fn(session: Any) -> None:
        library = current(session)
        last = session.execute(select(Publication).order_by(Publication.number.desc()).limit(1)).scalar_one()
        items = session.execute(
            select(Revision.id, Revision.kind, Revision.key)
            .join(PublicationItem, PublicationItem.revision_id == Revision.id)
            .where(PublicationItem.publication_id == last.id)
        ).all()
        renewal = {"from": origin, "window_days": 90, "grace_days": grace}
        data = {**library.get("track", TRACK).file(f"{TRACK}.yml"), "valid_months": months, "renewal": renewal}
        body = {"files": {f"{TRACK}.yml": {**data, "title": title or data["title"]}}}
        changed = Revision(kind="track", key=TRACK, locale="en", sha256=secrets.token_hex(32), body=body)
        new = Publication(number=last.number + 1, sha256=secrets.token_hex(32), published_at=AT)
        session.add_all([changed, new])
        session.flush()
        ids = [row.id for row in items if (row.kind, row.key) != ("track", TRACK)] + [changed.id]
        session.execute(insert(PublicationItem), [{"publication_id": new.id, "revision_id": each} for each in ids])

    write(fn)


@pytest.fixture
def certifier(content_app: Flask, make: Make) -> MadePerson:
    ensure_keys(config_of(content_app), at=AT - 30 * DAY)
    return make.person("Certifier One", roles=("certifier",))


def certify_round(certifier: MadePerson, worker: MadePerson, cycle: int, at: Any) -> Known:
    complete(worker, cycle=cycle, at=at)
    actor, public_id = actor_of(certifier, at=at), application_of(worker, cycle=cycle)
    write(lambda s: service.certify_many(s, actor, [public_id], client_id=secrets.token_hex(16), at=at + 20 * DAY))
    known = queries.get_known(reading(), award_of(worker).public_id)
    reading().rollback()
    return known


@pytest.mark.parametrize("origin", ["completion", "expiry", "10-31"])
def test_a_renewal_is_a_new_award_that_ends_when_it_is_due(
    content_app: Flask, certifier: MadePerson, make: Make, origin: str
) -> None:
    publish_renewed(origin)
    worker = make.person("Malia ʻAnau")
    awards = []
    for cycle, at in enumerate((AT, AT + 300 * DAY, AT + 300 * DAY + 380 * DAY), 1):
        known = certify_round(certifier, worker, cycle, at)
        assert finish_issues(content_app, at=at + 20 * DAY) == 1
        library = current(reading())
        source = library.get("track", TRACK)
        done = tracks.list_completions(reading(), {worker.person_id}, {TRACK})
        due = renewal_of(library.spec(TrackSpec, "track", source.key), [each.completed_on for each in done])
        assert due is not None
        assert known.newest.valid_until == due.due_on == date.fromisoformat(known.newest.payload["valid_until"])
        found = queries.renewing_of(reading(), worker.person_id, TRACK, cycle, today=due.due_on)
        assert (found.phase, found.renewal) == ("open", due)
        awards.append(known)
        reading().rollback()
    rows = reading().execute(select(Award.id, Award.renews_award_id, Award.serial).order_by(Award.id)).all()
    assert [row.renews_award_id for row in rows] == [None, rows[0].id, rows[1].id]
    assert len({row.serial for row in rows}) == 3
    first = queries.get_known(reading(), awards[0].public_id)
    assert first.newest.valid_until is not None
    assert first.state_of(first.newest, first.newest.valid_until) == "valid"
    assert first.state_of(first.newest, first.newest.valid_until + DAY) == "expired", "the old one simply expires"
    assert [event.kind for event in first.events] == ["issued"]
    before = queries.renewing_of(reading(), worker.person_id, TRACK, 1, today=AT.date())
    assert before.phase == "renewed"


def test_an_early_round_that_is_certified_late_ends_by_its_own_day(certifier: MadePerson, make: Make) -> None:
    publish_renewed("completion", months=12)
    worker = make.person("Malia ʻAnau")
    complete(worker, cycle=1, at=AT)
    complete(worker, cycle=2, at=AT + 300 * DAY)
    actor = actor_of(certifier, at=AT + 310 * DAY)
    ids = [application_of(worker, cycle=cycle) for cycle in (1, 2)]
    write(lambda s: service.certify_many(s, actor, ids, client_id=secrets.token_hex(16), at=AT + 310 * DAY))
    ends = list(reading().scalars(select(Edition.valid_until).order_by(Edition.award_id)))
    reading().rollback()
    assert ends == [add_months(local_date(AT), 12), add_months(local_date(AT + 300 * DAY), 12)]


def test_nothing_is_renewed_of_a_track_that_is_gone(content_app: Flask, make: Make) -> None:
    found = queries.renewing_of(reading(), make.person().person_id, "gone", 1, today=AT.date())
    assert (found.phase, found.renewal) == ("endless", None)
