"""Sealing a drawn page: the credential goes inside it, and a certifying PAdES B-B signature over every byte of it.

The page is written anew in one piece, so that a sealed file has one revision and any second one is somebody else's.
The private key stays with whoever gives `sign`. Everything comes from the arguments: the same ones give the same bytes.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from typing import cast

from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.embed import EmbeddedFileObject, EmbeddedFileParams, FileSpec, embed_file
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NumberObject,
    pdf_name,
)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import Signer
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko_certvalidator.registry import SimpleCertificateStore

MEDIA_TYPE = "application/json"
FIELD = "seal"
DIGEST = "sha256"
DIGEST_MARK = hashlib.sha256(b"the digest of a document").digest()
RESERVED = 10_240  # hexadecimal digits for the CMS: some 6,600 with RSA-3072, more with long names


def seal_page(
    page: bytes,
    *,
    sign: Callable[[bytes], bytes],
    certificate: bytes,
    root: bytes,
    attachment: bytes,
    attachment_name: str,
    issuer: str,
    at: datetime,
) -> bytes:
    """Return `page` with the attachment inside it, certified by `issuer` at an instant so that nothing may change.

    `sign` gives RSASSA-PKCS1-v1_5 with SHA-256 for the key of `certificate` (DER), which `root` (DER) issued.
    Raises `ValueError` for a page that has a form or an attachment already.
    """
    instant = at.astimezone(UTC).replace(microsecond=0)
    writer = _Rewritten(page, attachment)
    _attach(writer, attachment, attachment_name, instant)
    form = _form(certificate, root)
    return _signed(writer, lambda digest: form.filled(digest, sign), issuer, instant)


class _Rewritten(PdfFileWriter):
    """A page copied object by object into a file of one revision, with nothing of the hour or of chance in it."""

    def __init__(self, page: bytes, attachment: bytes) -> None:
        super().__init__(stream_xrefs=False, init_page_tree=False)  # type: ignore[no-untyped-call]
        source = PdfFileReader(BytesIO(page))
        if "/AcroForm" in source.root or "/Names" in source.root or "/AF" in source.root:
            raise ValueError("a page with a form, names or files of its own cannot be sealed")
        self.root.update(cast("DictionaryObject", self.import_object(source.root, obj_stream=None)))
        if "/Info" in source.trailer_view:
            info = self.import_object(source.trailer_view["/Info"], obj_stream=None)
            self.set_info(cast("DictionaryObject", info))
        self.output_version = max((1, 7), source.input_version)
        mark = hashlib.sha256(hashlib.sha256(page).digest() + hashlib.sha256(attachment).digest()).digest()
        self._document_id = ArrayObject([ByteStringObject(mark[:16]), ByteStringObject(mark[:16])])

    def _update_meta(self) -> None:
        """Leave title, producer and dates as they were drawn; the library would write its own name and the hour."""


class _Form(Signer):
    """Writes a signature with marks in the places of the digest and of the signature itself."""

    def __init__(self, certificate: bytes, root: bytes) -> None:
        known = SimpleCertificateStore()
        known.register(Certificate.load(root))
        mechanism = SignedDigestAlgorithm({"algorithm": f"{DIGEST}_rsa"})
        signer = Certificate.load(certificate)
        super().__init__(signing_cert=signer, cert_registry=known, signature_mechanism=mechanism)
        size: int = signer.public_key.byte_size
        self.mark = (b"signature" * size)[:size]
        self.attributes = b""
        with ThreadPoolExecutor(1) as apart:  # the library is asynchronous, and this thread may have a loop of its own
            writing = apart.submit(lambda: asyncio.run(self.async_sign(DIGEST_MARK, DIGEST, use_pades=True)))
            self.cms: bytes = writing.result().dump()

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002 -- its signature
        """Keep what is to be signed, and give the mark in place of a signature."""
        self.attributes = data
        return self.mark

    def filled(self, digest: bytes, sign: Callable[[bytes], bytes]) -> bytes:
        """Return the signature (CMS, DER) over the attributes of a document with this digest."""
        signature = sign(self.attributes.replace(DIGEST_MARK, digest))
        if len(signature) != len(self.mark):
            raise ValueError("the signature is not as long as the key of the certificate")
        return self.cms.replace(DIGEST_MARK, digest).replace(self.mark, signature)


@lru_cache(maxsize=8)
def _form(certificate: bytes, root: bytes) -> _Form:
    """Return the form of a key's signatures: the library takes 8 ms to write it, and only two places ever differ."""
    return _Form(certificate, root)


def _attach(writer: PdfFileWriter, attachment: bytes, name: str, at: datetime) -> None:
    """Put a file into the document as the data that the document was made from."""
    params = EmbeddedFileParams(creation_date=at, modification_date=at)
    stream = EmbeddedFileObject.from_file_data(writer, attachment, params=params, mime_type=MEDIA_TYPE)
    embed_file(writer, FileSpec(name, file_name=name, embedded_data=stream))  # keeps 1.7: no reader of 2.0 is asked for
    reference = writer.root["/Names"]["/EmbeddedFiles"]["/Names"].raw_get(1)
    reference.get_object()["/AFRelationship"] = pdf_name("/Data")
    writer.root["/AF"] = ArrayObject([reference])


def _signed(writer: PdfFileWriter, seal: Callable[[bytes], bytes], issuer: str, at: datetime) -> bytes:
    """Write the document with an invisible field, and its signature into the field."""
    spec = SigFieldSpec(FIELD, readable_field_name=issuer)
    steps = PdfCMSEmbedder(new_field_spec=spec).write_cms(FIELD, writer)
    _tag(writer, next(steps))
    signature = SignatureObject(timestamp=at, subfilter=SigSeedSubFilter.PADES, name=issuer, bytes_reserved=RESERVED)
    steps.send(SigObjSetup(signature, SigMDPSetup(md_algorithm=DIGEST, certify=True, docmdp_perms=MDPPerm.NO_CHANGES)))
    prepared, output = steps.send(SigIOSetup(md_algorithm=DIGEST))
    steps.send(seal(prepared.document_digest))
    sealed: bytes = output.getvalue()
    return sealed


def _tag(writer: PdfFileWriter, field: IndirectObject) -> None:
    """Give the field a place at the end of a tagged page's structure, so that readers of the screen can name it."""
    if "/StructTreeRoot" not in writer.root:
        return
    tree = writer.root["/StructTreeRoot"]
    page = field.get_object().raw_get("/P")
    top = tree.raw_get("/K")
    top = top.raw_get(0) if isinstance(top, ArrayObject) else top
    parent = top.get_object()
    kids = parent.get("/K", ArrayObject())
    thing = {pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): field, pdf_name("/Pg"): page}
    element = writer.add_object(
        DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): top,
                pdf_name("/K"): DictionaryObject(thing),
            }
        )
    )
    parent["/K"] = ArrayObject([*(kids if isinstance(kids, ArrayObject) else [parent.raw_get("/K")]), element])
    numbers = tree["/ParentTree"]["/Nums"]
    number = NumberObject(max(list(numbers)[::2], default=-1) + 1)
    numbers.extend([number, element])
    tree["/ParentTreeNextKey"] = NumberObject(number + 1)
    field.get_object()["/StructParent"] = number
    page.get_object()["/Tabs"] = pdf_name("/S")
