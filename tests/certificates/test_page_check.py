"""The independent check of a sealed page: every forgery that we could think of, and bytes that mean nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader, PdfWriter

from lms.certificates.jobs.checking.failing import CheckFailedError
from lms.certificates.jobs.checking.inside import _without_squares
from lms.certificates.jobs.checking.page import LARGEST, MOST_OBJECTS, check_page
from lms.certificates.jobs.drawing import draw_certificate
from lms.certificates.jobs.keyring.chain import DOCUMENT_SIGNING
from lms.certificates.jobs.sealing import seal_page
from tests.certificates.drawn import sheet
from tests.certificates.sealed import (
    AT,
    CREDENTIAL,
    NAME,
    URL,
    Sealed,
    certificate_of,
    good,
    key_of,
    parts_of,
    plain_page,
    refused,
    resigned,
    root_of,
    with_cms,
)


def test_a_good_page_says_what_it_holds() -> None:
    facts = check_page(Sealed().make(plain_page()), roots=[root_of("other root"), root_of()], at=AT)
    assert facts.attachment == CREDENTIAL
    assert (facts.attachment_name, facts.media_type) == ("certificate.json", "application/json")
    assert facts.signed_at == AT
    assert facts.certificate == certificate_of()
    assert len(facts.key_id) == 16
    assert facts.issuer_urls == (URL,)
    assert facts.issuer == NAME
    assert facts.title == "Certificate: Sēla Vāʻinga"
    assert facts.subject == f"{URL}/V/CHW000000000000/1"
    assert (facts.language, facts.is_tagged, facts.pages) == ("to", False, 1)
    assert facts.links == (f"{URL}/verify",)
    assert "First steps: 25 hours (and more)" in facts.text
    assert check_page(good(), roots=[root_of()]).is_tagged


# What somebody adds afterwards


def test_the_text_is_read_without_the_rectangles_of_the_code() -> None:
    """A real page draws hundreds of them, which hold no word: without them it reads the same."""
    page = draw_certificate(sheet())
    (whole,) = PdfReader(BytesIO(page)).pages
    facts = check_page(Sealed().make(page), roots=[root_of()])
    assert facts.text == whole.extract_text()
    (drawn,) = PdfReader(BytesIO(page)).pages
    assert whole.get_contents().get_data().count(b" re ") > 300
    assert _without_squares(drawn).get_contents().get_data().count(b" re ") == 0


def saved(writer: Any) -> bytes:
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


def shadowed_by_pypdf() -> bytes:
    writer = PdfWriter(BytesIO(good()), incremental=True)
    writer.add_metadata({"/Title": "Somebody else"})
    return saved(writer)


def shadowed_by_pyhanko() -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(good()))
    writer.root["/Lang"] = writer.root["/PageMode"]
    writer.update_root()
    return saved(writer)


def rewritten() -> bytes:
    return saved(PdfWriter(clone_from=BytesIO(good())))


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=BytesIO(good()))
    writer.encrypt("", "owner")
    return saved(writer)


def test_what_is_added_later_is_seen() -> None:
    assert shadowed_by_pypdf().startswith(good())
    assert "added to the file after it was signed" in refused(shadowed_by_pypdf())
    assert "added to the file after it was signed" in refused(shadowed_by_pyhanko())
    assert "something was added" in refused(good() + b"x")
    assert "something was added" in refused(good() + b"\n")
    assert "after it was signed" in refused(good() + b"%%EOF\n")
    assert "encrypted" in refused(encrypted())
    assert refused(rewritten())


def test_a_second_signature_is_seen() -> None:
    twice = good() + good()[9:]
    assert "more than one signature" in refused(twice)


def test_a_page_without_a_signature_is_refused() -> None:
    assert refused(plain_page()) == "the file has no signature"
    mangled = good().replace(b"/ByteRange [0 ", b"/ByteRange [1 ")
    assert refused(mangled) == "the file has no signature that covers it"


def test_a_file_that_is_not_whole_is_refused() -> None:
    content = good()
    for size in (0, 4, 100, len(content) // 2, len(content) - 7, len(content) - 1):
        assert refused(content[:size])
    assert "not whole" in refused(content[:-100] + b"%%EOF\n")


def test_a_range_must_be_all_but_the_signature() -> None:
    before, _, after = parts_of(good())
    begin, end, size = len(before), len(good()) - len(after), len(after)
    old = b"/ByteRange [0 %d %d %d]" % (begin, end, size)
    assert old in good()
    for numbers in (
        (begin - 1, end, size),
        (begin, end + 1, size - 1),
        (begin + 1, end, size),
        (begin, end - 1, size + 1),
    ):
        new = b"/ByteRange [0 %d %d %d]" % numbers
        assert "leaves out more" in refused(good().replace(old.ljust(60), new.ljust(60)))
    moved = good().replace(b"/Contents <", b"/Contentz <")
    assert "leaves out more" in refused(moved)
    assert "not written as ours" in refused(good().replace(b"<30820", b"<30 20"))
    assert "not written as ours" in refused(before + b"<" + good()[begin + 1 : end - 1].lower() + b">" + after)


# What somebody alters


def test_an_altered_page_is_seen() -> None:
    altered = good().replace(b"/Title", b"/Titel")
    assert refused(altered) == "the file was altered after it was signed"


def test_a_swapped_file_is_seen() -> None:
    """Same length, so that every offset still fits; the compressed stream is replaced in place."""
    mine, hers = Sealed(attachment=b'{"name": "Ana"}').make(), Sealed(attachment=b'{"name": "Eva"}').make()
    assert len(mine) == len(hers)
    before, cms_of_mine, _ = parts_of(mine)
    swapped = with_cms(hers, cms_of_mine)
    assert before
    assert refused(swapped) == "the file was altered after it was signed"
    assert check_page(hers, roots=[root_of()]).attachment == b'{"name": "Eva"}'


def test_no_byte_can_be_another() -> None:
    chance = random.Random(20261129)
    before, seal, _ = parts_of(good())
    inside = range(len(before) + 1, len(before) + 1 + 2 * len(seal))
    for place in (
        *chance.sample(inside, 900),
        *range(len(before), len(before) + 80),
        *chance.sample(range(len(good())), 200),
    ):
        forged = bytearray(good())
        forged[place] = chance.choice([each for each in b"0123456789ABCDEF" if each != forged[place]])
        assert refused(bytes(forged)), place


def test_every_bit_of_some_bytes_counts() -> None:
    chance = random.Random(5)
    for place in chance.sample(range(len(good())), 60):
        for bit in range(8):
            forged = bytearray(good())
            forged[place] ^= 1 << bit
            assert refused(bytes(forged)), (place, bit)


def test_something_behind_the_signature_is_seen() -> None:
    _, seal, _ = parts_of(good())
    assert refused(with_cms(good(), seal + b"\0\0hidden")) == "something is hidden behind the signature"


# Chains that are not ours


def test_a_rogue_key_is_seen() -> None:
    assert "not made with the key of its certificate" in refused(Sealed(owner="rogue").make())


def test_a_rogue_root_is_seen() -> None:
    forged = Sealed(owner="rogue", certificate=certificate_of("rogue", "rogue root"), root=root_of("rogue root"))
    assert "not issued by a root that is trusted here" in refused(forged.make())
    assert check_page(forged.make(), roots=[root_of(), root_of("rogue root")])
    mixed = replace(forged, root=root_of())
    assert "not issued by a root that is trusted here" in refused(mixed.make())
    assert "not issued by a root that is trusted here" in refused(good(), roots=())


def test_a_page_under_a_compromised_root_is_told_as_that() -> None:
    trusted = (root_of("other root"),)
    with pytest.raises(CheckFailedError, match="was compromised") as caught:
        check_page(good(), roots=trusted, compromised=(root_of(),))
    assert caught.value.code == "compromised"
    assert check_page(good(), roots=(root_of(),), compromised=trusted)
    for content in (good().replace(b"/Title", b"/Titel", 1), good()[:-9]):
        with pytest.raises(CheckFailedError) as caught:
            check_page(content, roots=trusted, compromised=(root_of(),))
        assert caught.value.code == "altered"


def test_days_are_those_of_the_signing() -> None:
    roots = (root_of(at=AT - timedelta(days=19 * 365)),)
    late = certificate_of(root_at=AT - timedelta(days=19 * 365))
    assert check_page(Sealed(certificate=late, root=roots[0]).make(), roots=roots)
    year = timedelta(days=366)
    for when, sentence in (
        (AT + 12 * year, "certificate of the signer was not valid"),
        (AT - timedelta(seconds=1), "root certificate was not valid"),
        (AT + 21 * year, "root certificate was not valid"),
    ):
        assert sentence in refused(Sealed(at=when).make())
    assert check_page(Sealed(at=AT + 10 * year).make(), roots=[root_of()])
    assert "still to come" in refused(Sealed(at=AT + year).make(), at=AT)
    assert check_page(good(), roots=[root_of()], at=AT + 30 * year)


def certificate(
    *, owner: str = "page", size: int = 3072, extra: x509.ExtensionType | None = None, **changes: x509.ExtensionType
) -> tuple[bytes, Callable[[bytes], bytes]]:
    """Return a certificate of the root with some extensions exchanged, and how to sign for it."""
    good_one = x509.load_der_x509_certificate(certificate_of())
    root = x509.load_der_x509_certificate(root_of())
    key = key_of(owner) if size == 3072 else generate_private_key(65537, size)
    builder = x509.CertificateBuilder(
        root.subject,
        good_one.subject,
        key.public_key(),
        77,
        good_one.not_valid_before_utc,
        good_one.not_valid_after_utc,
    )
    for each in good_one.extensions:
        value = changes.get(type(each.value).__name__, each.value)
        builder = builder.add_extension(value, critical=each.critical)
    if extra is not None:
        builder = builder.add_extension(extra, critical=True)
    der = builder.sign(key_of("root"), hashes.SHA256()).public_bytes(Encoding.DER)
    return der, lambda data: key.sign(data, PKCS1v15(), hashes.SHA256())


def usage(**changes: bool) -> x509.KeyUsage:
    names = "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign"
    flags = dict.fromkeys([*names.split(), "crl_sign", "encipher_only", "decipher_only"], False)
    return x509.KeyUsage(**{**flags, "digital_signature": True, "content_commitment": True, **changes})


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        ({"BasicConstraints": x509.BasicConstraints(True, None)}, "one that issues certificates"),
        ({"KeyUsage": usage(key_cert_sign=True)}, "one that issues certificates"),
        ({"KeyUsage": usage(content_commitment=False)}, "may not sign documents"),
        ({"KeyUsage": usage(digital_signature=False)}, "may not sign documents"),
        ({"ExtendedKeyUsage": x509.ExtendedKeyUsage([x509.OID_CLIENT_AUTH])}, "not for documents"),
        ({"ExtendedKeyUsage": x509.ExtendedKeyUsage([DOCUMENT_SIGNING, x509.OID_CODE_SIGNING])}, "not for documents"),
        ({"extra": x509.PolicyConstraints(0, None)}, "a condition that is not known"),
        ({"size": 2048}, "not of the kind that we use"),
    ],
)
def test_certificates_for_other_things_are_refused(made: dict[str, Any], sentence: str) -> None:
    der, sign = certificate(**made)
    sealed = seal_page(
        plain_page(), sign=sign, certificate=der, root=root_of(), attachment=CREDENTIAL, attachment_name="a.json",
        issuer=NAME, at=AT,
    )  # fmt: skip
    assert sentence in refused(sealed)


def test_a_page_certificate_is_no_root() -> None:
    """A thief of one page key cannot make another: what it signs is not issued by a root, even if it is trusted."""
    names = x509.load_der_x509_certificate(certificate_of())
    stolen = (
        x509.CertificateBuilder(
            names.subject, names.subject, key_of("rogue").public_key(), 9, AT, AT + timedelta(days=99)
        )
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .sign(key_of("page"), hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    forged = Sealed(owner="rogue", certificate=stolen).make()
    assert "not issued by a root" in refused(forged)


def test_a_root_stands_for_itself() -> None:
    """One that another key signed is a link of somebody's chain, whatever its names say."""
    real = x509.load_der_x509_certificate(root_of())
    builder = x509.CertificateBuilder(
        real.subject, real.subject, real.public_key(), 9, real.not_valid_before_utc, real.not_valid_after_utc
    )
    for each in real.extensions:
        builder = builder.add_extension(each.value, critical=each.critical)
    made = {
        owner: builder.sign(key_of(owner), hashes.SHA256()).public_bytes(Encoding.DER)
        for owner in ("root", "other root")
    }
    assert check_page(Sealed(root=made["root"]).make(), roots=[made["root"]])
    assert "not issued by a root" in refused(Sealed(root=made["other root"]).make(), roots=(made["other root"],))


def test_a_trusted_certificate_that_may_not_issue_is_no_root() -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    root = (
        x509.CertificateBuilder(name, name, key_of("root").public_key(), 9, AT, AT + timedelta(days=9999))
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(usage(), critical=True)
        .sign(key_of("root"), hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    leaf = (
        x509.CertificateBuilder(name, name, key_of("page").public_key(), 9, AT, AT + timedelta(days=999))
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .sign(key_of("root"), hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    sealed = Sealed(certificate=leaf, root=root).make()
    assert "may not issue certificates" in refused(sealed, roots=(root,))


# Bytes that mean nothing


def test_large_files_are_not_looked_into() -> None:
    assert "too large" in refused(bytes(LARGEST + 1))
    many = b"%PDF-1.7\n" + b"1 0 obj\n" * (MOST_OBJECTS + 1) + b"%%EOF"
    assert "too many parts" in refused(many)
    assert "no PDF" in refused(b"x" + good())
    start = b"%PDF-1.7\n/Contents "
    rest = b"/ByteRange [0 19 80021 00]%%EOF"
    rest = rest.replace(b"00]", b"%d]" % len(rest))
    assert "not written as ours" in refused(start + b"<" + b"30" * 40_000 + b">" + rest)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_only_one_error_comes_out_of_any_bytes(content: bytes) -> None:
    assert refused(content)
    assert refused(b"%PDF-1.7\n" + content + b"%%EOF\n")


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=1, max_size=3000))
def test_only_one_error_comes_out_of_any_signature(seal: bytes) -> None:
    assert refused(with_cms(good(), seal))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_only_one_error_comes_out_of_a_mangled_page(data: st.DataObject) -> None:
    content = bytearray(good())
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content) - 1))
        count = data.draw(st.integers(0, 40))
        content[place : place + count] = data.draw(st.binary(max_size=40))
    if bytes(content) != good():
        assert refused(bytes(content))


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_only_one_error_comes_out_of_nonsense_that_was_rightly_signed(data: st.DataObject) -> None:
    content = good()
    end = content.index(b"/Contents <")
    place = data.draw(st.integers(9, end - 40))
    noise = data.draw(st.one_of(st.binary(min_size=1, max_size=30), st.sampled_from([b"[" * 900, b"<<" * 900, b"("])))
    noise = noise[: end - place]
    mangled = resigned(content[:place] + noise + content[place + len(noise) :])
    try:
        facts = check_page(mangled, roots=[root_of()])
    except CheckFailedError:
        return
    assert facts.key_id
