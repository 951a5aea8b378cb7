"""`make bench`, the sealing of a page: CPU milliseconds beside what pyHanko takes for the same, in turns in one run.

The floor of sealing is pyHanko's own signer at its best: its key stays loaded, room for the signature is reserved
beforehand, and the page is only added to. The floor of checking is pyHanko's validator, which looks at the signature
and the chain, and not into the page.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from functools import cache
from io import BytesIO

from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore
from reportlab.pdfgen.canvas import Canvas

from lms.certificates.jobs.checking.page import check_page
from lms.certificates.jobs.sealing import RESERVED, seal_page
from lms.web.fonts import load_fonts
from tests.certificates.sealed import AT, NAME, certificate_of, root_of, sign_with

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
REPEATS = int(os.environ.get("BENCH_REQUESTS", "40"))
CREDENTIAL = b'{"type": ["VerifiableCredential", "OpenBadgeCredential"]}' * 150


@cache
def page() -> bytes:
    """Return a page with the fonts and about the size of a certificate."""
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=(792, 612), invariant=1, lang="to", pageCompression=1)
    for number, font in enumerate(load_fonts()):
        canvas.setFont(font, 12)
        canvas.drawString(72, 500 - 30 * number, "Sēla Vāʻinga has completed the core training of 25 hours")
    canvas.save()
    return stream.getvalue()


class Held(Signer):
    """A signer of pyHanko with its key loaded."""

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002
        """Sign."""
        return sign_with("page")(data)


@cache
def held() -> tuple[Certificate, SimpleCertificateStore]:
    store = SimpleCertificateStore()
    store.register(Certificate.load(root_of()))
    return Certificate.load(certificate_of()), store


def floor_seal() -> bytes:
    """Sign the page by pyHanko's own means, with the same file inside."""
    writer = IncrementalPdfFileWriter(BytesIO(page()))
    params = embed.EmbeddedFileParams(creation_date=AT, modification_date=AT)
    stream = embed.EmbeddedFileObject.from_file_data(writer, CREDENTIAL, params=params, mime_type="application/json")
    relation = generic.pdf_name("/Data")
    embed.embed_file(writer, embed.FileSpec("a.json", "a.json", embedded_data=stream, af_relationship=relation))
    meta = PdfSignatureMetadata(
        field_name="seal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, certify=True, name=NAME,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )  # fmt: skip
    certificate, store = held()
    signed: bytes = (
        PdfSigner(meta, Held(signing_cert=certificate, cert_registry=store))
        .sign_pdf(writer, bytes_reserved=RESERVED)
        .getvalue()
    )
    return signed


@cache
def seal() -> bytes:
    """Return a sealed page, made once."""
    return real_seal()


def real_seal() -> bytes:
    return seal_page(
        page(), sign=sign_with("page"), certificate=certificate_of(), root=root_of(), attachment=CREDENTIAL,
        attachment_name="a.json", issuer=NAME, at=AT,
    )  # fmt: skip


def floor_check() -> None:
    context = ValidationContext(trust_roots=[Certificate.load(root_of())], moment=AT, allow_fetching=False)
    if not validate_pdf_signature(PdfFileReader(BytesIO(seal())).embedded_signatures[0], context).bottom_line:
        raise SystemExit("pyHanko does not trust the page")


def real_check() -> None:
    check_page(seal(), roots=[root_of()])


def spent(work: Callable[[], object]) -> float:
    """Return mean CPU milliseconds of one round."""
    before = time.process_time()
    for _ in range(REPEATS):
        work()
    return (time.process_time() - before) * 1000 / REPEATS


def main() -> None:
    """Measure both in turns and print a line for each."""
    print(f"{'work on a page':<30}{'CPU ms':>10}{'floor ms':>10}{'ratio':>8}   {ROUNDS} rounds of {REPEATS}")
    for name, real, floor in (("seal", real_seal, floor_seal), ("check", real_check, floor_check)):
        real(), floor()
        figures = [(spent(real), spent(floor)) for _ in range(ROUNDS)]
        mine, bare = (statistics.median(column) for column in zip(*figures, strict=True))
        print(f"{name:<30}{mine:>10.2f}{bare:>10.2f}{mine / bare:>8.2f}")


if __name__ == "__main__":
    main()
