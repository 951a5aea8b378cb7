"""Sound files: kind and length by their bytes, nothing of who made them, and nothing that hostile bytes can do."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.errors import RuleBroken
from lms.sounds import EXTENSIONS, read_sound
from lms.sounds.ogg import _sum_of
from tests.sounds.made import box, mp3, mp4, ogg, real_mp3, webm

MOST = 2_000_000


def code_of(content: bytes, most: int = MOST) -> str:
    """Return the code of the refusal."""
    with pytest.raises(RuleBroken) as refused:
        read_sound(content, most)
    return refused.value.code


@pytest.mark.parametrize(
    ("content", "media_type", "seconds"),
    [
        (mp3(50), "audio/mpeg", 2),
        (mp3(28, tag=b"My kitchen"), "audio/mpeg", 2),
        (ogg(2), "audio/ogg", 2),
        (ogg(0.1), "audio/ogg", 1),
        (webm(2), "audio/webm", 2),
        (webm(61), "audio/webm", 61),
        (mp4(2), "audio/mp4", 2),
        (mp4(90, version=1), "audio/mp4", 90),
        (mp4(4, fragments=2), "audio/mp4", 4),
        (mp4(9, fragments=3, codec=b"Opus"), "audio/mp4", 9),
    ],
)
def test_kind_and_length_come_from_the_bytes(content: bytes, media_type: str, seconds: int) -> None:
    found = read_sound(content, MOST)
    assert (found.media_type, found.seconds) == (media_type, seconds)
    assert media_type in EXTENSIONS


def test_a_shipped_file_is_as_long_as_it_sounds() -> None:
    found = read_sound(real_mp3(), 300_000)
    assert found.media_type == "audio/mpeg"
    assert found.seconds == -(-len(found.content) // 3000)  # 24 kbit a second


@pytest.mark.parametrize(
    "content",
    [mp3(9, tag=b"My kitchen"), ogg(), webm(tag=b"My kitchen"), webm(tag=b"My kitchen" * 20), mp4(told=b"My kitchen")],
)
def test_what_is_kept_does_not_say_where_it_was_recorded(content: bytes) -> None:
    assert b"My kitchen" in content
    found = read_sound(content, MOST)
    assert b"My kitchen" not in found.content
    assert read_sound(found.content, MOST) == found


def test_tags_behind_an_mp3_go_too() -> None:
    plain = mp3(9)
    for behind in (b"TAG" + b"x" * 125, b"APETAGEX....", b"\0" * 30, mp3(1)[:100]):
        assert read_sound(plain + behind, MOST).content == plain


def test_the_page_without_comments_carries_its_own_sum() -> None:
    found = read_sound(ogg(), MOST).content
    start = found.index(b"OggS", 4)
    page = bytearray(found[start : found.index(b"OggS", start + 4)])
    said = int.from_bytes(page[22:26], "little")
    page[22:26] = bytes(4)
    assert _sum_of(bytes(page)) == said
    assert _sum_of(b"123456789") == 0x89A1897F  # a CRC of this polynomial, begun with zeros


@pytest.mark.parametrize("size", range(1, 40))
def test_any_tag_of_a_webm_file_can_be_blanked(size: int) -> None:
    assert read_sound(webm(tag=b"T" * size), MOST).seconds == 2


@pytest.mark.parametrize(
    "content",
    [
        mp3(2),
        mp3(9) + b"garbage",
        mp3(9) + b"\xff\xeb\x18\xc0" + bytes(140),
        mp3(9) + b"\xff\xfb\xf8\xc0" + bytes(140),
        mp3(9) + b"\xff\xfb\x1c\xc0" + bytes(140),
        b"ID3\x04",
        ogg()[:-1],
        ogg(0),
        ogg(4000),
        ogg(serial=8),
        ogg(comments=b"PICTURE=" + b"x" * 70_000),
        ogg() + b"more",
        ogg().replace(b"OpusHead", b"\x01vorbis "),
        ogg()[: ogg().index(b"OggS", 4)],
        b"OggS",
        webm(codec=b"V_VP8"),
        webm(kinds=(1, 2)),
        webm()[:40],
        webm()[:-3],
        webm() + b"\0",
        webm(4000),
        webm().replace(b"webm", b"mkva"),
        webm() + bytes.fromhex("2ad7b1") + b"\x10\x00\x01\x00" + b"\xff" * 256,
        webm() + b"\xe7\x10\x00\x01\x00" + b"\xff" * 256,
        webm() + b"\xae\xff\x83\x89" + b"\x02" * 9,
        webm() + b"\x86\x80",
        webm() + bytes.fromhex("428280"),
        mp4(handler=b"vide"),
        mp4(codec=b"avc1"),
        mp4(0),
        mp4(4000),
        mp4()[:-3],
        mp4() + b"\0\0\0\x03free",
        box(b"ftyp", b"M4A "),
        mp4(4, fragments=2)[:-60],
        mp4(4, fragments=2).replace(bytes((0, 0, 3, 5, 0, 0, 0, 2)), bytes((0, 0, 3, 5, 0, 9, 0, 2))),
        box(b"ftyp") + b"".join([(8 * (12 - n)).to_bytes(4, "big") + b"moov" for n in range(12)]),
    ],
)
def test_what_is_no_whole_sound_is_damaged(content: bytes) -> None:
    assert code_of(content) == "sound_damaged"


@pytest.mark.parametrize(
    "content", [b"RIFF....WAVEfmt ", b"<html>", b"%PDF-1.7", b"\xff\xd8\xff\xe0", b"\xff\xfb", b"x"]
)
def test_other_kinds_are_refused(content: bytes) -> None:
    assert code_of(content) == "sound_kind"


def test_empty_and_large_files_are_refused() -> None:
    assert code_of(b"") == "sound_empty"
    assert code_of(mp3(50), 7000) == "sound_too_large"
    assert read_sound(mp3(50), 7200).seconds == 2


WHOLE = [mp3(5, tag=b"Name"), ogg(), webm(tag=b"Name"), mp4(), mp4(4, fragments=2)]


@pytest.mark.parametrize("repeated", [b"\x86\x81A", b"\x86\x80", b"\xa3\x84\x81\0\0\0", bytes.fromhex("427b80")])
def test_many_small_elements_are_refused_soon(repeated: bytes) -> None:
    head = webm()
    content = head + repeated * ((MOST - len(head)) // len(repeated))
    began = time.process_time()
    assert code_of(content) == "sound_damaged"
    assert time.process_time() - began < 3  # half a second where nothing counts and nobody else works


@given(st.data())
def test_spoiled_bytes_are_a_sound_or_a_refusal(data: Any) -> None:
    content = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(1, len(content)))]
    try:
        found = read_sound(bytes(content), MOST)
    except RuleBroken as error:
        assert error.code in {"sound_kind", "sound_damaged"}
    else:
        assert 1 <= found.seconds <= 3600
        assert len(found.content) <= len(content) + 16


@given(
    st.binary(max_size=200),
    st.sampled_from([b"ID3", b"\xff\xfb\x18\xc0", b"OggS", b"\x1aE\xdf\xa3", b"\0\0\0\x10ftyp"]),
)
def test_any_bytes_are_a_sound_or_a_refusal(rest: bytes, head: bytes) -> None:
    try:
        read_sound(head + rest, MOST)
    except RuleBroken as error:
        assert error.code in {"sound_kind", "sound_damaged"}
