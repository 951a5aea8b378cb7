"""Follow-ups: who is asked when after a track or a certificate, once; the letter, its link, and when it is not sent."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from lms.certificates.models import StatusEvent
from lms.certificates.queries.awarded import list_awarded
from lms.content.library import current
from lms.db import reading, write
from lms.i18n import TAGS
from lms.notifications import jobs, messages, rules, service
from lms.notifications.models import LetterChoice
from lms.notifications.queries import Facts
from lms.notifications.rules import NoLongerTrue, step_on
from lms.people.models import Account
from lms.signals import announce
from lms.surveys.models import SurveyInvitation, SurveyReceipt
from lms.surveys.rules import follow_up_token
from lms.surveys.service import answer_follow_up
from lms.tracks.events import TrackCompleted, TrackDone, track_completed
from lms.tracks.models import TrackCompletion
from tests.certificates.story import award_of, certify
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import draft, publish_drafts, secret_key, standard
from tests.notifications.conftest import CORE, FIRST, add, finish, letters, steps
from tests.notifications.test_planning import noon, plan, told

TODAY = AT.date()


def ask(day: date) -> int:
    """Plan the follow-ups of a day; return how many are new."""
    found = write(lambda s: service.plan_follow_ups(s, current(s), today=day))
    reading().rollback()
    return found


def asked() -> list[tuple[int, str, str, int, date]]:
    rows = reading().execute(select(SurveyInvitation).order_by(SurveyInvitation.due_on, SurveyInvitation.id)).scalars()
    found = [(row.person_id, row.survey_key, row.subject_key, row.round, row.due_on) for row in rows]
    reading().rollback()
    return found


def test_thirty_and_ninety_days_after_a_track_once(content_app: Flask, make: Make) -> None:
    ana = make.person()
    finish(ana, on=TODAY)
    days = [n for n in range(120) if ask(TODAY + timedelta(days=n))]
    assert days == [0, 30, 90]
    assert asked() == [
        (ana.person_id, "end-of-track", "track:first-steps", 1, TODAY),
        (ana.person_id, "follow-up-30", "track:first-steps", 1, TODAY + timedelta(days=30)),
        (ana.person_id, "follow-up-90", "track:first-steps", 1, TODAY + timedelta(days=90)),
    ]


def test_a_job_that_slept_makes_up_for_two_weeks_and_not_for_history(content_app: Flask, make: Make) -> None:
    late, old = make.person(), make.person()
    finish(late, on=TODAY - timedelta(days=44))
    finish(old, on=TODAY - timedelta(days=45))
    assert ask(TODAY) == 1
    assert asked() == [(late.person_id, "follow-up-30", "track:first-steps", 1, TODAY - timedelta(days=14))]


def test_nobody_is_asked_the_same_twice_within_some_weeks(content_app: Flask, make: Make) -> None:
    ana, eva = make.person(), make.person()
    finish(ana, on=TODAY)
    finish(ana, track=CORE, on=TODAY + timedelta(days=10))
    finish(eva, on=TODAY)
    finish(eva, track=CORE, on=TODAY + timedelta(days=45))
    for n in range(150):
        ask(TODAY + timedelta(days=n))
    of = [(who, key, subject) for who, key, subject, *_ in asked() if key == "follow-up-30"]
    assert of == [
        (ana.person_id, "follow-up-30", "track:first-steps"),
        (eva.person_id, "follow-up-30", "track:first-steps"),
        (eva.person_id, "follow-up-30", "track:core"),
    ]


def test_after_a_certificate_that_came_much_later(content_app: Flask, make: Make) -> None:
    given = AT + timedelta(days=60)
    ana, certifier = certify(content_app, make, at=given)
    write(lambda s: s.execute(delete(TrackCompletion)) and None)  # as if it had been long ago
    days = [n for n in range(100) if ask(given.date() + timedelta(days=n))]
    assert days == [30, 90]
    assert {each[:3] for each in asked()} == {
        (ana.person_id, "follow-up-30", "certificate:first-steps"),
        (ana.person_id, "follow-up-90", "certificate:first-steps"),
    }
    assert certifier.person_id not in {each[0] for each in asked()}


def test_a_certificate_that_was_revoked_asks_nobody(content_app: Flask, make: Make) -> None:
    ana, _certifier = certify(content_app, make)
    award = award_of(ana)
    edition = select(StatusEvent.edition_id).where(StatusEvent.award_id == award.id).limit(1).scalar_subquery()
    add(StatusEvent(award_id=award.id, edition_id=edition, kind="revoked", at=AT))
    assert list_awarded(reading(), "first-steps", TODAY - timedelta(days=5), TODAY + timedelta(days=5)) == []


def test_soon_after_the_track_the_certificate_asks_nothing_more(content_app: Flask, make: Make) -> None:
    certify(content_app, make)
    for n in range(120):
        ask(TODAY + timedelta(days=n))
    assert [each[1:3] for each in asked()] == [
        ("end-of-track", "track:first-steps"),
        ("follow-up-30", "track:first-steps"),
        ("follow-up-90", "track:first-steps"),
    ]


def test_the_end_of_a_track_is_asked_at_once(content_app: Flask, make: Make) -> None:
    ana = make.person()
    revision = current(reading()).get("track", "first-steps").revision_id
    done = TrackDone(ana.person_id, "first-steps", 1, AT, TODAY, "en", revision)
    other = TrackDone(ana.person_id, "only-outreach", 1, AT, TODAY, "en", revision)
    for _ in range(2):
        write(lambda s: announce(track_completed, s, TrackCompleted((done, other))))
    assert [each[1:3] for each in asked()] == [("end-of-track", "track:first-steps")]


def test_a_letter_on_the_day_and_one_more_two_weeks_later(content_app: Flask, make: Make) -> None:
    ana = make.person(language="to")
    finish(ana, on=TODAY)
    day = TODAY + timedelta(days=30)
    ask(day)
    wrote = [n for n in range(60) if plan(day + timedelta(days=n))]
    assert wrote == [0, 14]
    assert {(each[1], each[4]) for each in steps()} == {("follow_up", 0), ("follow_up", 14)}
    assert [step_on(rules.FOLLOW_UP, day, day + timedelta(days=n)) for n in (-1, 0, 13, 14, 28, 29)] == [
        None, 0, 0, 14, 14, None,
    ]  # fmt: skip


def link_of(content_app: Flask, facts: Facts) -> str:
    words = messages.render("reminder", facts, content_app.config["LMS"], letter_id="k" * 20)
    found = re.search(r"/follow-up/\S+", words.text)
    assert found
    return found[0]


@pytest.fixture
def due(content_app: Flask, make: Make) -> Any:
    """Return a Tongan worker whose follow-up is due today, and its invitation."""
    ana = make.person("ʻAna", language="to")
    finish(ana, on=TODAY - timedelta(days=30))
    assert ask(TODAY) == 1
    assert plan() == 1
    invitation = reading().execute(select(SurveyInvitation)).scalar_one()
    reading().rollback()
    return ana, invitation


def test_the_letter_brings_a_link_that_answers_without_signing_in(
    content_app: Flask, due: Any, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ana, invitation = due
    (item,) = told().values["items"]
    assert (item.kind, item.address) == ("follow_up", {})
    link = link_of(content_app, told())
    assert link == f"/follow-up/{follow_up_token(content_app.config['LMS'].secret_key, invitation.public_id)}"
    for row in letters("reminder"):
        assert invitation.public_id not in str(row.values)
    monkeypatch.setattr("lms.surveys.views.following_up.now", lambda: noon(TODAY))
    page = client.get(link)
    assert page.status_code == 200
    assert '<html lang="to">' in page.text
    assert "ʻAna" not in page.text


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_it_is_told_in_every_language(content_app: Flask, due: Any, tag: str, channel: str) -> None:
    items = told().values["items"]
    facts = Facts("Ana", tag, channel, "ana@test.example", {"items": items, "today": TODAY})
    words = messages.render("reminder", facts, content_app.config["LMS"], letter_id="k" * 20)
    assert words.text.count("/follow-up/") == 1
    if channel == "email" and tag == "en":
        assert words.subject == "How is it going after: Ngaahi ʻuluaki laka?"
        assert "You need no password." in words.text
        assert "without your name" in words.text
        assert "Your place is kept" not in words.text + words.html


def test_who_answered_meanwhile_is_not_written_to(due: Any) -> None:
    _ana, invitation = due
    typed = {"used": "4"}
    how: dict[str, Any] = {"language": "to", "secret_key": secret_key()}
    assert write(lambda s: answer_follow_up(s, invitation.public_id, typed, **how, at=noon(TODAY))) == {}
    reading().rollback()
    with pytest.raises(NoLongerTrue, match="nothing-left"):
        told()
    assert plan(TODAY + timedelta(days=14)) == 0, "nor once more"


def test_who_wants_no_reminders_or_closed_her_account_is_not_written_to(due: Any, make: Make) -> None:
    ana, _invitation = due
    add(LetterChoice(person_id=ana.person_id, channel="none", quiet_from=21, quiet_until=8, changed_at=AT))
    with pytest.raises(NoLongerTrue, match="not-wished"):
        told()
    assert plan(TODAY + timedelta(days=14)) == 0
    write(lambda s: s.execute(delete(LetterChoice)) and None)
    write(lambda s: s.execute(update(Account).values(disabled_at=AT)) and None)
    with pytest.raises(NoLongerTrue, match="account-closed"):
        told()


def test_the_job_asks_and_writes(content_app: Flask, make: Make) -> None:
    ana = make.person()
    finish(ana, on=TODAY - timedelta(days=30))
    assert jobs.plan_reminders(content_app.config["LMS"], at=noon(TODAY)) == "1 to remind"
    assert jobs.plan_reminders(content_app.config["LMS"], at=noon(TODAY)) == ""
    assert [each[1] for each in asked()] == ["follow-up-30"]
    assert reading().execute(select(SurveyReceipt)).all() == []
    assert FIRST == "first-steps"


def test_a_track_that_asks_nothing_afterwards(app: Flask) -> None:
    items = [{"id": "alpha", "module": "alpha"}]
    frame = {"key": "way", "title": "The way", "summary": "S.", "level": "base", "items": items}
    publish_drafts([*standard(), draft("track", "way", "en", {"files": {"way.yml": frame}})])
    assert ask(TODAY) == 0
