"""A file of questions as bytes: what may be read at all, in which format, and what it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lms.assessments.items.asked import Misread, Read
from lms.assessments.rules.exchange.gift_reading import read_gift
from lms.assessments.rules.exchange.xml_reading import read_xml

MAX_BYTES = 5_000_000
FORMATS: Mapping[str, Callable[[str], Read]] = {"gift": read_gift, "moodle-xml": read_xml}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")


def read_questions(data: bytes, form: str) -> Read:
    """Return what a file of the format `form` holds; with faults and nothing else where it cannot be read."""
    try:
        text = _text(data)
        is_xml = text.lstrip().startswith(("<?xml", "<quiz", "<!DOCTYPE"))
        if is_xml and form == "gift":
            raise Misread((1, 1), "this is XML; say --format moodle-xml")
    except Misread as error:
        return Read(faults=[error])
    read = FORMATS[form](text)
    read.faults.sort(key=lambda fault: fault.place)
    read.skipped.sort()
    return read


def _text(data: bytes) -> str:
    """Return the text of a file with its lines ended by one sign; raise `Misread` when it is not plain UTF-8."""
    if len(data) > MAX_BYTES:
        raise Misread((1, 1), f"larger than {MAX_BYTES // 1_000_000} MB")
    if data.startswith(_WIDE):
        raise Misread((1, 1), "this is UTF-16; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        place = (before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        raise Misread(place, "not UTF-8; save it as UTF-8") from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    control = _CONTROL.search(text)
    if control:
        before_it = text[: control.start()]
        place = (before_it.count("\n") + 1, control.start() - before_it.rfind("\n"))
        raise Misread(place, "control characters are not allowed")
    return text
