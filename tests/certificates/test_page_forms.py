"""Seals of another form than ours: with more in them, with other statements, or over pages that are not as ours are."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from asn1crypto import algos, cms, core
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, pdf_name

from lms.certificates.jobs import sealing
from lms.certificates.jobs.checking.page import check_page
from tests.certificates.sealed import (
    AT,
    Sealed,
    attributed,
    certificate_of,
    good,
    parts_of,
    refused,
    resigned,
    root_of,
    with_cms,
    with_value,
    without,
)

# Signatures that are not as ours are


def resealed(change: Callable[[cms.SignedData], None]) -> bytes:
    """Return a good page with a change in what its signature does not cover."""
    info = cms.ContentInfo.load(parts_of(good())[1])
    change(info["content"])
    return with_cms(good(), info.dump(force=True))


def second_signer(signed: cms.SignedData) -> None:
    signed["signer_infos"].append(signed["signer_infos"][0].copy())


def remark(signed: cms.SignedData) -> None:
    signed["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes(
        [cms.CMSAttribute({"type": "counter_signature", "values": []})]
    )


def own_content(signed: cms.SignedData) -> None:
    signed["encap_content_info"] = cms.ContentInfo({"content_type": "data", "content": b"more"})


def third_certificate(signed: cms.SignedData) -> None:
    stranger = cms.Certificate.load(certificate_of("stranger", "other root"))
    signed["certificates"].append(cms.CertificateChoices("certificate", stranger))


def root_twice(signed: cms.SignedData) -> None:
    signed["certificates"].append(cms.CertificateChoices("certificate", cms.Certificate.load(root_of())))


def other_version(signed: cms.SignedData) -> None:
    signed["version"] = "v3"


def other_name(signed: cms.SignedData) -> None:
    signed["signer_infos"][0]["sid"].chosen["serial_number"] = 7


def other_digests(signed: cms.SignedData) -> None:
    signed["digest_algorithms"].append(algos.DigestAlgorithm({"algorithm": "sha1"}))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (second_signer, "not exactly one signer"),
        (remark, "one form that ours have"),
        (own_content, "one form that ours have"),
        (other_version, "one form that ours have"),
        (other_digests, "one form that ours have"),
        (third_certificate, "not issued by a root"),
        (root_twice, "not issued by a root"),
        (other_name, "names another signer"),
    ],
)
def test_one_form_of_signature_is_right(change: Callable[[cms.SignedData], None], sentence: str) -> None:
    assert sentence in refused(resealed(change))


def test_a_field_too_many_is_seen() -> None:
    """The parser of ASN.1 passes over what follows the fields that it knows; a loose NULL is hidden that way."""
    _, seal, _ = parts_of(good())
    longer = seal[:2] + (len(seal) - 4 + 2).to_bytes(2) + seal[4:] + b"\x05\x00"
    assert "one form that ours have" in refused(with_cms(good(), longer))
    indefinite = seal[:1] + b"\x83\x00" + seal[2:]
    assert refused(with_cms(good(), indefinite))


def test_another_kind_of_content_is_refused() -> None:
    digested = cms.ContentInfo({"content_type": "data", "content": core.OctetString(b"x")})
    assert "not of the kind" in refused(with_cms(good(), digested.dump()))


def of_certificate(der: bytes) -> dict[str, object]:
    return {"certs": [{"cert_hash": hashlib.sha256(der).digest()}]}


def test_what_is_signed_must_fit() -> None:
    assert check_page(attributed(lambda given: given), roots=[root_of()])
    assert "which certificate it is from" in refused(attributed(without("signing_certificate_v2")))
    other = with_value("signing_certificate_v2", of_certificate(certificate_of("stranger")))
    assert "belongs to another certificate" in refused(attributed(other))
    assert "states other things" in refused(attributed(without("content_type")))
    assert "states other things" in refused(attributed(with_value("signing_time", cms.Time({"utc_time": AT}))))
    assert "another kind of content" in refused(attributed(with_value("content_type", "enveloped_data")))
    assert "altered" in refused(attributed(with_value("message_digest", b"\0" * 32)))


# What a trusted key should never have signed


def twisted(monkeypatch: pytest.MonkeyPatch, twist: Callable[[Any], None]) -> bytes:
    """Return a page that is rightly signed after a change that the sealing never makes."""
    tag = sealing._tag

    def tag_and_twist(writer: Any, field: Any) -> None:
        tag(writer, field)
        twist(writer)

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_tag", tag_and_twist)
        return Sealed().make()


def test_pages_that_were_rightly_signed_but_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def second_file(writer: Any) -> None:
        stream = EmbeddedFileObject.from_file_data(writer, b"more")
        embed_file(writer, FileSpec("b", embedded_data=stream))

    def hidden_file(writer: Any) -> None:
        EmbeddedFileObject.from_file_data(writer, b"more")

    def no_names(writer: Any) -> None:
        writer.root["/AF"] = ArrayObject()

    def other_relation(writer: Any) -> None:
        writer.root["/AF"][0]["/AFRelationship"] = pdf_name("/Source")

    def other_field(writer: Any) -> None:
        field = DictionaryObject({pdf_name("/FT"): pdf_name("/Tx")})
        writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))

    def empty_signature(writer: Any) -> None:
        field = DictionaryObject({pdf_name("/FT"): pdf_name("/Sig")})
        writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))

    def earlier(writer: Any) -> None:
        writer.set_custom_trailer_entry(pdf_name("/Prev"), NumberObject(17))

    def bomb(writer: Any) -> None:
        stream = next(each for each in writer.objects.values() if each.get("/Type") == "/EmbeddedFile")
        stream._data, stream._encoded_data = bytes(3_000_000), None

    for twist, sentence in (
        (second_file, "more than one file"),
        (hidden_file, "more than one file"),
        (no_names, "not the one that the document names"),
        (other_relation, "not the data of the document"),
        (other_field, "other fields than the signature"),
        (empty_signature, "more than one signature"),
        (earlier, "more than one revision"),
        (bomb, "damaged"),
    ):
        assert sentence in refused(twisted(monkeypatch, twist)), twist.__name__


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ((b"/P 1\n", b"/P 2\n"), "lets the document be changed"),
        ((b"/TransformMethod /DocMDP", b"/TransformMethod /FieldX"), "lets the document be changed"),
        ((b"/Reference [", b"/Referenze ["), "lets the document be changed"),
        ((b"/Perms <<", b"/Permz <<"), "does not certify"),
        ((b"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /adbe.pkcs7.detached"), "not a PAdES signature"),
        ((b"/M (D\\07220261129061000Z)\n/Name", b"/M (D\\0722026112906100+Z)\n/Name"), "not written as ours"),
        ((b"/Type /EmbeddedFile", b"/Type /EmbeddedFyle"), "holds no credential"),
        ((b"%%EOF\n", b"%%EOX\n"), "does not end as a PDF does"),
    ],
)
def test_seals_that_allow_more_are_refused(change: tuple[bytes, bytes], sentence: str) -> None:
    """Alter the finished file, and sign what became of it with the right key."""
    assert good().count(change[0]) == 1, good()[:100]
    altered = good().replace(*change)
    assert sentence in refused(resigned(altered))


def test_the_signature_of_the_document_is_the_one_that_covers_it() -> None:
    """A reader that finds the range by its looks is led astray by one in a comment."""
    found = re.search(rb"(/ByteRange)( \[0 \d+ \d+ \d+\]) {30}", good())
    assert found
    decoy = b"/Byte#52ange [0 1 2 3] %" + found[1] + found[2] + b"\n"
    altered = good().replace(found[0], decoy.ljust(len(found[0])))
    assert len(altered) == len(good())
    assert "not the one that covers the file" in refused(resigned(altered))


def test_what_certifies_the_document_is_its_signature() -> None:
    found = re.search(rb"/DocMDP (\d+) 0 R", good())
    assert found
    other = b"/DocMDP %d 0 R" % (int(found[1]) - 1)
    assert "does not certify" in refused(resigned(good().replace(found[0], other)))
