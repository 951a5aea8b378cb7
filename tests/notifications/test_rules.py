"""Decisions about letters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.i18n import TAGS
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


def test_each_language_has_its_words() -> None:
    """Every language of the program can end texts, let them come again, and ask for help."""
    words = {
        "en": ("stop", "start", "help"),
        "es": ("alto", "iniciar", "ayuda"),
        "to": ("tuku", "kamata", "tokoni"),
        "sm": ("taofi", "amata", "fesoasoani"),
    }
    assert set(words) == set(TAGS)
    for said in words.values():
        for spelled in (str.lower, str.upper, str.title):
            assert tuple(rules.wanted(spelled(each)) for each in said) == ("stop", "start", "help")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("STOP", "stop"),
        (" stop. ", "stop"),
        ("Please stop writing to me", "stop"),
        ("Alto", "stop"),
        ("¡PARAR!", "stop"),
        ("TAʻOFI", "stop"),
        ("ta'ofi", "stop"),
        ("Ta‘ofi", "stop"),
        ("Tuʻu", "stop"),
        ("tuku ia", "stop"),
        ("opt out", "stop"),
        ("opt-out", "stop"),
        ("ＳＴＯＰ", "stop"),
        ("Cancelar", "stop"),
        ("end", "stop"),
        ("When does it end?", ""),
        ("I will start on Monday", ""),
        ("Start", "start"),
        ("INICIAR", "start"),
        ("kamata", "start"),
        ("amata", "start"),
        ("help", "help"),
        ("Ayúda?", "help"),
        ("tokoni", "help"),
        ("FESOASOANI", "help"),
        ("thank you", ""),
        ("", ""),
        ("😀", ""),
    ],
)
def test_what_a_text_message_asks_for(text: str, wanted: str) -> None:
    assert rules.wanted(text) == wanted


@given(st.text(max_size=200))
def test_any_text_message_is_understood_or_not(text: str) -> None:
    assert rules.wanted(text) in {"stop", "start", "help", ""}


def test_a_token_opens_only_what_it_was_made_for() -> None:
    token = rules.stop_token("secret", "k" * 20)
    assert rules.letter_of_token("secret", token) == "k" * 20
    for wrong in (token[:-1], token + "0", "j" + token[1:], token[:-1] + ("0" if token[-1] != "0" else "1"), "", "é"):
        assert rules.letter_of_token("secret", wrong) is None
    assert rules.letter_of_token("other", token) is None


def test_a_shared_secret_lets_nobody_in_while_there_is_none() -> None:
    assert rules.is_secret("a long secret", "a long secret")
    assert not rules.is_secret("another", "a long secret")
    assert not rules.is_secret("", "")


def test_what_she_chose_comes_first_where_it_can() -> None:
    mail, sms = Contact("email", "a@x", is_confirmed=True), Contact("phone", "+1", is_agreed=True)
    assert best_contact([mail, sms], "sms") == sms
    assert best_contact([mail, sms], "email") == mail
    assert best_contact([mail, sms]) == mail
    assert best_contact([mail, Contact("phone", "+1")], "sms") == mail, "without her consent no text comes"
    assert best_contact([sms], "email") == sms
    assert best_contact([mail, sms], "none") == mail, "what is no reminder still comes"


@pytest.mark.parametrize(
    ("title", "length", "short"),
    [
        ("Core skills", None, "Core skills"),
        ("Core skills", 11, "Core skills"),
        ("Core skills for all", 13, "Core..."),
        ("Core, skills for all", 8, "Core..."),
        ("Supercalifragilistic", 10, "Superca..."),
    ],
)
def test_a_title_is_cut_at_a_word(title: str, length: int | None, short: str) -> None:
    assert rules.cut(title, length) == short
    assert length is None or len(rules.cut(title, length)) <= length


@given(st.text(min_size=1, max_size=120), st.integers(12, 60))
def test_a_cut_title_is_never_longer_than_asked(title: str, length: int) -> None:
    assert len(rules.cut(title, length)) <= max(length, 3)


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        ("2026-03-05T17:59:00+00:00", -60),
        ("2026-03-05T17:59:00", -60),
        ("Thu, 05 Mar 2026 17:59:00 +0000", -60),
        ("1772733540", -60),
        ("1772733540000", -60),
        ("2026-03-05T18:01:00Z", 0),
        ("soon", 0),
        ("1e400", 0),
        ("", 0),
    ],
)
def test_when_a_text_message_was_sent_however_a_gateway_says_it(sent: str, seconds: int) -> None:
    at = datetime(2026, 3, 5, 18, tzinfo=UTC)
    mark = rules.mark_of("+12135550100", "STOP", "SM1", sent, at)
    assert mark == rules.Mark("SM1", at + timedelta(seconds=seconds))


def test_a_text_message_without_an_id_is_known_by_its_time_and_one_without_either_by_nothing() -> None:
    at = datetime(2026, 3, 5, 18, tzinfo=UTC)
    one, again, other = (
        rules.mark_of("+12135550100", words, "", "2026-03-05T17:59:00Z", at) for words in ("STOP", "STOP", "START")
    )
    assert one is not None
    assert one == again != other
    assert rules.mark_of("+12135550100", "STOP", " ", "soon", at) is None
    long = rules.mark_of("+12135550100", "STOP", "x" * 101, "", at)
    assert long is not None
    assert len(long.message_id) == 64
