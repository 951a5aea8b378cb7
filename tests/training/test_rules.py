"""Rules of training from elsewhere: what can be told, which files prove it, who decides, what a table says."""

from __future__ import annotations

import io
import json
import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lms import uploads
from lms.errors import BadInput, RowProblem, RuleBroken
from lms.fieldwork.rules import HOURS_KINDS as HOURS_KINDS_OF_FIELDWORK
from lms.i18n import TAGS
from lms.organizations.rules import TableRow
from lms.organizations.rules.tables import fold_header
from lms.training import messages
from lms.training.rules import (
    HOURS_KINDS,
    Known,
    Opinion,
    Told,
    Verdict,
    Worth,
    Year,
    YearlyHours,
    YearlyRule,
    files,
    importing,
    minutes_from_hours,
    reviewing,
    tables,
    telling,
    year_of,
)
from lms.training.rules.importing import Entry, Wanted
from lms.training.rules.yearly import RULES
from lms.uploads import LARGEST_FILE, check_file
from tests.training.conftest import HOURS, LEARNED, MODULE, PDF, SKILL, jpeg, told

TODAY = date(2026, 3, 5)
KNOWN = Known(("outreach", "public-health"), (SKILL, "chw-core/outreach", "other/outreach"), ("en", "es", "to", "sm"))


def code_of(act: Any, *arguments: Any) -> str:
    """Return the code of the rule that says no; "" when none does."""
    try:
        act(*arguments)
    except RuleBroken as error:
        return error.code
    return ""


def test_the_kinds_of_hours_are_those_of_fieldwork() -> None:
    assert HOURS_KINDS == HOURS_KINDS_OF_FIELDWORK
    assert set(telling.HOURS_OF.values()) <= set(HOURS_KINDS)


# What can be told


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, ""),
        ({"title": "  "}, "title_empty"),
        ({"issuer": ""}, "issuer_empty"),
        ({"title": "x" * 201}, "line_too_long"),
        ({"note": "x" * 1001}, "note_too_long"),
        ({"reference": "x" * 81}, "reference_too_long"),
        ({"kind": "nothing"}, "kind_unknown"),
        ({"hours_kind": "sleep"}, "kind_unknown"),
        ({"module_key": "gone"}, "module_unknown"),
        ({"module_key": "outreach", "competencies": (SKILL,), "language": "to"}, ""),
        ({"competencies": ("chw-core/none",)}, "competency_unknown"),
        ({"language": "fr"}, "language_unknown"),
        ({"learned_on": date(2026, 3, 6)}, "day_to_come"),
        ({"learned_on": TODAY}, ""),
        ({"learned_on": date(1949, 12, 31)}, "day_long_ago"),
        ({"from_on": date(1949, 12, 31)}, "day_long_ago"),
        ({"from_on": date(2024, 6, 2)}, "days_turned"),
        ({"minutes": 0}, "hours_range"),
        ({"minutes": telling.MOST_MINUTES + 1}, "hours_range"),
        ({"minutes": None}, ""),
        ({"from_on": LEARNED, "minutes": 960}, ""),
        ({"from_on": LEARNED, "minutes": 961}, "hours_more_than_days"),
    ],
)
def test_what_cannot_be_true_is_refused(changes: dict[str, Any], code: str) -> None:
    assert code_of(telling.check_told, telling.tidied(told(**changes)), TODAY, KNOWN) == code


def test_words_come_in_one_spelling() -> None:
    found = telling.tidied(told("  Curso   de  salu\u0301d ", competencies=("b", "a", "b"), kind="experience-paid"))
    assert (found.title, found.competencies, found.hours_kind) == ("Curso de salúd", ("a", "b"), "work-paid")
    assert telling.tidied(told(hours_kind="practicum")).hours_kind == "practicum"
    assert telling.tidied(told(kind="other")).hours_kind is None
    assert told("CURSO", issuer="Élan").alike_key == told("curso", issuer="ELAN").alike_key
    assert len(told("x" * 200, issuer="y" * 300).alike_key) == 400


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("40", 2400), ("7.5", 450), ("7,5", 450), (" 0.25 ", 15), ("7:30", 450), ("0:05", 5), ("", None), ("-4", None),
        ("7:3", None), ("7:60", None), ("x:30", None), ("٧", None), ("1.2.3", None), ("1e9", None), ("1" * 10, None),
        ("1234567:00", None), (".", None), ("7:٣٠", None),
    ],
)  # fmt: skip
def test_hours_are_read(text: str, minutes: int | None) -> None:
    assert minutes_from_hours(text) == minutes


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_hours(text: str) -> None:
    found = minutes_from_hours(text)
    assert found is None or found >= 0


def test_there_is_room_for_so_many() -> None:
    assert code_of(telling.check_room, 99, 29) == ""
    assert code_of(telling.check_room, 100, 0) == "entries_full"
    assert code_of(telling.check_room, 0, 30) == "too_many_entries"
    assert code_of(files.check_room, 4, 29, 30) == ""
    assert code_of(files.check_room, 5, 0, 30) == "files_full"
    assert code_of(files.check_room, 0, 30, 30) == "too_many_files"


# Files


def with_place() -> bytes:
    """Return a photo that says where it was taken, is turned, and carries a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    return jpeg((40, 30), exif=exif, comment=b"a secret comment")


def test_a_photo_is_upright_and_says_no_more_where_it_was_taken() -> None:
    sent = with_place()
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)
    kept = check_file(sent + b"<script>bytes behind the image</script>", "C:\\photos\\my\u202ephoto\n.jpg")
    image = Image.open(io.BytesIO(kept.content))
    assert (image.format, image.size, kept.media_type) == ("JPEG", (30, 40), "image/jpeg")
    assert not image.getexif()
    assert "comment" not in image.info
    assert b"secret" not in kept.content
    assert b"script" not in kept.content
    assert kept.name == "myphoto.jpg"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "P", "I;16"])
def test_a_png_of_each_mode_is_kept_as_png(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (20, 10)).save(out, "PNG", pnginfo=None)
    kept = check_file(out.getvalue(), "a.png")
    assert Image.open(io.BytesIO(kept.content)).size == (20, 10)
    assert kept.media_type == "image/png"


def test_a_large_photo_becomes_smaller() -> None:
    kept = check_file(jpeg((4000, 1000)), "wide.jpg")
    assert Image.open(io.BytesIO(kept.content)).size == (3000, 750)


def test_a_photo_that_came_as_png_is_kept_as_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST_PNG", 10)
    out = io.BytesIO()
    Image.new("RGBA", (20, 10)).save(out, "PNG")
    kept = check_file(out.getvalue(), "a.png")
    assert (kept.media_type, Image.open(io.BytesIO(kept.content)).format) == ("image/jpeg", "JPEG")


def png_header(width: int, height: int) -> bytes:
    """Return the beginning of a PNG that claims a size: a bomb without its powder."""
    out = io.BytesIO()
    Image.new("L", (1, 1)).save(out, "PNG")
    content = bytearray(out.getvalue())
    content[16:24] = width.to_bytes(4) + height.to_bytes(4)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"%PDF-" + b"0" * LARGEST_FILE, "file_too_large"),
        (b"hello", "file_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file_kind"),
        (b"GIF89a", "file_kind"),
        (b"PK\x03\x04", "file_kind"),
        (b"MZ\x90\x00", "file_kind"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "file_heic"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00", "file_kind"),
        (b"%PDF-1.4 without an end", "file_damaged"),
        (PDF.replace(b"<<>>", b"<</S /JavaScript /JS (app.alert(1))>>"), "file_acts"),
        (PDF.replace(b"<<>>", b"<</S /Launch>>"), "file_acts"),
        (PDF, ""),
        (jpeg()[:200], "file_damaged"),
        (b"\xff\xd8\xff" + b"\x00" * 100, "file_damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "file_damaged"),
        (png_header(6000, 6000), "file_damaged"),
        (jpeg() * 2, ""),
    ],
)
def test_what_is_no_photo_and_no_pdf_is_refused(content: bytes, code: str) -> None:
    assert code_of(check_file, content, "x") == code


def test_an_image_that_would_burst_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_PIXELS", {"JPEG": 100, "PNG": 100})
    assert code_of(check_file, jpeg((11, 10)), "x") == "file_pixels"
    assert code_of(check_file, jpeg((10, 10)), "x") == ""


def test_no_broken_photo_is_more_than_a_refusal() -> None:
    rng, whole, tried = random.Random(7), with_place(), 0
    for _ in range(150):
        broken = bytearray(whole)
        for _ in range(rng.randint(1, 12)):
            broken[rng.randrange(3, len(broken))] = rng.randrange(256)
        assert code_of(check_file, bytes(broken), "x") in ("", "file_damaged", "file_pixels")
        tried += 1
    assert tried == 150


# Who decides


def test_what_is_decided_is_whole() -> None:
    def code(verdict: Verdict) -> str:
        return code_of(reviewing.check_verdict, verdict, TODAY, KNOWN)

    assert code(Verdict("accept", HOURS)) == code(Verdict("accept", MODULE)) == ""
    assert code(Verdict("maybe")) == "outcome_unknown"
    assert code(Verdict("accept")) == "worth_missing"
    assert code(Verdict("accept", Worth(LEARNED))) == "worth_missing"
    assert code(Verdict("accept", replace(HOURS, module_key="outreach"))) == "worth_missing"
    assert code(Verdict("accept", Worth(LEARNED, "gone"))) == "module_unknown"
    assert code(Verdict("accept", replace(HOURS, hours_kind="sleep"))) == "kind_unknown"
    assert code(Verdict("accept", replace(HOURS, minutes=0))) == "hours_range"
    assert code(Verdict("accept", replace(HOURS, competencies=("a/b",)))) == "competency_unknown"
    assert code(Verdict("accept", replace(HOURS, learned_on=date(2027, 1, 1)))) == "day_to_come"
    assert code(Verdict("ask", None, "hours-unclear")) == ""
    assert code(Verdict("ask", None, "not-equivalent")) == "reason_needed"
    assert code(Verdict("refuse", None, "other", " ")) == "note_needed"
    assert code(Verdict("refuse", None, "other", "x" * 1001)) == "note_too_long"
    assert code_of(reviewing.check_text, " ") == "answer_empty"
    assert code_of(reviewing.check_text, "x" * 2001) == "answer_too_long"


def test_two_who_accept_it_as_the_same_recognize_it() -> None:
    first, same = Opinion(1, "accept", HOURS), Opinion(2, "accept", HOURS)
    other = Opinion(2, "accept", MODULE)
    assert reviewing.agreed([]) is None
    assert reviewing.agreed([first]) is None
    assert reviewing.agreed([first, other]) is None
    assert reviewing.agreed([first, same]) == (1, 2)
    assert reviewing.agreed([first, other, Opinion(3, "accept", MODULE)]) == (2, 3)
    assert reviewing.agreed([first, other, Opinion(1, "accept", MODULE)]) == (2, 1), "she came round"
    assert reviewing.agreed([first, Opinion(1, "accept", HOURS)]) is None, "one person is not two"


def test_the_state_follows_what_is_said() -> None:
    def after(state: str, *said: Opinion) -> str:
        return reviewing.state_after(state, said[:-1], said[-1])

    yes, refused, asked = Opinion(1, "accept", HOURS), Opinion(2, "refuse"), Opinion(2, "ask")
    assert after("waiting", yes) == "waiting"
    assert after("appealed", yes) == "appealed"
    assert after("appealed", yes, Opinion(2, "accept", HOURS)) == "recognized"
    assert after("waiting", yes, refused) == "refused"
    assert after("waiting", asked) == "asked"
    for state, code in (
        ("recognized", "already_recognized"),
        ("withdrawn", "withdrawn_by_her"),
        ("asked", "waits_for_worker"),
        ("draft", "waits_for_worker"),
    ):
        assert code_of(after, state, yes) == code
    assert code_of(after, "waiting", yes, yes) == "second_person_needed"


def test_a_question_is_answered_and_a_refusal_appealed_once() -> None:
    def after(state: str, *, appeal: bool, before: bool = False) -> str:
        return reviewing.state_after_reply(state, is_appeal=appeal, has_appealed=before)

    assert after("asked", appeal=False) == "waiting"
    assert after("asked", appeal=False, before=True) == "appealed"
    assert after("refused", appeal=True) == after("revoked", appeal=True) == "appealed"
    for state, appeal, before, code in (
        ("refused", True, True, "already_appealed"),
        ("refused", False, False, "nothing_to_answer"),
        ("asked", True, False, "nothing_to_answer"),
        ("waiting", False, False, "nothing_to_answer"),
    ):
        with pytest.raises(RuleBroken) as caught:
            after(state, appeal=appeal, before=before)
        assert caught.value.code == code
    assert code_of(reviewing.check_round, 1, 2) == "changed_meanwhile"
    assert code_of(reviewing.check_round, 2, 2) == ""
    assert code_of(reviewing.check_withdrawal, "recognized") == "recognized_stays"
    assert code_of(reviewing.check_withdrawal, "refused") == "nothing_to_withdraw"
    assert code_of(reviewing.check_withdrawal, "waiting") == ""


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from(["accept", "ask", "refuse"]), st.sampled_from([HOURS, MODULE])),
        max_size=8,
    )
)
def test_recognized_means_that_two_people_said_the_same_last(said: list[tuple[int, str, Worth]]) -> None:
    opinions = [Opinion(by, outcome, worth if outcome == "accept" else None) for by, outcome, worth in said]
    pair = reviewing.agreed(opinions)
    last = {each.by: each for each in opinions}
    yes = [each.worth for each in last.values() if each.outcome == "accept"]
    assert (pair is not None) == any(yes.count(worth) > 1 for worth in yes)
    if pair is not None:
        assert pair[0] != pair[1]
        assert last[pair[0]].worth == last[pair[1]].worth


# Tables


def table(*rows: dict[str, str]) -> tuple[list[Wanted], list[str]]:
    """Return what rows ask for, and their faults."""
    whole = {"email": "ana@x.example", "title": "Course", "issuer": "School", "learned_on": "2024-06-01"}
    made = [TableRow(number, {**whole, **row}) for number, row in enumerate(rows, 2)]
    wanted, faults = importing.read_rows(made, KNOWN, TODAY)
    return wanted, [str(fault) for fault in faults]


def test_a_row_is_read() -> None:
    ((row,), faults) = table(
        {
            "phone": "(213) 555-0142", "person": "0123", "from": "05/01/2024", "hours": "7,5", "kind": "Work Paid",
            "module": "Outreach", "competencies": "communication; chw-core/outreach", "language": "ES",
            "reference": "A 1", "recognized_by": "The consortium", "note": "Kept",
        }
    )  # fmt: skip
    assert faults == []
    assert row.contacts == (("person", "0123"), ("email", "ana@x.example"), ("phone", "+12135550142"))
    assert row.told == Told(
        "Course", "experience-paid", "School", LEARNED, date(2024, 5, 1), 450, "outreach", "work-paid",
        ("chw-core/communication", "chw-core/outreach"), "es", "Kept", "A 1",
    )  # fmt: skip
    assert row.worth == MODULE


def test_a_module_that_is_not_known_waits_as_evidence() -> None:
    ((row,), faults) = table({"module": "Health 101", "hours": "3", "recognized_by": "X", "note": "n"})
    assert faults == []
    assert (row.told.module_key, row.told.note) == (None, "n\nModule: Health 101")
    assert row.worth == Worth(LEARNED, None, "class", 180)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"email": ""}, "person: name her by person, email or phone"),
        ({"email": "nonsense"}, "email: 'nonsense' is none"),
        ({"phone": "12"}, "phone: '12' is none"),
        ({"learned_on": ""}, "learned_on: write the last day, as 2026-07-31"),
        ({"learned_on": "soon"}, "learned_on: 'soon' is not a date; write it as 2026-07-31"),
        ({"learned_on": "", "until": "2027-01-01"}, "learned_on: the day has not been yet"),
        ({"hours": "many"}, "hours: 'many' is not a number; write it as 40 or 7.5"),
        ({"kind": "nap"}, "kind: 'nap' is not known; use course"),
        ({"competencies": "nap"}, "competencies: 'nap' is not known; use chw-core/communication"),
        ({"competencies": "outreach"}, "competencies: 'outreach' is not known"),
        ({"title": ""}, "title: write what it was"),
        ({"title": "x" * 201}, "title, issuer: at most 200 letters"),
        ({"language": "fr"}, "language: use en, es, to or sm"),
        ({"from": "2024-06-01", "hours": "17"}, "hours: more than 16 hours a day between the two days"),
    ],
)
def test_each_fault_of_a_row_is_told(row: dict[str, str], fault: str) -> None:
    wanted, faults = table(row)
    if "outreach" in row.get("competencies", ""):
        assert wanted == []
    assert wanted == []
    assert any(each.startswith(f"row 2: {fault}") for each in faults), faults


def test_every_rule_of_telling_has_words_for_a_table() -> None:
    said = set(tables._SENTENCES)
    assert said >= {"title_empty", "issuer_empty", "line_too_long", "note_too_long", "reference_too_long"}
    assert said >= {"day_to_come", "day_long_ago", "days_turned", "hours_range", "hours_more_than_days"}


@pytest.mark.parametrize("tag", TAGS)
def test_every_fault_of_a_row_is_told_in_every_language(app: Flask, tag: str) -> None:
    values = {"typed": "x" * 100, "known": "course, other", "most": 9, "hours": 16, "column": "title"}
    columns = set(map(str, messages.COLUMN_NAMES.values()))
    with app.test_request_context(headers={"Accept-Language": tag}):
        for code in tables._SENTENCES:
            found = tables.fault(7, code, **values)
            assert tables.fault_of(7, json.loads(json.dumps(tables.fault_json(found)))) == found
            said = messages.problem(found)
            assert said.startswith(f"{messages.COLUMN_NAMES['title']}: ")
            assert "%(" not in said and "x" * 61 not in said
            assert said != found.message
        assert len(columns) == len(messages.COLUMN_NAMES)
        for column, name in messages.COLUMN_NAMES.items():
            known = {name: name for name in (*tables.COLUMNS, tables.REASON)} | tables.column_names()
            assert known[fold_header(str(name))] == column


def test_no_name_of_a_column_is_that_of_another() -> None:
    listed = [name for names in tables._HEADERS.values() for name in names.split(", ")]
    assert len(listed) == len(set(listed))
    assert not set(tables.column_names()) & {*tables.COLUMNS, tables.REASON}
    assert all(fold_header(name) == name for name in tables.column_names())


@pytest.mark.parametrize("tag", TAGS)
def test_what_is_wrong_with_a_file_is_told_with_its_columns_by_name(app: Flask, tag: str) -> None:
    with app.test_request_context(headers={"Accept-Language": tag}), pytest.raises(BadInput) as caught:
        tables.read_records(b"title,nonsense\n")
    with app.test_request_context(headers={"Accept-Language": tag}):
        unknown, missing = (messages.problem(each) for each in caught.value.problems if isinstance(each, RowProblem))
        assert "nonsense" in unknown and str(messages.COLUMN_NAMES["learned_on"]) in unknown
        assert "learned_on" not in unknown
        assert str(messages.COLUMN_NAMES["issuer"]) in missing


def test_rows_are_the_same_by_their_reference_or_by_their_words() -> None:
    wanted, _ = table({}, {"title": " COURSE "}, {"hours": "3"}, {"reference": "A"}, {"reference": "a", "hours": "9"})
    keys = [each.key for each in wanted]
    assert keys[0] == keys[1] != keys[2]
    assert keys[3] == keys[4] != keys[0]


def test_a_row_names_exactly_one_person() -> None:
    wanted, _ = table({"phone": "2135550142"}, {"email": "two@x.example"}, {"email": "none@x.example"})
    people = {("phone", "+12135550142"): [7], ("email", "two@x.example"): [1, 2]}
    found, faults = importing.find_people(wanted, people)
    assert found == {2: 7}
    assert [str(each) for each in faults] == [
        "row 3: email: 'two@x.example': several people share this; name her by another column",
        "row 4: email: 'none@x.example': nobody is known by this",
    ]


def test_a_plan_writes_each_row_once() -> None:
    wanted, _ = table({"recognized_by": "X", "hours": "2"}, {"hours": "2"}, {"reference": "A"}, {"title": "Other"})
    people = {2: 1, 3: 1, 4: 1, 5: 2}
    plan = importing.plan_import(wanted, people, {(1, wanted[2].key): wanted[3].told}, {2: 100}, deciders=[9])
    assert [(each.person_id, each.wanted.row, each.worth) for each in plan.entries] == [
        (1, 2, Worth(LEARNED, None, "class", 120))
    ]
    assert [each.message for each in plan.problems] == [
        "reference: 'A' is recorded with other words or days",
        "she has 100 entries, and no more are kept",
    ]
    assert plan.unchanged == 1
    assert plan.problems == (
        tables.fault(4, "reference_taken", column="reference", typed="A"),
        tables.fault(5, "record_full", most=100),
    )
    waits = importing.plan_import(wanted[:1], people, {}, {}, deciders=[1])
    assert waits.entries == (Entry(1, wanted[0]),), "nobody decides about herself"
    assert importing.plan_import(wanted[:1], people, {}, {}).entries[0].worth is None


@pytest.mark.parametrize(
    ("row", "worth"),
    [
        ({"hours": "2"}, None),
        ({"recognized_by": "X"}, None),
        ({"recognized_by": "X", "hours": "2", "kind": "other"}, None),
        ({"recognized_by": "X", "hours": "2", "kind": "practicum"}, Worth(LEARNED, None, "practicum", 120)),
    ],
)
def test_only_what_was_recognized_before_and_is_plain_counts_at_once(row: dict[str, str], worth: Worth | None) -> None:
    ((found,), _) = table(row)
    assert found.worth == worth


# ── Yearly hours ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "asked"),
    [(date(2021, 12, 31), None), (date(2022, 1, 1), 360), (date(2026, 7, 1), 360), (date(2030, 1, 1), 480)],
)
def test_what_is_asked_of_a_year_is_dated(day: date, asked: int | None) -> None:
    known = (*RULES, YearlyRule(date(2030, 1, 1), 480, "invented"))
    year = year_of(day, known)
    assert (year.asked if year else None) == asked
    assert year is None or (year.first, year.last) == (date(day.year, 1, 1), date(day.year, 12, 31))


def test_every_rule_of_a_year_names_its_source() -> None:
    assert all("https://" in rule.source and rule.minutes > 0 for rule in RULES)


def test_more_hours_than_asked_leave_none() -> None:
    year = Year(date(2026, 1, 1), date(2026, 12, 31), 360)
    assert [YearlyHours(1, year, here, 100).left for here in (0, 260, 900)] == [260, 0, 0]
