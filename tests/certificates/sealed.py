"""What the tests of sealed pages share: keys, a chain, a tagged page, and ways to sign that ours never uses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    NameObject,
    NullObject,
    NumberObject,
    TextStringObject,
)
from reportlab.pdfgen.canvas import Canvas

from lms.certificates.jobs.checking.failing import CheckFailedError
from lms.certificates.jobs.checking.page import check_page
from lms.certificates.jobs.keyring.chain import make_page_certificate, make_root
from lms.certificates.jobs.sealing import seal_page

NAME = "LA County CHW/P/R Consortium"
URL = "https://training.example.org"
AT = datetime(2026, 11, 29, 6, 10, tzinfo=UTC)
CREDENTIAL = '{"type": ["VerifiableCredential"], "name": "Sēla Vāʻinga"}'.encode() * 20


@cache
def key_of(owner: str) -> RSAPrivateKey:
    """Return a key that is the same for an owner during one run."""
    assert owner
    return generate_private_key(65537, 3072)


def sign_with(owner: str) -> Callable[[bytes], bytes]:
    return lambda data: key_of(owner).sign(data, PKCS1v15(), SHA256())


@cache
def root_of(owner: str = "root", *, at: datetime = AT) -> bytes:
    return make_root(key_of(owner), name=NAME, at=at)


@cache
def certificate_of(owner: str = "page", root: str = "root", *, at: datetime = AT, root_at: datetime = AT) -> bytes:
    return make_page_certificate(
        key_of(owner).public_key(),
        root_key=key_of(root),
        root=root_of(root, at=root_at),
        name=NAME,
        url=URL,
        at=at,
    )


@dataclass(frozen=True)
class Sealed:
    """What a seal is made with; the defaults make a good one."""

    owner: str = "page"
    certificate: bytes | None = None
    root: bytes | None = None
    attachment: bytes = CREDENTIAL
    at: datetime = AT

    def make(self, page: bytes | None = None) -> bytes:
        return seal_page(
            page or tagged_page(),
            sign=sign_with(self.owner),
            certificate=self.certificate or certificate_of(),
            root=self.root or root_of(),
            attachment=self.attachment,
            attachment_name="certificate.json",
            issuer=NAME,
            at=self.at,
        )


@cache
def good() -> bytes:
    return Sealed().make()


@cache
def plain_page(*, title: str = "Certificate: Sēla Vāʻinga") -> bytes:
    """Return a page without structure, with one link."""
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=(792, 612), invariant=1, lang="to")
    canvas.setTitle(title)
    canvas.setSubject(f"{URL}/V/CHW000000000000/1")
    canvas.drawString(72, 300, "First steps: 25 hours (and more)")
    canvas.linkURL(f"{URL}/verify", (72, 300, 200, 320))
    canvas.save()
    return stream.getvalue()


@cache
def tagged_page(*, has_many_tops: bool = False, is_single: bool = False) -> bytes:
    """Return the same page as a tagged document: one paragraph, under one element or straight in a list."""
    writer = PdfWriter(clone_from=BytesIO(plain_page()))
    root, page = writer.root_object, writer.pages[0]
    name = NameObject
    tree = DictionaryObject({name("/Type"): name("/StructTreeRoot")})
    tree_ref = writer._add_object(tree)
    paragraph = DictionaryObject(
        {name("/Type"): name("/StructElem"), name("/S"): name("/P"), name("/K"): NumberObject(0)}
    )
    paragraph[name("/Pg")] = page.indirect_reference or NullObject()
    paragraph_ref = writer._add_object(paragraph)
    kids = paragraph_ref if is_single else ArrayObject([paragraph_ref])
    top = DictionaryObject({name("/Type"): name("/StructElem"), name("/S"): name("/Document"), name("/K"): kids})
    top[name("/P")] = tree_ref
    top_ref = writer._add_object(top)
    paragraph[name("/P")] = top_ref
    tree[name("/K")] = ArrayObject([top_ref]) if has_many_tops else top_ref
    numbers = ArrayObject([NumberObject(0), ArrayObject([paragraph_ref])])
    tree[name("/ParentTree")] = writer._add_object(DictionaryObject({name("/Nums"): numbers}))
    root[name("/StructTreeRoot")] = tree_ref
    root[name("/MarkInfo")] = DictionaryObject({name("/Marked"): BooleanObject(True)})
    root[name("/Lang")] = TextStringObject("to")
    page[name("/StructParents")] = NumberObject(0)
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


def parts_of(content: bytes) -> tuple[bytes, bytes, bytes]:
    """Return what stands before the signature, the CMS in DER, and what stands after it."""
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", content)
    assert found
    begin, end, _ = (int(each) for each in found.groups())
    padded = bytes.fromhex(content[begin + 1 : end - 1].decode())
    return content[:begin], padded[: int.from_bytes(padded[2:4]) + 4], content[end:]


def with_cms(content: bytes, cms: bytes) -> bytes:
    """Return the file with another signature in the same place."""
    before, _, after = parts_of(content)
    room = len(content) - len(before) - len(after) - 2
    return before + b"<" + cms.hex().upper().encode().ljust(room, b"0") + b">" + after


def reader_of(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content), strict=True)


def refused(content: bytes, *, roots: tuple[bytes, ...] | None = None, at: datetime | None = None) -> str:
    """Return the sentence with which a page is refused; nothing else may come out."""
    with pytest.raises(CheckFailedError) as caught:
        check_page(content, roots=(root_of(),) if roots is None else roots, at=at)
    return str(caught.value)


def attributed(change: Callable[[cms.CMSAttributes], cms.CMSAttributes]) -> bytes:
    """Return a page whose signed attributes are others, with a right signature over them."""
    info = cms.ContentInfo.load(parts_of(good())[1])
    signer = info["content"]["signer_infos"][0]
    attributes = change(cms.CMSAttributes([each.copy() for each in signer["signed_attrs"]]))
    signer["signed_attrs"] = attributes
    signer["signature"] = sign_with("page")(b"\x31" + signer["signed_attrs"].dump(force=True)[1:])
    return with_cms(good(), info.dump(force=True))


def without(kind: str) -> Callable[[cms.CMSAttributes], cms.CMSAttributes]:
    return lambda given: cms.CMSAttributes([each for each in given if each["type"].native != kind])


def with_value(kind: str, value: object) -> Callable[[cms.CMSAttributes], cms.CMSAttributes]:
    return lambda given: cms.CMSAttributes([*without(kind)(given), cms.CMSAttribute({"type": kind, "values": [value]})])


def resigned(altered: bytes) -> bytes:
    """Return an altered file with a right signature over what became of it."""
    before, _, after = parts_of(altered)
    first, seal, last = parts_of(good())
    old, new = (hashlib.sha256(each).digest() for each in (first + last, before + after))
    unsigned = seal.replace(old, new)[: -len(sign_with("page")(b""))]
    attributes = cms.ContentInfo.load(seal)["content"]["signer_infos"][0]["signed_attrs"].dump().replace(old, new)
    return with_cms(altered, unsigned + sign_with("page")(b"\x31" + attributes[1:]))
