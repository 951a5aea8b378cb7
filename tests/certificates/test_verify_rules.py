"""What is counted of checks, what links are, how lists are read, and what strangers may read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates.rules import batches, checks, links, public
from lms.certificates.rules.checks import Check
from lms.certificates.rules.serials import serial_from, show_serial
from lms.errors import RuleBroken
from tests.certificates.story import day
from tests.conftest import AT

ONE, TWO = (show_serial(serial_from(bits)) for bits in (5, 2**59 + 7))


def test_counts_and_days() -> None:
    counted = checks.counts_of([Check(1, "valid"), Check(None, "unknown"), Check(1, "valid")])
    assert counted == {Check(1, "valid"): 2, Check(None, "unknown"): 1}
    assert checks.first_of_month(day("2026-11-29")) == day("2026-11-01")
    assert checks.first_of_year(day("2026-11-29")) == day("2026-01-01")
    assert checks.kept_by_day(day("2026-11-29")) == day("2025-10-01")
    assert checks.kept_by_day(day("2026-01-01")) == day("2024-12-01")
    assert checks.kept_by_day(day("2026-02-28")) == day("2025-01-01")


def test_a_token_is_told_by_its_form_and_the_secret() -> None:
    token = links.token_of("secret", "award", "f" * 32)
    assert len(token) == links.TOKEN_LENGTH
    assert token == links.token_of("secret", "award", "f" * 32)
    others = {
        links.token_of(*each)
        for each in (("other", "award", "f" * 32), ("secret", "awards", "f" * 32), ("secret", "award", "e" * 32))
    }
    assert token not in others
    assert len(others) == 3
    assert len(links.hash_of(token)) == 64
    assert token not in links.hash_of(token)


def test_how_many_links_and_for_how_long() -> None:
    for days in (7, 30, 90):
        links.check_new(19, days)
        assert links.ends_at(AT, days) - AT == timedelta(days=days)
    for open_links, days, code in ((0, 8, "link_days"), (0, 0, "link_days"), (20, 7, "too_many_links")):
        with pytest.raises(RuleBroken, match=code):
            links.check_new(open_links, days)
    end = AT + timedelta(days=7)
    assert links.is_open(end, None, end - timedelta(seconds=1))
    assert not links.is_open(end, None, end)
    assert not links.is_open(end, AT, AT)


def test_a_list_is_read_as_people_keep_it() -> None:
    text = f'Name;Number\r\nAna;{ONE.lower()}\r\n;;\r\n\r\n"Malia; T";{TWO}\nNobody;CHW-0000-0000-0000-1\n'
    found = batches.read_list(text)
    assert [(each.line, each.serial) for each in found] == [
        (2, ONE[4:].replace("-", "")),
        (5, TWO[4:].replace("-", "")),
        (6, None),
    ]
    assert found[2].typed == "Nobody"
    (linked,) = batches.read_list(f"HTTPS://HOST/V/{ONE}/2#ABC")
    assert (linked.serial, linked.edition) == (ONE[4:].replace("-", ""), "2")
    assert batches.read_list("https://host/verify/nothing")[0].serial is None
    (alone,) = batches.read_list("not a number")
    assert alone.serial is None  # one line is no row of headers
    assert [each.serial for each in batches.read_list(f"1234\n{ONE}")] == [None, ONE[4:].replace("-", "")]
    assert batches.read_list("x" * 90 + "1\n2")[0].typed == "x" * 40


def test_a_list_that_cannot_be_read_is_refused() -> None:
    assert len(batches.read_list(f"{ONE}\n" * 500)) == 500
    for text, code in (("", "list_empty"), ("\n;;\n", "list_empty"), (f"{ONE}\n" * 501, "list_too_long")):
        with pytest.raises(RuleBroken, match=code):
            batches.read_list(text)
    with pytest.raises(RuleBroken, match="list_unreadable"):
        batches.read_list('"' + "x" * 140_000)
    assert batches.decode("\ufeffCHW".encode()) == "CHW"
    assert batches.decode("CHW".encode("utf-16")) == "CHW"
    assert batches.decode("Peña".encode("cp1252")) == "Peña"
    for content, code in (
        (b"x" * 200_001, "list_too_large"),
        (b"\x00a", "list_unreadable"),
        (b"\x81", "list_unreadable"),
    ):
        with pytest.raises(RuleBroken, match=code):
            batches.decode(content)


@given(st.text(max_size=400))
def test_no_list_breaks_the_reader(text: str) -> None:
    try:
        found = batches.read_list(text)
    except RuleBroken:
        return
    assert 1 <= len(found) <= 500


def test_strangers_read_no_name_and_no_language() -> None:
    payload = {
        "serial": ONE, "name": "Malia ʻAnau", "language": "to", "language_of_instruction": "to+en", "signers": [1],
        "issuer": {"name": "Consortium", "url": "https://x.example"}, "valid_until": "2028-03-01",
    }  # fmt: skip
    facts = public.public_facts(payload, "valid")
    assert facts == {
        "serial": ONE,
        "issuer": payload["issuer"],
        "valid_until": "2028-03-01",
        "name": "M•••• ʻA•••",
    }
    assert "name" not in public.public_facts(payload, "revoked")
    assert "name" not in public.public_facts(payload, "replaced")
    assert public.ended_on(payload) == day("2028-03-01")
    assert public.ended_on({"valid_until": None}) is None
