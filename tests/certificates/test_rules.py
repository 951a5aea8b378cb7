"""Serials, names, states, decisions and payloads, as plain functions."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.certificates.rules import decisions, lives, names, serials, states
from lms.certificates.rules.decisions import Choice
from lms.certificates.rules.practice import practice_of
from lms.certificates.rules.states import Event, Standing
from lms.errors import RuleBroken
from lms.web import fonts

BITS = st.integers(min_value=0, max_value=2**60 - 1)
#: No deadline: what is measured is right or wrong, not the machine.
EVERY = settings(deadline=None, max_examples=50)


def broken(call: object, *args: object, **more: object) -> str:
    with pytest.raises(RuleBroken) as raised:
        call(*args, **more)  # type: ignore[operator]
    return raised.value.code


# Practice


def test_hours_of_practice_are_told_by_kind() -> None:
    kinds = {"practicum": "practicum", "visits": "practicum", "any": "practice"}
    counted: list[dict[str, Any]] = [
        {"item": "outreach", "module": "outreach", "round": 1},
        {"item": "field", "kind": "sign-off"},
        {"item": "practicum", "kind": "hours", "minutes": 90},
        {"item": "visits", "kind": "hours", "minutes": 30},
        {"item": "any", "kind": "hours", "minutes": 60},
        {"item": "gone", "kind": "hours", "minutes": 60},
    ]
    assert practice_of(kinds, counted) == {"practicum": 120, "practice": 60}
    assert practice_of({}, counted) == {}


# Serials


def test_a_serial_is_twelve_symbols_and_a_check() -> None:
    assert serials.serial_from(0) == "0" * 13
    assert len(serials.serial_from(2**60 - 1)) == 13
    assert serials.serial_from(2**60 - 1)[:12] == "Z" * 12
    assert serials.show_serial("ABCDEFGHJKMNP") == "CHW-ABCD-EFGH-JKMN-P"


@EVERY
@given(BITS)
def test_a_serial_is_read_back_however_it_is_written(bits: int) -> None:
    serial = serials.serial_from(bits)
    shown = serials.show_serial(serial)
    for typed in (serial, shown, shown.lower(), f"  {shown} ", shown.replace("-", " "), shown.replace("-", "–")):
        assert serials.read_serial(typed) == serial
    confused = shown.removeprefix("CHW-").replace("1", "l").replace("0", "o")
    assert serials.read_serial(confused) == serial
    assert serials.read_serial(confused.replace("l", "I").replace("o", "O")) == serial


@EVERY
@given(BITS, BITS)
def test_serials_are_as_many_as_bits(one: int, other: int) -> None:
    assert (serials.serial_from(one) == serials.serial_from(other)) == (one == other)


@EVERY
@given(BITS)
def test_every_single_wrong_symbol_is_caught(bits: int) -> None:
    serial = serials.serial_from(bits)
    for place in range(13):
        for symbol in serials.ALPHABET:
            wrong = serial[:place] + symbol + serial[place + 1 :]
            assert (serials.read_serial(wrong) is None) == (wrong != serial)


@EVERY
@given(BITS)
def test_every_swap_at_any_distance_is_caught(bits: int) -> None:
    serial = serials.serial_from(bits)
    for one in range(13):
        for other in range(one + 1, 13):
            swapped = list(serial)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            wrong = "".join(swapped)
            assert (serials.read_serial(wrong) is None) == (wrong != serial)


@EVERY
@given(BITS, st.integers(0, 11), st.sampled_from(serials.ALPHABET))
def test_every_wrong_twin_is_caught(bits: int, place: int, symbol: str) -> None:
    serial = list(serials.serial_from(bits))
    serial[place] = serial[place + 1] = symbol
    wrong = "".join(serial)
    if serials.read_serial(wrong) is not None:  # a right serial by itself: then another twin in it is caught
        for other in set(serials.ALPHABET) - {symbol}:
            assert serials.read_serial(wrong[:place] + other * 2 + wrong[place + 2 :]) is None


@pytest.mark.parametrize(
    "typed", ["", "CHW", "U" * 13, "0" * 12, "0" * 14, "CHW" + "0" * 12, "ÄÖÜ" + "0" * 10, "💛" * 13, "XYZ" + "0" * 13]
)
def test_what_cannot_be_a_serial_is_none(typed: str) -> None:
    assert serials.read_serial(typed) is None


def test_a_serial_that_begins_like_the_prefix_is_read() -> None:
    bits = int("".join(f"{serials.ALPHABET.index(c):05b}" for c in "CHWCHWCHWCHW"), 2)
    serial = serials.serial_from(bits)
    assert serials.read_serial(serial) == serial
    assert serials.read_serial("chw" + serial) == serial


# Names


@pytest.mark.parametrize(
    "name",
    ["MELE FIFITA", "Melē Fifita", "Mele-Fifita", "Mele Fi'fita", "ʻMele Fifitaʻ", "Mele. Fifita"],
)
def test_other_marks_are_another_way_to_write_a_name(name: str) -> None:
    assert names.is_respelled(name, "Mele Fifita")


@pytest.mark.parametrize(
    "name",
    [
        "¡¡ Mele ?? Fifita !!", "Mele Fifita ® © §", "<Mele> [Fifita] {*}", "Mele ~ Fifita", "Mele ˆFifita",
        "Mele ... Fifita", "Mele ʻʻFifita", "Mele (Fifita)", "Mele “Fifita”", "Mele Tupou", "Mele Fifita ²",
    ],
)  # fmt: skip
def test_other_signs_are_for_a_person_to_see(name: str) -> None:
    assert not names.is_respelled(name, "Mele Fifita")


def test_signs_that_were_there_stay() -> None:
    assert names.is_respelled("Mēle (Lia) Fifita", "Mele (Lia) Fifita")
    assert names.is_respelled("Mele Lia Fifita", "Mele (Lia) Fifita")
    assert names.is_respelled("Mele.. Fifita", "Mele.. Fifita")
    assert not names.is_respelled("Mele ((Lia)) Fifita", "Mele (Lia) Fifita")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "name_empty"),
        ("   ", "name_empty"),
        (" Ana", "name_spaces"),
        ("Ana  Ruiz", "name_spaces"),
        ("Ana\u00a0Ruiz", "name_hidden_sign"),
        ("Ana\u200bRuiz", "name_hidden_sign"),
        ("Ana\nRuiz", "name_hidden_sign"),
        ("Ana\u202eRuiz", "name_hidden_sign"),
        ("Ana\ue000", "name_hidden_sign"),
        (unicodedata.normalize("NFD", "Ánà"), "name_not_composed"),
        ("漢字", "name_letter"),
        ("Ana ✓", "name_letter"),
        ("Влад", "name_letter"),
        ("Ana 💛", "name_letter"),
    ],
)
def test_a_name_that_cannot_be_printed_is_refused(name: str, code: str) -> None:
    assert broken(names.check_name, name) == code


def test_the_refused_letter_is_named_with_its_marks() -> None:
    with pytest.raises(RuleBroken) as raised:
        names.check_name("Ana Ж\u0301")
    assert raised.value.values == {"letter": "Ж\u0301"}


@pytest.mark.parametrize(
    "name",
    [
        "Mele Fīfita",
        "ʻAnaseini Fakafānuamālōlōtuʻu",
        "María de los Ángeles Hernández y Villaseñor",
        "Nguyễn Thị Ánh",
        "O'Brien",
        "D’Arcy-Smith",
        "Ana <b>&amp; <img src=x>",
        "Łukasz Đặng Øster",
        "M\u0304",
    ],
)
def test_names_of_our_workers_can_be_printed(name: str) -> None:
    names.check_name(name)


def test_what_the_gate_lets_through_the_font_can_draw() -> None:
    drawn = fonts.load_fonts()
    for font in fonts.NAMES:
        assert {ord(letter) for letter in (*names.DRAWN, "\u00a0")} <= drawn[font]


def test_words_that_cannot_be_printed_are_named() -> None:
    names.check_words("Entrenamiento de\u00a0promotores: ¡ʻOku maau!")
    names.check_words("Ko e\u00a0akṓ")
    with pytest.raises(RuleBroken) as raised:
        names.check_words("First steps ✓")
    assert (raised.value.code, raised.value.values) == ("words_letter", {"letter": "✓", "text": "First steps ✓"})


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Malia ʻAnau", "M•••• ʻA•••"),
        ("Li", "L•"),
        ("A", "A"),
        ("ʻO", "ʻO"),
        ("Ana-Lucía Ñ", "A••-L•••• Ñ"),
        ("M\u0304ele", "M\u0304•••"),
        ("'Alisi O’Neil", "'A•••• O•••••"),
    ],
)
def test_a_name_is_masked_letter_by_letter(name: str, masked: str) -> None:
    assert names.mask_name(name) == masked


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Malia ʻAnau", "malia anau", True),
        ("Malia ʻAnau", "MALIA 'ANAU", True),
        ("José Núñez", "jose nunez", True),
        ("Malia ʻAnau", "Malia", False),
        ("", "", False),
        ("ʻ", "'", False),
    ],
)
def test_names_are_compared_as_people_write_them(one: str, other: str, same: bool) -> None:
    assert names.is_same_name(one, other) is same


def test_a_record_is_sealed_under_a_name_that_somebody_checked() -> None:
    assert names.name_to_seal("Malia", None) == ("Malia", False)
    assert names.name_to_seal("MALIA ANAU", "Malia ʻAnau") == ("MALIA ANAU", True), "her way to write the same letters"
    assert names.name_to_seal("Dr. Famous", "Malia ʻAnau") == ("Malia ʻAnau", True)


# States

TODAY = date(2026, 3, 5)


def standing(*events: tuple[int, str]) -> Standing:
    return states.standing_of(Event(*event) for event in events)


@pytest.mark.parametrize(
    ("events", "edition", "until", "state"),
    [
        ((), 1, None, "preparing"),
        (((1, "issued"),), 1, None, "valid"),
        (((1, "issued"),), 2, None, "preparing"),
        (((1, "issued"),), 1, date(2026, 3, 5), "valid"),
        (((1, "issued"),), 1, date(2026, 3, 4), "expired"),
        (((1, "issued"), (2, "issued"), (1, "replaced")), 1, None, "replaced"),
        (((1, "issued"), (2, "issued"), (1, "replaced")), 2, None, "valid"),
        (((1, "issued"), (1, "suspended")), 1, date(2026, 3, 4), "suspended"),
        (((1, "issued"), (1, "suspended"), (1, "lifted")), 1, None, "valid"),
        (((1, "issued"), (1, "suspended"), (1, "lifted"), (1, "suspended")), 1, None, "suspended"),
        (((1, "issued"), (1, "suspended"), (1, "revoked")), 1, None, "revoked"),
        (((1, "issued"), (1, "revoked"), (1, "lifted")), 1, None, "revoked"),
        (((1, "issued"), (2, "issued"), (1, "replaced"), (2, "revoked")), 1, None, "revoked"),
        (((1, "issued"), (1, "suspended"), (2, "issued"), (1, "replaced")), 2, None, "suspended"),
        (((2, "revoked"),), 2, None, "revoked"),
        (((1, "issued"), (1, "revoked")), 2, None, "preparing"),
    ],
)
def test_the_state_follows_from_the_events(
    events: tuple[tuple[int, str], ...], edition: int, until: date | None, state: str
) -> None:
    assert states.state_of(standing(*events), edition, until, TODAY) == state
    assert state in states.STATES


@pytest.mark.parametrize(
    ("events", "change", "code"),
    [
        ((), "correct", "not_yet_issued"),
        (((1, "revoked"),), "redraft", "already_revoked"),
        (((1, "issued"),), "redraft", "issued_already"),
        (((1, "issued"), (1, "revoked")), "lift", "already_revoked"),
        (((1, "issued"), (1, "suspended")), "suspend", "already_suspended"),
        (((1, "issued"),), "lift", "not_suspended"),
    ],
)
def test_what_cannot_become_of_a_certificate(
    events: tuple[tuple[int, str], ...], change: lives.Deed, code: str
) -> None:
    assert broken(lives.check_life, standing(*events), change) == code


def test_what_can_become_of_a_certificate() -> None:
    issued = standing((1, "issued"))
    changes: tuple[lives.Deed, ...] = ("correct", "revoke", "suspend")
    for change in changes:
        lives.check_life(issued, change)
    lives.check_life(standing((1, "issued"), (1, "suspended")), "lift")
    lives.check_life(standing(), "revoke")
    lives.check_life(standing(), "redraft")


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 3, 5), 24, date(2028, 3, 5)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 5), None, None),
    ],
)
def test_the_last_day_of_validity(day: date, months: int | None, last: date | None) -> None:
    assert states.last_valid_day(day, months) == last


# Decisions


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (Choice("burn"), "outcome_unknown"),
        (Choice("certify", "other", "x"), "reason_needed"),
        (Choice("ask"), "reason_needed"),
        (Choice("ask", "duplicate"), "reason_needed"),
        (Choice("refuse", "dates-unclear"), "reason_needed"),
        (Choice("refuse", "other", "  "), "note_needed"),
        (Choice("ask", "dates-unclear", "x" * 1001), "text_too_long"),
    ],
)
def test_a_choice_needs_its_reason(choice: Choice, code: str) -> None:
    assert broken(decisions.check_choice, choice) == code


def test_good_choices() -> None:
    for choice in (Choice("certify"), Choice("ask", "dates-unclear"), Choice("refuse", "other", "why")):
        decisions.check_choice(choice)


def test_it_is_the_certifiers_turn_or_not() -> None:
    assert decisions.state_after("waiting", Choice("certify"), is_made=False) == "certified"
    assert decisions.state_after("waiting", Choice("ask", "other", "x"), is_made=False) == "asked"
    assert decisions.state_after("appealed", Choice("refuse", "duplicate"), is_made=False) == "refused"
    assert broken(decisions.state_after, "certified", Choice("certify"), is_made=False) == "already_certified"
    refuse = Choice("refuse", "duplicate")
    assert decisions.state_after("certified", refuse, is_made=False) == "refused"
    assert broken(decisions.state_after, "certified", refuse, is_made=True) == "already_certified"
    for state in ("asked", "refused"):
        assert broken(decisions.state_after, state, Choice("certify"), is_made=False) == "waits_for_worker"


@pytest.mark.parametrize(
    ("state", "is_appeal", "has_appealed", "expected"),
    [
        ("asked", False, False, "waiting"),
        ("asked", False, True, "appealed"),
        ("refused", True, False, "appealed"),
        ("refused", True, True, "already_appealed"),
        ("asked", True, False, "nothing_to_answer"),
        ("refused", False, False, "nothing_to_answer"),
        ("waiting", False, False, "nothing_to_answer"),
        ("certified", True, False, "nothing_to_answer"),
    ],
)
def test_what_a_worker_may_answer(state: str, is_appeal: bool, has_appealed: bool, expected: str) -> None:
    try:
        found = decisions.state_after_reply(state, is_appeal=is_appeal, has_appealed=has_appealed)
    except RuleBroken as error:
        found = error.code
    assert found == expected


def test_a_decision_is_of_what_was_seen() -> None:
    decisions.check_seen(2, 2)
    assert broken(decisions.check_seen, 2, 3) == "changed_meanwhile"


def test_an_answer_has_words() -> None:
    decisions.check_text("yes")
    assert broken(decisions.check_text, " \n ") == "answer_empty"
    assert broken(decisions.check_text, "x" * 2001) == "text_too_long"
