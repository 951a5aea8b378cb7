"""Decisions about letters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.notifications import rules
from lms.notifications.rules import Contact, best_contact, minutes_left, one_line, retry_at, segments

AT = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)


def test_a_letter_is_tried_six_times_over_half_a_day() -> None:
    waits = [retry_at(tries, AT) for tries in range(1, 7)]
    minutes = [(again - AT) / timedelta(minutes=1) for again in waits if again]
    assert minutes == [1, 5, 30, 120, 480]
    assert waits[5] is None


def test_a_batch_fits_into_its_lease_even_when_every_server_is_slow() -> None:
    assert rules.BATCH * timedelta(seconds=60) + rules.MARGIN < rules.LEASE


@pytest.mark.parametrize(
    ("contacts", "best"),
    [
        ([], None),
        ([Contact("phone", "+1"), Contact("email", "a@x")], "a@x"),
        ([Contact("phone", "+1", is_confirmed=True, is_agreed=True), Contact("email", "a@x")], "+1"),
        ([Contact("phone", "+1", is_confirmed=True), Contact("email", "a@x")], "a@x"),
        ([Contact("phone", "+1", is_confirmed=True)], None),
        ([Contact("email", "a@x", is_confirmed=True, is_bouncing=True), Contact("email", "b@x")], "b@x"),
        ([Contact("phone", "+1", is_agreed=True, is_bouncing=True)], None),
        ([Contact("email", "work@x", True, True), Contact("email", "own@x", True)], "own@x"),
        ([Contact("email", "b@x"), Contact("email", "a@x")], "a@x"),
    ],
)
def test_a_proven_address_comes_before_a_convenient_one(contacts: list[Contact], best: str | None) -> None:
    found = best_contact(contacts)
    assert (found.value if found else None) == best


def test_a_reader_is_never_promised_more_minutes_than_there_are() -> None:
    assert minutes_left(AT + timedelta(minutes=10), AT) == 10
    assert minutes_left(AT + timedelta(minutes=9, seconds=59), AT) == 9
    assert minutes_left(AT + timedelta(seconds=5), AT) == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ñ" * 160, 1),
        ("ʻ" * 70, 1),
        ("ʻ" * 71, 2),
        ("a" * 69 + "ā", 1),
        ("a" * 70 + "ā", 2),
        ("í" * 134, 2),
        ("í" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_how_many_messages_a_text_takes(text: str, count: int) -> None:
    assert segments(text) == count


@given(st.text(max_size=400), st.text(max_size=20))
def test_more_words_never_take_fewer_messages(text: str, more: str) -> None:
    assert segments(text + more) >= segments(text) >= 1


def test_a_problem_is_kept_on_one_line() -> None:
    assert one_line(" SMTP\r\n  said \t no ") == "SMTP said no"
    assert len(one_line("x" * 1000)) == 500
