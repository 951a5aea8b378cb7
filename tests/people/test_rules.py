"""Decisions about people: names, contacts, tokens, passwords, sessions, proofs, roles."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people import rules
from lms.people.rules import BadName, ContactFacts, Guard, Identifier
from lms.people.rules.sessions import GUESSES_IN_A_ROW

AT = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
YEAR = timedelta(days=365)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana   Mari\u0301a \t Lo\u0301pez ", "Ana Mar\u00eda L\u00f3pez"),
        ("O'Brien", "O'Brien"),
        ("Fa\u02bbafetai Mata\u02bbutia", "Fa\u02bbafetai Mata\u02bbutia"),
        ("d\u2019Angelo", "d\u2019Angelo"),
        ("Kalolaine\u0101 \u02bbOfa", "Kalolaine\u0101 \u02bbOfa"),
        ("\u0645\u06cc\u200c\u0646\u0627", "\u0645\u06cc\u200c\u0646\u0627"),
        ("<b>Ana</b>", "<b>Ana</b>"),
        ("\u202aAna L\u00f3pez\u202c", "Ana L\u00f3pez"),
        (" \u2068 Mata\u02bbutia \u2069\u200e ", "Mata\u02bbutia"),
    ],
)
def test_a_name_stays_as_typed(typed: str, kept: str) -> None:
    assert rules.normal_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name_empty"),
        (" \u00a0 ", "name_empty"),
        ("123 !", "name_empty"),
        ("a" * 201, "name_too_long"),
        ("Ana\x00", "name_characters"),
        ("Ana\u202eanA", "name_characters"),
        ("Ana\ufeffLo", "name_characters"),
        ("Ana\u200bLo", "name_characters"),
        ("\u202a\u202c", "name_empty"),
    ],
)
def test_a_bad_name_is_refused(typed: str, code: str) -> None:
    with pytest.raises(BadName) as caught:
        rules.normal_name(typed)
    assert caught.value.code == code


def test_the_longest_name_is_kept() -> None:
    assert rules.normal_name("\u0101" * 200) == "\u0101" * 200


@pytest.mark.parametrize(
    "spelling",
    [
        "Fa\u02bbafetai Mata\u02bbutia",
        "Fa'afetai Mata'utia",
        "FA\u2018AFETAI  MATA\u2019UTIA",
        "faafetai matautia",
        "Fa`afetai Mata\u02bcutia",
        "Fa\u00b4afetai Mata\u02b9utia",
        "Fa\u02bdafetai Mata\u1fbdutia",
        "Fa\ua78cafetai Mata\u0294utia",
        "Fa\u201bafetai Mata\u2032utia",
        "\u202aFa\u02bbafetai\u00a0Mata\u200butia\u202c",
        "Fa\u0101fetai Mata\u016btia".replace("a\u0101", "\u0101a"),
    ],
)
def test_spellings_of_one_name_have_one_key(spelling: str) -> None:
    assert rules.search_key(spelling) == "faafetai matautia"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Jos\u00e9-Mar\u00eda \u00d1and\u00fa", "jose maria nandu"),
        ("\u0141ukasz \u0110or\u0111e", "lukasz dorde"),
        ("Gro\u00df", "gross"),
        ("\uff21na", "ana"),
        ("Nguy\u1ec5n V\u0103n 2", "nguyen van 2"),
        ("\u9648\u5c0f\u660e", "\u9648\u5c0f\u660e"),
    ],
)
def test_a_key_folds_accents_case_and_width(name: str, key: str) -> None:
    assert rules.search_key(name) == key


@given(st.text(max_size=60))
def test_a_key_does_not_depend_on_composition_or_case(text: str) -> None:
    key = rules.search_key(text)
    assert rules.search_key(unicodedata.normalize("NFD", text)) == key
    assert rules.search_key(key) == key


@pytest.mark.parametrize(
    "typed",
    [
        "ana@x.org",
        "\u202aana@x.org\u202c",
        "ana@\u200bx.org",
        " ana@x.org ",
        "ANA@X.ORG",
        "\uff41\uff4e\uff41@\uff58.org",
    ],
)
def test_an_email_has_one_spelling(typed: str) -> None:
    assert rules.normal_email(typed) == "ana@x.org"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ana",
        "ana@x",
        "@x.org",
        "ana@",
        "a@b@c.org",
        "ana@x..org",
        "ana@.x.org",
        "ana@-x.org",
        "ana@x.org.",
        "ana@x.org\nbcc: b@y.org",
        "ana @x.org",
        "Ana <ana@x.org>",
        "a" * 65 + "@x.org",
        "ana@" + "x" * 250 + ".org",
    ],
)
def test_what_is_no_email(typed: str) -> None:
    assert rules.normal_email(typed) is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("(213) 555-0142", "+12135550142"),
        ("213.555.0142", "+12135550142"),
        ("213 555\u20110142", "+12135550142"),
        ("1-213-555-0142", "+12135550142"),
        ("+1 213 555 0142", "+12135550142"),
        ("+676 771 2345", "+6767712345"),
        ("+52 (55) 1234-5678", "+525512345678"),
        ("\uff12\uff11\uff13 555 0142", "+12135550142"),
        ("\u202a(213)\u00a0555-0142\u202c", "+12135550142"),
        ("\u20681\u202f213\u2007555\u20070142\u2069", "+12135550142"),
        ("\u200e+1\u00a0(213)\u00a0555\u20140142", "+12135550142"),
        ("+ 1 213 555 0142", "+12135550142"),
        ("(+1) 213 555 0142", "+12135550142"),
        ("213\u00b7555\u00b70142", "+12135550142"),
        ("213\u2212555\u22120142", "+12135550142"),
        ("213 555 0142 x3", "+12135550142"),
        ("(213) 555-0142 ext. 27", "+12135550142"),
        ("213.555.0142, Ext 27", "+12135550142"),
        ("213-555-0142 extensi\u00f3n 27", "+12135550142"),
        ("213-555-0142 extensio\u0301n 27", "+12135550142"),
        ("213-555-0142 anexo 27", "+12135550142"),
        ("213 555 0142 #27", "+12135550142"),
        ("tel:+1-213-555-0142;ext=27", "+12135550142"),
        ("Tel. 213 555 0142", "+12135550142"),
        ("Cell: (213) 555-0142", "+12135550142"),
        ("mobile 213 555 0142", "+12135550142"),
    ],
)
def test_a_phone_number_has_one_spelling(typed: str, number: str) -> None:
    assert rules.normal_phone(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ana",
        "555-0142",
        "113 555 0142",
        "+0123456789",
        "+1234",
        "+" + "9" * 16,
        "ext. 3",
        "213 555 0142 ext",
        "x3 213 555 0142",
        "tel: ana",
        "()",
        "+",
        "++1 213 555 0142",
        "\u202a\u202c",
    ],
)
def test_what_is_no_phone_number(typed: str) -> None:
    assert rules.normal_phone(typed) is None


_UNSEEN = "\u200e\u200f\u200b\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
_BETWEEN = (" ", "\u00a0", "\u202f", "\u2009", ".", "-", "\u2011", "\u2013", "\u00b7", "/", " (", ") ", "")
_BEHIND = ("", " ext. 5", " x12", " EXT 9", "#7", ", extension 300", ";ext=5", " Ext.:\u00a05")


@given(
    area=st.from_regex(r"[2-9][0-9]{2}", fullmatch=True, alphabet="0123456789"),
    rest=st.from_regex(r"[0-9]{7}", fullmatch=True, alphabet="0123456789"),
    before=st.sampled_from(["", "1", "+1", "(+1)", "+ 1", "tel:", "tel:+1"]),
    first=st.sampled_from(["", " ", "(", "\u00a0", " ("]),
    between=st.lists(st.sampled_from(_BETWEEN), min_size=2, max_size=2),
    behind=st.sampled_from(_BEHIND),
    unseen=st.lists(st.tuples(st.sampled_from(_UNSEEN), st.integers(0, 60)), max_size=6),
)
def test_however_a_number_was_copied_it_is_the_same_number(
    area: str,
    rest: str,
    before: str,
    first: str,
    between: list[str],
    behind: str,
    unseen: list[tuple[str, int]],
) -> None:
    typed = before + first + area + between[0] + rest[:3] + between[1] + rest[3:] + behind
    for mark, place in unseen:
        typed = typed[:place] + mark + typed[place:]
    assert rules.normal_phone(typed) == f"+1{area}{rest}"
    assert rules.normal_identifier(f" {typed}\n") == Identifier("phone", f"+1{area}{rest}")


@given(st.text(alphabet="0123456789+()-. x#ext\u00a0\u202a\u2069", max_size=30))
def test_a_number_that_was_read_reads_as_itself(typed: str) -> None:
    found = rules.normal_phone(typed)
    assert found is None or rules.normal_phone(found) == found == rules.normal_phone(rules.shown_contact(found))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("+12135550142", "(213) 555-0142"),
        ("+6762312345", "+6762312345"),
        ("+121355501", "+121355501"),
        ("ana@x.org", "ana@x.org"),
    ],
)
def test_a_contact_is_shown_as_people_write_it(value: str, shown: str) -> None:
    assert rules.shown_contact(value) == shown


def test_an_identifier_is_an_email_a_phone_or_nothing() -> None:
    assert rules.normal_identifier("Ana@x.org") == Identifier("email", "ana@x.org")
    assert rules.normal_identifier("ana\uff20x.org") == Identifier("email", "ana@x.org")
    assert rules.normal_identifier("213 555 0142") == Identifier("phone", "+12135550142")
    assert rules.normal_identifier("ana") is None
    assert rules.normal_identifier("ana@") is None


def test_only_a_token_made_here_opens_its_link() -> None:
    name = "0123456789abcdefghjk"
    token = rules.link_token("key", name)
    assert rules.link_of_token("key", token) == name
    assert rules.link_of_token("other key", token) is None
    assert rules.link_of_token("key", token[:-1]) is None
    assert rules.link_of_token("key", token + "0") is None
    assert rules.link_of_token("key", name) is None
    assert rules.link_of_token("key", "\u02bb" * 60) is None
    assert rules.link_of_token("key", token[:-1] + ("0" if token[-1] != "0" else "1")) is None


def test_a_code_has_six_digits_and_depends_on_key_and_name() -> None:
    codes = {rules.code_digits("key", str(number)) for number in range(200)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 190
    assert rules.code_digits("key", "a") != rules.code_digits("other", "a")


def test_spare_codes_are_eight_and_read_however_typed() -> None:
    codes = rules.new_spare_codes()
    assert len(set(codes)) == len(codes) == 8
    assert all(len(code) == 11 and code[5] == "-" for code in codes)
    assert rules.spare_code_hash("ab3de-fgh1j") == rules.spare_code_hash(" AB3DE fgh1j ")
    assert rules.spare_code_hash(codes[0]) != rules.spare_code_hash(codes[1])


def test_a_bucket_names_nobody_and_keeps_kinds_apart() -> None:
    assert rules.bucket("key", "identifier", "a") != rules.bucket("key", "address", "a")
    assert rules.bucket("key", "a", "b") == rules.bucket("key", "a", "b")
    assert len(rules.bucket("key", "a", "b")) == 64
    assert len(rules.token_hash("x")) == 64


OWN = ["Salesi Tupou", "salesi.tupou@helping.example", "+12135550142"]


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("a long enough passphrase", None),
        ("Salesi loves ripe mangoes", None),
        ("fourteen chars", "password_too_short"),
        ("mango fifteen c", None),
        ("Password12345!!", "password_easy"),
        ("P@ssw0rd P@ssw0rd1", "password_easy"),
        ("contrase\u00f1a12345678", "password_easy"),
        ("qwertyuiopasdfg", "password_easy"),
        ("poiuytrewqlkjhg", "password_easy"),
        ("123456789012345", "password_easy"),
        ("aaaaaaaaaaaaaaaa", "password_easy"),
        ("abcabcabcabcabcab", "password_easy"),
        ("Salesi Tupou 2024", "password_easy"),
        ("tupou.salesi@helping", "password_easy"),
        ("+1 213 555 0142 !", "password_easy"),
        ("iloveyou iloveyou", "password_easy"),
        ("\U0001f600" * 16, "password_easy"),
        ("\U0001f600\U0001f60e\U0001f389\U0001f33a\U0001f30a\U0001f334\U0001f34d\U0001f965" * 2, None),
        ("mango with a\x00 null byte", "password_characters"),
        ("mango with a\nnew line", "password_characters"),
        ("mango river seven " * 15, "password_too_long"),
    ],
)
def test_which_passwords_are_good_enough(password: str, fault: str | None) -> None:
    assert rules.password_fault(password, has_second_factor=False, own_words=OWN) == fault


def test_a_length_is_what_a_keyboard_composes() -> None:
    fifteen = "man\u0303ana de mango"
    assert len(fifteen) == 16
    assert not rules.is_short(fifteen)
    assert rules.is_short("man\u0303ana de mang")
    assert not rules.is_short("mango7rk", has_second_factor=True)


def test_eight_characters_are_enough_beside_a_second_factor() -> None:
    assert rules.password_fault("mango7rk", has_second_factor=True, own_words=OWN) is None
    assert rules.password_fault("mango7r", has_second_factor=True, own_words=OWN) == "password_too_short"
    assert rules.password_fault("sunshine", has_second_factor=True, own_words=OWN) == "password_easy"
    assert (rules.shortest(has_second_factor=True), rules.shortest(has_second_factor=False)) == (8, 15)


def test_a_password_of_128_characters_is_kept_with_its_letters() -> None:
    long = ("\u0101\u02bb\u00f1 mango river " * 10)[:128]
    assert rules.password_fault(long, has_second_factor=False, own_words=[]) is None
    hashed = rules.hash_password(long)
    assert rules.password_matches(hashed, long)
    assert not rules.password_matches(hashed, long[:-1])


def test_a_password_matches_however_a_keyboard_composes_it() -> None:
    hashed = rules.hash_password("ma\u00f1ana \u0101 mango river")
    assert rules.password_matches(hashed, "man\u0303ana a\u0304 mango river")
    assert not rules.password_matches(hashed, "manana a mango river")
    assert not rules.password_matches(None, "\0nobody")
    assert not rules.password_matches("no hash", "x")


@pytest.mark.usefixtures("production_hashes")
def test_hashes_follow_owasp_and_older_ones_are_noticed() -> None:
    hashed = rules.hash_password("mango river seven")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not rules.needs_new_hash(hashed)
    assert rules.needs_new_hash(hashed.replace("t=2", "t=1"))


@pytest.mark.parametrize(
    ("recent", "in_a_row", "from_address", "allowed"),
    [
        (9, 99, 29, True),
        (10, 10, 0, False),
        (0, GUESSES_IN_A_ROW, 0, False),
        (0, 0, 30, False),
    ],
)
def test_guesses_have_bounds(recent: int, in_a_row: int, from_address: int, allowed: bool) -> None:
    assert rules.may_guess(recent=recent, in_a_row=in_a_row, from_address=from_address) is allowed


def test_a_guard_counts_the_address_only_where_there_is_one() -> None:
    assert Guard("a", "b").buckets == ("a", "b")
    assert Guard("a").buckets == ("a",)


@pytest.mark.parametrize(
    ("is_staff", "since", "seen", "lives"),
    [
        (True, timedelta(hours=2), timedelta(hours=1), True),
        (True, timedelta(hours=2), timedelta(hours=1, seconds=1), False),
        (True, timedelta(hours=24), timedelta(0), True),
        (True, timedelta(hours=24, seconds=1), timedelta(0), False),
        (False, timedelta(days=2), timedelta(hours=12), True),
        (False, timedelta(days=2), timedelta(hours=12, seconds=1), False),
        (False, timedelta(days=14), timedelta(0), True),
        (False, timedelta(days=14, seconds=1), timedelta(0), False),
    ],
)
def test_sessions_end_by_rest_and_by_age(is_staff: bool, since: timedelta, seen: timedelta, lives: bool) -> None:
    assert rules.session_lives(since=AT - since, seen=AT - seen, at=AT, is_staff=is_staff) is lives


def test_a_session_is_touched_once_a_minute() -> None:
    assert not rules.needs_touch(seen=AT - timedelta(seconds=59), at=AT)
    assert rules.needs_touch(seen=AT - timedelta(seconds=60), at=AT)


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (None, "unknown"),
        ("x", "unknown"),
    ],
)
def test_an_ipv6_house_is_one_address(address: str | None, group: str) -> None:
    assert rules.address_group(address) == group


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari, iPhone"),
        ("curl/8", "?"),
        ("<script>", "?"),
    ],
)
def test_a_device_is_called_by_two_known_words(agent: str, label: str) -> None:
    assert rules.device_label(agent) == label


def _facts(**changes: object) -> ContactFacts:
    usual: dict[str, object] = {"kind": "phone", "is_work": False, "added_at": AT - YEAR, "confirmed_at": AT - YEAR}
    return ContactFacts(**{**usual, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "sharers", "enough"),
    [
        (_facts(), 1, True),
        (_facts(), 2, False),
        (_facts(confirmed_at=None), 1, False),
        (_facts(confirmed_at=AT - YEAR - timedelta(seconds=1)), 1, False),
        (_facts(kind="email", confirmed_at=AT - 3 * YEAR), 1, True),
        (_facts(added_at=AT - timedelta(days=6), confirmed_at=AT, replaced=True), 1, False),
        (_facts(added_at=AT - timedelta(days=7), confirmed_at=AT, replaced=True), 1, True),
        (_facts(added_at=AT, confirmed_at=AT), 1, True),
    ],
)
def test_when_a_contact_alone_is_proof(facts: ContactFacts, sharers: int, enough: bool) -> None:
    assert rules.stands_alone(facts, sharers=sharers, has_left=False, at=AT) is enough


@pytest.mark.parametrize(
    ("facts", "sharers", "is_staff", "allowed"),
    [
        (_facts(), 1, False, True),
        (_facts(), 1, True, False),
        (_facts(), 2, False, False),
        (_facts(kind="email"), 1, True, True),
        (_facts(kind="email", confirmed_at=None), 1, False, True),
        (_facts(kind="email", confirmed_at=None), 2, False, False),
        (_facts(kind="phone", confirmed_at=None), 1, False, False),
    ],
)
def test_which_contacts_may_reset_a_password(facts: ContactFacts, sharers: int, is_staff: bool, allowed: bool) -> None:
    assert rules.may_reset_by(facts, sharers=sharers, is_staff=is_staff, has_left=False, at=AT) is allowed


def test_a_work_contact_proves_nothing_after_the_work_or_after_a_year() -> None:
    work, late = _facts(kind="email", is_work=True), _facts(kind="email", is_work=True, confirmed_at=AT - 2 * YEAR)
    rule = {"sharers": 1, "at": AT}
    assert rules.stands_alone(work, has_left=False, **rule)
    assert not rules.stands_alone(work, has_left=True, **rule)
    assert not rules.stands_alone(late, has_left=False, **rule)
    assert rules.stands_alone(_facts(kind="email"), has_left=True, **rule)
    unproven = _facts(kind="email", is_work=True, confirmed_at=None)
    for facts in (work, unproven):
        assert rules.may_reset_by(facts, is_staff=False, has_left=False, **rule)
        assert not rules.may_reset_by(facts, is_staff=False, has_left=True, **rule)


@pytest.mark.parametrize(("sent", "place", "may"), [(4, 29, True), (5, 0, False), (0, 30, False)])
def test_letters_have_bounds(sent: int, place: int, may: bool) -> None:
    assert rules.may_send_letter(sent=sent, from_address=place) is may


def test_a_personal_contact_is_missed_while_all_belong_to_work() -> None:
    assert rules.needs_personal_contact([])
    assert rules.needs_personal_contact([_facts(is_work=True)])
    assert not rules.needs_personal_contact([_facts(is_work=True), _facts()])


def test_neither_owner_nor_requester_vouches() -> None:
    assert rules.may_vouch(owner=1, requester=2, voucher=3)
    assert not rules.may_vouch(owner=1, requester=2, voucher=2)
    assert not rules.may_vouch(owner=1, requester=2, voucher=1)


def test_a_time_based_code_works_once_and_one_step_aside() -> None:
    secret = rules.new_secret()
    codes, step = pyotp.TOTP(secret), int(AT.timestamp()) // 30
    for offset in (-1, 0, 1):
        code = codes.at(AT + timedelta(seconds=30 * offset))
        assert rules.find_step(secret, code, used=None, at=AT) == step + offset
        assert rules.find_step(secret, code, used=step + offset, at=AT) is None
        assert rules.find_step(secret, code, used=step + offset - 1, at=AT) == step + offset
    assert rules.find_step(secret, f" {codes.at(AT)[:3]} {codes.at(AT)[3:]} ", used=None, at=AT) == step
    assert rules.find_step(secret, codes.at(AT + timedelta(seconds=60)), used=None, at=AT) is None
    assert rules.find_step(secret, "", used=None, at=AT) is None
    assert rules.find_step(secret, "\u0661\u0662\u0663\u0664\u0665\u0666", used=None, at=AT) is None


def test_the_app_learns_name_and_site() -> None:
    address = rules.setup_address("ABCD" * 8, "Fa\u02bbafetai", "training.example")
    assert address.startswith("otpauth://totp/training.example:Fa%CA%BBafetai?secret=ABCDABCD")


@pytest.mark.parametrize(
    ("role", "giver", "language", "organization_id", "fault"),
    [
        ("certifier", 1, None, None, None),
        ("administrator", None, None, None, None),
        ("certifier", 2, None, None, "role_to_oneself"),
        ("supervisor", 1, None, None, "role_unknown"),
        ("worker", 1, None, None, "role_unknown"),
        ("", 1, None, None, "role_unknown"),
        ("translator", 1, None, None, "role_needs_language"),
        ("translator", 1, "to", None, None),
        ("viewer", 1, None, None, "role_needs_department"),
        ("viewer", 1, None, 7, None),
    ],
)
def test_which_roles_can_be_given(
    role: str, giver: int | None, language: str | None, organization_id: int | None, fault: str | None
) -> None:
    found = rules.grant_fault(role, giver=giver, receiver=2, language=language, organization_id=organization_id)
    assert found == fault


def test_the_last_administrator_stays() -> None:
    assert rules.leaves_nobody("administrator", 0)
    assert not rules.leaves_nobody("administrator", 1)
    assert not rules.leaves_nobody("certifier", 0)
