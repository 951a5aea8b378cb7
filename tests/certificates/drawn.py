"""Payloads made by hand, and the sheets that are drawn from them in the words of `content/`."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Any

import pypdfium2
from ruamel.yaml import YAML

from lms.certificates.jobs.drawing import RENDERINGS, Sheet, sheet_of
from lms.certificates.specs import CertificateSpec
from lms.config import ROOT
from lms.content.library import Words
from lms.content.po import read_po
from lms.content.translations import published_words

ISSUER = "https://training.example.org"
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
SKILLS = (
    ("communication", "Communication", {"es": "Comunicación", "to": "Fetuʻutaki", "sm": "Fesoʻotaʻiga"}),
    ("outreach", "Outreach", {"es": "Alcance comunitario", "to": "Aʻu atu ki he kakai", "sm": "Aʻapa atu"}),
)
TITLES = {
    "completion": {"en": "Core training", "es": "Capacitación esencial", "to": "Ako tefito", "sm": "Aʻoaʻoga autū"},
    "first-steps": {"en": "First steps", "es": "Primeros pasos", "to": "Ngaahi ʻuluaki laka", "sm": "Laʻasaga muamua"},
}


@lru_cache
def spec_of(key: str) -> CertificateSpec:
    """Return a design as `content/` has it."""
    data = YAML(typ="safe").load((ROOT / "content" / "certificates" / f"{key}.yml").read_text(encoding="utf-8"))
    return CertificateSpec.read(data)


@lru_cache
def words_of(key: str, tag: str) -> Words:
    """Return the words of a design in a language."""
    if tag == "en":
        return Words("en")
    entries = read_po((ROOT / "content" / "certificates" / f"{key}.{tag}.po").read_text(encoding="utf-8")).entries
    sentences = {f"{key}.yml:{told.address}": told.english for told in spec_of(key).told()}
    return Words(tag, entries=published_words(sentences, entries))


def code_of(length: int = 330, *, edition: int = 1) -> str:
    """Return the text of a QR code as long as that of a signed one."""
    head = f"{ISSUER.upper()}/V/CHW-7K2M-9QXR-4TBN-D/{edition}#"
    return head + "".join(BASE32[at * at % 32] for at in range(length - len(head)))


def both(titles: dict[str, str], tag: str) -> dict[str, str]:
    """Return a title in English and in one other language."""
    return {each: titles[each] for each in ("en", tag) if each in titles}


def payload_of(key: str = "first-steps", tag: str = "to", name: str = "Sēla Vāʻinga", **changed: Any) -> dict[str, Any]:
    """Return a payload `chw-certificate/2`."""
    spec, words = spec_of(key), words_of(key, tag)
    signers = []
    for number, signer in enumerate(spec.signers, 1):
        said = words.text(f"{key}.yml:signers.{number}", signer.title).text
        signers.append({"name": signer.name, "title": {"en": signer.title, tag: said}})
    no_license = words.text(f"{key}.yml:words.not_a_license", spec.words.not_a_license).text
    skills = [
        {
            "framework": "chw-core",
            "version": "2026-11",
            "code": code,
            "minutes": 90,
            "title": both({"en": title, **own}, tag),
        }
        for code, title, own in SKILLS
    ]
    return {
        "type": "chw-certificate/2",
        "serial": "CHW-7K2M-9QXR-4TBN-D",
        "edition": 1,
        "round": 1,
        "issuer": {"name": "LA County CHW/P/R Consortium", "url": ISSUER, "provider_number": "CE-0001"},
        "awarded_at": "2026-11-29T06:10:00Z",
        "frozen_at": "2026-11-29T06:10:00Z",
        "name": name,
        "language": tag,
        "track": {"key": key, "revision": "ab" * 32, "title": both(TITLES[key], tag)},
        "competencies": skills,
        "minutes": {"class": 900, "practicum": 600, "supervised": 330},
        "language_of_instruction": "to+en",
        "level": {"key": "core", "title": {"en": "Core"}},
        "started_on": "2026-09-01",
        "completed_on": "2026-11-20",
        "awarded_on": "2026-11-29",
        "valid_until": "2028-11-29",
        "signers": signers,
        "disclaimers": {"en": spec.words.not_a_license, tag: no_license},
        "template": key,
        "content": {"publication": 3, "revisions": {"track": "ab" * 32}},
        "demonstration": False,
        **changed,
    }


def sheet_from(payload: dict[str, Any], kind: str = "pdf", *, words: Words | None = None, code: str = "") -> Sheet:
    """Return the sheet of a payload in one of the renderings."""
    key = payload["template"]
    return sheet_of(
        payload,
        payload_sha256=hashlib.sha256(repr(payload).encode()).hexdigest(),
        spec=spec_of(key),
        words=words or words_of(key, payload["language"]),
        rendering=RENDERINGS[kind],
        code=code or code_of(edition=payload["edition"]),
        verify_page="training.example.org/verify",
    )


def sheet(
    key: str = "first-steps", tag: str = "to", name: str = "Sēla Vāʻinga", kind: str = "pdf", **changed: Any
) -> Sheet:
    """Return a sheet to draw."""
    return sheet_from(payload_of(key, tag, name, **changed), kind)


def text_of(content: bytes, page: int = 0) -> str:
    """Return the text of a page, each run of blanks and line ends as one blank."""
    return re.sub(r"\s+", " ", pypdfium2.PdfDocument(content)[page].get_textpage().get_text_range()).strip()
