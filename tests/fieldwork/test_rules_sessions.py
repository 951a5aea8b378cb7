"""Rules of sessions and attendance as plain functions, among them both nights on which clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.errors import RuleBroken
from lms.fieldwork.rules import attendance, sessions
from lms.fieldwork.rules.attendance import CreditLine, Share, Stay, fingerprint, minutes_present, shares
from lms.fieldwork.rules.ics import Entry, calendar_text, escaped, folded
from lms.fieldwork.rules.sessions import SessionPlan, Waiting, can_follow, check_plan, instant_of, next_in_line
from lms.fieldwork.rules.tokens import feed_of_token, feed_token, here_token, is_here_token

LA = ZoneInfo("America/Los_Angeles")
TODAY = date(2026, 3, 5)
PLAN = SessionPlan("Talking", date(2026, 3, 14), time(9), time(12), "en", 10, place="Main Street 1")
#: Clocks are set forward at two, and back at two.
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


def at(hour: int, minute: int = 0, day: date = date(2026, 3, 14)) -> datetime:
    """Return a local time of the planned day as an instant."""
    return instant_of(day, time(hour, minute), LA)


def refused(act: object, *arguments: object) -> str:
    """Return the code of the rule that says no."""
    with pytest.raises(RuleBroken) as caught:
        act(*arguments)  # type: ignore[operator]
    return caught.value.code


# Planning


def test_a_plan_gives_both_instants() -> None:
    assert check_plan(PLAN, LA, TODAY) == (
        datetime(2026, 3, 14, 16, tzinfo=UTC),
        datetime(2026, 3, 14, 19, tzinfo=UTC),
    )
    assert check_plan(replace(PLAN, place="", link="https://room.example"), LA, TODAY)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"day": TODAY - timedelta(days=367)}, "day-old"),
        ({"day": TODAY + timedelta(days=732)}, "day-far"),
        ({"place": ""}, "place-missing"),
        ({"link": "http://room.example"}, "link-odd"),
        ({"link": "javascript:alert(1)"}, "link-odd"),
        ({"capacity": 0}, "capacity-range"),
        ({"capacity": 501}, "capacity-range"),
        ({"minimum_share": 0}, "share-range"),
        ({"minimum_share": 101}, "share-range"),
        ({"finishes_lessons": True}, "lessons-of-what"),
        ({"ends": time(9)}, "ends-first"),
        ({"day": SPRING, "starts": time(2, 30)}, "time-skipped"),
    ],
)
def test_a_plan_that_cannot_be(change: dict[str, object], code: str) -> None:
    assert refused(check_plan, replace(PLAN, **change), LA, TODAY) == code  # type: ignore[arg-type]


def test_on_the_night_when_clocks_are_set_forward_three_hours_on_the_clock_are_two() -> None:
    starts_at, ends_at = check_plan(replace(PLAN, day=SPRING, starts=time(1), ends=time(4)), LA, TODAY)
    assert attendance.minutes_of(starts_at, ends_at) == 120
    assert refused(instant_of, SPRING, time(2), LA) == "time-skipped"
    assert instant_of(SPRING, time(3), LA) == datetime(2026, 3, 8, 10, tzinfo=UTC)


def test_on_the_night_when_clocks_are_set_back_three_hours_on_the_clock_are_four() -> None:
    starts_at, ends_at = check_plan(replace(PLAN, day=AUTUMN, starts=time(0, 30), ends=time(3, 30)), LA, TODAY)
    assert attendance.minutes_of(starts_at, ends_at) == 240
    assert instant_of(AUTUMN, time(1, 30), LA) == datetime(2026, 11, 1, 8, 30, tzinfo=UTC), "the first of the two"
    whole = (Stay(starts_at, ends_at),)
    assert minutes_present(whole, starts_at, ends_at) == 240


@given(st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.times())
def test_instants_agree_with_the_zone(day: date, wall: time) -> None:
    wall = wall.replace(second=0, microsecond=0)
    try:
        found = instant_of(day, wall, LA)
    except RuleBroken:
        assert day.month == 3 and wall.hour == 2 and day.isoweekday() == 7
        return
    assert found.astimezone(LA).replace(tzinfo=None) == datetime.combine(day, wall)


def test_what_people_have_to_know() -> None:
    assert not sessions.tells_everybody(PLAN, replace(PLAN, capacity=12, title="Other"))
    for change in ({"day": SPRING}, {"starts": time(8)}, {"place": "Elsewhere"}, {"language": "es"}):
        assert sessions.tells_everybody(PLAN, replace(PLAN, **change))  # type: ignore[arg-type]


def test_when_people_can_sign_up_and_a_session_changes() -> None:
    sessions.check_sign_up("planned", at(9), at(8))
    assert refused(sessions.check_sign_up, "planned", at(9), at(9)) == "session-begun"
    assert refused(sessions.check_sign_up, "held", at(9), at(8)) == "session-begun"
    assert refused(sessions.check_sign_up, "cancelled", at(9), at(8)) == "session-cancelled"
    sessions.check_changeable("held")
    assert refused(sessions.check_changeable, "closed") == "session-closed"
    assert refused(sessions.check_changeable, "cancelled") == "session-cancelled"


def test_the_code_takes_people_in_from_half_an_hour_before_until_the_end() -> None:
    found = [sessions.window_of(at(9), at(12), each) for each in (at(8, 29), at(8, 30), at(12), at(12, 1))]
    assert found == ["early", "open", "open", "over"]


# Places


def test_who_follows() -> None:
    assert can_follow("to", "en", (), needs_interpreter=False)
    assert can_follow("en", "en", (), needs_interpreter=True)
    assert can_follow("to", "en", ("to",), needs_interpreter=True)
    assert not can_follow("sm", "en", ("to",), needs_interpreter=True)


def test_places_go_in_order_to_those_who_can_follow() -> None:
    waiting = [Waiting(1, "to", True), Waiting(2, "es", False), Waiting(3, "en", True), Waiting(4, "en", False)]
    assert [each.sign_up_id for each in next_in_line(waiting, 2, "en", ())] == [2, 3]
    assert [each.sign_up_id for each in next_in_line(waiting, 2, "en", ("to",))] == [1, 2]
    assert next_in_line(waiting, 0, "en", ()) == ()
    assert next_in_line(waiting, -1, "en", ()) == ()


# Attendance


def test_minutes_are_those_within_the_session() -> None:
    stays = (Stay(at(8, 40), at(9, 30)), Stay(at(10), at(10, 20)), Stay(at(11, 30)))
    assert minutes_present(stays, at(9), at(12)) == 30 + 20 + 30
    assert minutes_present((), at(9), at(12)) == 0
    assert minutes_present((Stay(at(12, 5), at(12, 30)),), at(9), at(12)) == 0
    assert minutes_present((Stay(at(9), at(9) + timedelta(seconds=119)),), at(9), at(12)) == 1


def test_coming_leaving_and_coming_back() -> None:
    once = attendance.arrived((), at(9))
    assert once == (Stay(at(9)),)
    assert attendance.arrived(once, at(9, 5)) == once, "she is there already"
    gone = attendance.departed(once, at(10))
    assert gone == (Stay(at(9), at(10)),)
    assert attendance.departed(gone, at(11)) == gone
    assert attendance.departed(once, at(9)) == (), "in the same moment: she was not there"
    assert attendance.arrived(gone, at(11)) == (*gone, Stay(at(11)))
    assert attendance.unpacked(attendance.packed((*gone, Stay(at(11))))) == (*gone, Stay(at(11)))
    assert not attendance.is_there(())


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 240)), max_size=12))
def test_no_minute_counts_twice_whatever_the_clock_does(taps: list[tuple[bool, int]]) -> None:
    """A clock that was set back let a second stay begin within the first one."""
    stays: tuple[Stay, ...] = ()
    for comes, minute in taps:
        stays = (attendance.arrived if comes else attendance.departed)(stays, at(9) + timedelta(minutes=minute))
    for earlier, later in pairwise(stays):
        assert earlier.ended_at is not None
        assert earlier.began_at < earlier.ended_at <= later.began_at
    assert minutes_present(stays, at(9), at(13)) <= 240


def test_how_late_somebody_came() -> None:
    assert attendance.minutes_late((Stay(at(9, 12)),), at(9)) == 12
    assert attendance.minutes_late((Stay(at(8, 50)),), at(9)) == 0
    assert attendance.minutes_late((), at(9)) == 0


@pytest.mark.parametrize(
    ("stays", "code"),
    [
        ((Stay(at(9)), Stay(at(10))), "stay-open"),
        ((Stay(at(10), at(9)),), "stay-backwards"),
        ((Stay(at(9), at(10)), Stay(at(9, 30), at(11))), "stays-overlap"),
        ((Stay(at(6, 59), at(10)),), "stay-outside"),
        ((Stay(at(9), at(14, 1)),), "stay-outside"),
        ((Stay(at(12, 30)),), "stay-future"),
        ((Stay(at(9), at(12, 1)),), "stay-future"),
        (tuple(Stay(at(9, 2 * n), at(9, 2 * n + 1)) for n in range(7)), "stays-many"),
    ],
)
def test_stays_that_cannot_be(stays: tuple[Stay, ...], code: str) -> None:
    assert refused(attendance.check_stays, stays, at(9), at(12), at(12)) == code


def test_stays_that_can_be() -> None:
    attendance.check_stays((Stay(at(9), at(10)), Stay(at(10), at(14))), at(9), at(12), at(15))
    attendance.check_stays((Stay(at(9)),), at(9), at(12), at(8, 40)), "noted early, from the beginning on"
    attendance.check_stays((), at(9), at(12), at(12))


# What counts


def test_from_the_share_on_it_counts_whole_and_below_only_the_minutes() -> None:
    assert shares(180, 80, {1: 144}) == {1: Share(180, True)}
    assert shares(180, 80, {1: 143}) == {1: Share(143, False)}
    assert shares(180, 100, {1: 180}) == {1: Share(180, True)}
    assert shares(180, 80, {}) == {}


def test_a_part_that_is_made_up_brings_the_rest() -> None:
    assert shares(180, 80, {1: 100, 2: 50}) == {1: Share(100, False), 2: Share(80, True)}
    assert shares(180, 80, {1: 100, 2: 20}) == {1: Share(100, False), 2: Share(20, False)}
    assert shares(180, 80, {1: 170, 2: 60}) == {1: Share(180, True), 2: Share(0, True)}, "nothing is counted twice"


@given(st.integers(1, 600), st.integers(1, 100), st.lists(st.integers(0, 700), max_size=5))
def test_shares_never_count_more_than_there_was(total: int, least: int, minutes: list[int]) -> None:
    found = shares(total, least, dict(enumerate(minutes)))
    given_minutes = sum(each.credited for each in found.values())
    whole = bool(minutes) and sum(minutes) * 100 >= least * total
    assert given_minutes == (total if whole else min(total, sum(minutes)))
    assert any(each.is_full for each in found.values()) == whole
    assert all(each.credited >= 0 for each in found.values())


def test_a_fingerprint_tells_lines_and_revision_apart_but_not_their_order() -> None:
    one, two = CreditLine(1, 1, 7, 60, 60, False), CreditLine(1, 1, 8, 180, 180, True)
    assert fingerprint([one, two], 3) == fingerprint([two, one], 3)
    assert len({fingerprint([one], 3), fingerprint([one, two], 3), fingerprint([one], 4), fingerprint([], 3)}) == 4


def test_when_a_session_can_be_closed() -> None:
    attendance.check_closing("held", at(12), at(12))
    assert refused(attendance.check_closing, "held", at(12), at(11, 59)) == "session-not-over"
    assert refused(attendance.check_closing, "cancelled", at(12), at(13)) == "session-cancelled"
    assert refused(attendance.check_closing, "closed", at(12), at(13)) == "session-closed"


# Secrets in addresses


def test_codes_and_calendars_are_not_guessed() -> None:
    token = here_token("key", "session", "stamp")
    assert is_here_token("key", "session", "stamp", token)
    others = [here_token("other", "session", "stamp"), here_token("key", "session", "new"), "", "ü", token[:-1]]
    assert not any(is_here_token("key", "session", "stamp", each) for each in others)
    public_id = "0" * 20
    feed = feed_token("key", public_id)
    assert feed_of_token("key", feed) == public_id
    assert feed_of_token("other", feed) is None
    assert [feed_of_token("key", each) for each in ("", public_id, feed + "0", "ʻ" * 52)] == [None] * 4


# Calendars


ENTRY = Entry("a@b", "Talking, ʻotu; well\\done", at(9), at(12), location="Kolofoʻou Hall,\nroom 2", sequence=3)


def test_text_is_escaped_and_holds_no_control_characters() -> None:
    assert escaped("a,b;c\\d\r\ne\x00\x07") == "a\\,b\\;c\\\\d\\ne"


@given(st.text(max_size=300))
def test_every_line_is_short_and_unfolds_to_what_it_was(text: str) -> None:
    line = f"SUMMARY:{escaped(text)}"
    pieces = folded(line).split("\r\n")
    assert pieces.pop() == ""
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert folded(line).replace("\r\n ", "").removesuffix("\r\n") == line


def test_an_independent_reader_reads_the_calendar() -> None:
    day = Entry("c@d", "Finish “First steps”", date(2026, 5, 1), description="x" * 200, url="https://here.example/t")
    gone = replace(ENTRY, uid="e@f", status="CANCELLED")
    text = calendar_text("Ako", "to", [ENTRY, day, gone])
    assert all(line.endswith("\r") for line in text.split("\n")[:-1])
    calendar = icalendar.Calendar.from_ical(text)
    first, second, third = calendar.walk("VEVENT")
    assert (first["summary"], first["location"]) == ("Talking, ʻotu; well\\done", "Kolofoʻou Hall,\nroom 2")
    assert first["summary"].params["LANGUAGE"] == "to"
    assert (first.decoded("dtstart"), first.decoded("dtend")) == (at(9), at(12))
    assert (first["sequence"], first["status"], first["transp"]) == (3, "CONFIRMED", "OPAQUE")
    assert (second.decoded("dtstart"), second.decoded("dtend")) == (date(2026, 5, 1), date(2026, 5, 2))
    assert (second["description"], second["url"]) == ("x" * 200, "https://here.example/t")
    assert (third["status"], third["transp"]) == ("CANCELLED", "TRANSPARENT")
    assert {str(each["uid"]) for each in (first, second, third)} == {"a@b", "c@d", "e@f"}


def test_an_entry_without_an_end() -> None:
    text = calendar_text("x", "en", [Entry("a", "b", at(9))])
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert "dtend" not in event
