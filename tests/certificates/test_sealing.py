"""Sealed pages, looked at with programs that others wrote: poppler, OpenSSL, pyHanko's validator."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfWriter

from lms.certificates.jobs import sealing
from lms.certificates.jobs.keyring.chain import make_page_certificate, make_root
from lms.certificates.jobs.sealing import RESERVED, seal_page
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
    reader_of,
    root_of,
    sign_with,
    tagged_page,
)

poppler = pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")


def run(*command: str, **environ: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environ})
    return done.stdout + done.stderr


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(good())
    return path


@poppler
def test_poppler_finds_one_valid_signature_over_the_whole_document(sealed: Path) -> None:
    said = run("pdfsig", "-nocert", str(sealed))
    assert said.count("Signature #") == 1
    for line in (
        "Signature Validation: Signature is Valid.",
        "Signature Type: ETSI.CAdES.detached",
        "Signing Hash Algorithm: SHA-256",
        "Total document signed",
        f"Signer Certificate Common Name: {NAME}",
        "Signing Time: Nov 29 2026 06:10:00",
    ):
        assert line in run("pdfsig", "-nocert", str(sealed), TZ="UTC"), said


@poppler
def test_poppler_sees_an_altered_page(sealed: Path) -> None:
    altered = sealed.read_bytes().replace(b"/Title", b"/Titel")
    assert altered != sealed.read_bytes()
    sealed.write_bytes(altered)
    assert "Digest Mismatch" in run("pdfsig", "-nocert", str(sealed))


@poppler
@pytest.mark.skipif(shutil.which("certutil") is None, reason="libnss3-tools is not installed")
def test_poppler_trusts_who_trusts_the_root(sealed: Path, tmp_path: Path) -> None:
    folder = f"sql:{tmp_path}"
    (tmp_path / "root.der").write_bytes(root_of())
    run("certutil", "-N", "-d", folder, "--empty-password")
    assert "Certificate is Trusted" not in run("pdfsig", "-no-ocsp", "-nssdir", str(tmp_path), str(sealed))
    run("certutil", "-A", "-d", folder, "-n", "root", "-t", "CT,C,C", "-i", str(tmp_path / "root.der"))
    assert "Certificate is Trusted" in run("pdfsig", "-no-ocsp", "-nssdir", str(tmp_path), str(sealed))


@poppler
def test_poppler_sees_tags_the_file_and_no_encryption(sealed: Path, tmp_path: Path) -> None:
    said = run("pdfinfo", str(sealed))
    for name, value in {"Tagged": "yes", "Encrypted": "no", "Pages": "1", "JavaScript": "no"}.items():
        assert any(line.split() == [f"{name}:", value] for line in said.splitlines()), said
    structure = run("pdfinfo", "-struct", str(sealed))
    assert "Form" in structure
    assert "Syntax" not in structure
    run("pdfdetach", "-save", "1", "-o", str(tmp_path / "inside"), str(sealed))
    assert (tmp_path / "inside").read_bytes() == CREDENTIAL
    assert "First steps" in run("pdftotext", str(sealed), "-")


def openssl(folder: Path, content: bytes, root: bytes, *, at: datetime = AT) -> str:
    before, cms, after = parts_of(content)
    for name, each in {"cms": cms, "covered": before + after}.items():
        (folder / name).write_bytes(each)
    (folder / "root.pem").write_bytes(x509.load_der_x509_certificate(root).public_bytes(Encoding.PEM))
    names = {"-in": "cms", "-content": "covered", "-CAfile": "root.pem", "-out": "out"}
    files = [part for option, name in names.items() for part in (option, str(folder / name))]
    when = str(int(at.timestamp()))
    return run(
        "openssl", "cms", "-verify", "-inform", "DER", "-binary", *files,
        "-purpose", "any", "-attime", when, "-cades", "-no-CApath", "-no-CAstore",
    )  # fmt: skip


def test_openssl_verifies_the_signature_and_the_chain(tmp_path: Path) -> None:
    assert "successful" in openssl(tmp_path, good(), root_of()).lower()
    assert "successful" in openssl(tmp_path, good(), root_of(), at=AT + timedelta(days=10 * 365)).lower()
    assert "expired" in openssl(tmp_path, good(), root_of(), at=AT + timedelta(days=12 * 365))
    assert "verify error" in openssl(tmp_path, good(), root_of("other root")).lower()
    rogue = Sealed(owner="rogue").make()
    assert "successful" not in openssl(tmp_path, rogue, root_of()).lower()
    altered = good().replace(b"/Title", b"/Titel")
    assert "content verify error" in openssl(tmp_path, altered, root_of()).lower()


def test_the_library_that_signs_finds_its_signature_sound() -> None:
    context = ValidationContext(
        trust_roots=[Certificate.load(root_of())], moment=AT, allow_fetching=False, revocation_mode="soft-fail"
    )
    signatures = PdfFileReader(BytesIO(good())).embedded_signatures
    assert len(signatures) == 1
    status = validate_pdf_signature(signatures[0], context)
    assert status.bottom_line, status.pretty_print_details()
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.docmdp_ok
    assert status.md_algorithm == "sha256"
    attributes = {each["type"].native for each in signatures[0].signer_info["signed_attrs"]}
    assert attributes == {"content_type", "message_digest", "signing_certificate_v2"}
    assert signatures[0].sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signatures[0].docmdp_level is not None
    assert signatures[0].docmdp_level.value == 1


def test_the_same_arguments_give_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    assert Sealed().make() == good()
    for name, content in {"page": tagged_page(), "root": root_of(), "leaf": certificate_of()}.items():
        (tmp_path / name).write_bytes(content)
    _, cms, _ = parts_of(good())
    script = (
        "import sys, hashlib; from datetime import datetime, UTC; from pathlib import Path\n"
        "from lms.certificates.jobs.sealing import seal_page\n"
        "page, root, leaf = (Path(sys.argv[1], n).read_bytes() for n in ('page', 'root', 'leaf'))\n"
        "sealed = seal_page(page, sign=lambda data: bytes(384), certificate=leaf, root=root, attachment=b'{}',\n"
        "    attachment_name='a.json', issuer='Us', at=datetime(2026, 11, 29, tzinfo=UTC))\n"
        "print(hashlib.sha256(sealed).hexdigest())\n"
    )
    said = {
        run(sys.executable, "-c", script, str(tmp_path), PYTHONHASHSEED=seed, TZ=f"Etc/GMT+{seed}") for seed in "12"
    }
    assert len(said) == 1
    assert len(said.pop().strip()) == 64
    assert len(cms) * 2 < RESERVED


def test_pages_are_sealed_beside_a_running_loop() -> None:
    async def seal() -> bytes:
        sealing._form.cache_clear()
        return Sealed().make()

    assert asyncio.run(seal()) == good()


def test_other_arguments_give_another_file() -> None:
    others = [Sealed(attachment=b"{}"), Sealed(at=AT + timedelta(seconds=1))]
    identities = {bytes(reader_of(each.make()).trailer["/ID"][0].original_bytes) for each in others}  # type: ignore[index]
    assert len({hashlib.sha256(each.make()).digest() for each in (*others, Sealed())}) == 3
    assert len(identities) == 2


def test_the_field_cannot_be_seen_and_has_a_name() -> None:
    root = reader_of(good()).root_object
    field = root["/AcroForm"]["/Fields"][0].get_object()  # type: ignore[index]
    assert [float(each) for each in field["/Rect"]] == [0, 0, 0, 0]
    assert field["/TU"] == NAME
    assert root["/AcroForm"]["/SigFlags"] == 3  # type: ignore[index]
    page = reader_of(good()).pages[0]
    assert str(page["/Tabs"]) == "/S"


@pytest.mark.parametrize("page", [tagged_page(), tagged_page(has_many_tops=True), tagged_page(is_single=True)])
def test_the_field_has_its_place_in_the_structure(page: bytes) -> None:
    root = reader_of(Sealed().make(page)).root_object
    tree = root["/StructTreeRoot"]
    top = tree["/K"]  # type: ignore[index]
    top = top[0].get_object() if isinstance(top, list) else top
    assert [kid.get_object()["/S"] for kid in top["/K"]] == ["/P", "/Form"]
    field = root["/AcroForm"]["/Fields"][0].get_object()  # type: ignore[index]
    numbers = tree["/ParentTree"]["/Nums"]  # type: ignore[index]
    assert numbers[0::2] == [0, 1]
    assert field["/StructParent"] == 1
    assert numbers[3].get_object()["/K"]["/Obj"] == field
    assert tree["/ParentTreeNextKey"] == 2  # type: ignore[index]


def test_what_the_page_says_of_itself_is_kept() -> None:
    information = reader_of(Sealed().make(plain_page())).metadata
    assert information is not None
    assert information.title == "Certificate: Sēla Vāʻinga"
    assert information.subject == f"{URL}/V/CHW000000000000/1"
    assert str(information.producer).startswith("ReportLab")
    assert str(reader_of(good()).root_object["/Lang"]) == "to"


def test_a_page_without_information_can_be_sealed() -> None:
    writer = PdfWriter(clone_from=BytesIO(plain_page()))
    writer.metadata = None
    stream = BytesIO()
    writer.write(stream)
    assert reader_of(Sealed().make(stream.getvalue())).metadata is None


def test_a_signature_of_another_key_size_is_not_put_in() -> None:
    with pytest.raises(ValueError, match="not as long as the key"):
        seal_page(
            plain_page(), sign=lambda data: data[:256], certificate=certificate_of(), root=root_of(), attachment=b"{}",
            attachment_name="a.json", issuer=NAME, at=AT,
        )  # fmt: skip


def test_a_sealed_page_is_not_sealed_again() -> None:
    with pytest.raises(ValueError, match="of its own"):
        Sealed().make(good())


def test_the_root_may_sign_certificates_and_nothing_else() -> None:
    root = x509.load_der_x509_certificate(root_of())
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(True, 0)
    usage = root.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.crl_sign, usage.digital_signature, usage.content_commitment) == (
        True, True, False, False,
    )  # fmt: skip
    assert root.not_valid_after_utc == datetime(2046, 11, 29, 6, 10, tzinfo=UTC)
    assert root.subject.rfc4514_string() == f"CN={NAME} root,O={NAME}"
    root.verify_directly_issued_by(root)


def test_a_page_certificate_may_sign_documents_and_nothing_else() -> None:
    leaf = x509.load_der_x509_certificate(certificate_of())
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.crl_sign, usage.digital_signature, usage.content_commitment) == (
        False, False, True, True,
    )  # fmt: skip
    assert [each.dotted_string for each in leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value] == [
        "1.3.6.1.5.5.7.3.36"
    ]
    assert leaf.not_valid_after_utc == datetime(2037, 11, 29, 6, 10, tzinfo=UTC)
    assert {each.oid for each in leaf.extensions}.isdisjoint(
        {x509.CRLDistributionPoints.oid, x509.AuthorityInformationAccess.oid}
    )
    leaf.verify_directly_issued_by(x509.load_der_x509_certificate(root_of()))


def test_no_certificate_outlives_its_root_and_the_29th_of_february_is_survived() -> None:
    leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
    root = make_root(key_of("root"), name="N" * 80, at=leap)
    assert x509.load_der_x509_certificate(root).not_valid_after_utc == datetime(2048, 2, 29, 12, tzinfo=UTC)

    def issue(at: datetime, owner: str = "root") -> x509.Certificate:
        made = make_page_certificate(
            key_of("page").public_key(), root_key=key_of(owner), root=root, name="N" * 80, url=URL, at=at
        )
        return x509.load_der_x509_certificate(made)

    assert issue(leap).not_valid_after_utc == datetime(2039, 2, 28, 12, tzinfo=UTC)
    assert issue(leap.replace(year=2040)).not_valid_after_utc == datetime(2048, 2, 29, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="not valid on that day"):
        issue(leap.replace(year=2052))
    with pytest.raises(ValueError, match="not valid on that day"):
        issue(leap - timedelta(days=1))
    with pytest.raises(ValueError, match="not the one"):
        issue(leap, "page")


def test_a_long_name_in_four_byte_letters_still_fits() -> None:
    name = "𐐷" * 64
    root = make_root(key_of("root"), name=name, at=AT)
    leaf = make_page_certificate(
        key_of("page").public_key(), root_key=key_of("root"), root=root, name=name, url=URL, at=AT
    )
    sealed = seal_page(
        plain_page(), sign=sign_with("page"), certificate=leaf, root=root, attachment=b"{}", attachment_name="a.json",
        issuer=name, at=AT,
    )  # fmt: skip
    assert len(reader_of(sealed).attachments) == 1
