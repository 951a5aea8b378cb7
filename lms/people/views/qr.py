"""QR codes as small SVG pictures of our own origin."""

from __future__ import annotations

import qrcode
from flask import make_response
from qrcode.constants import ERROR_CORRECT_M
from werkzeug.wrappers import Response


def qr_svg(text: str) -> str:
    """Return an SVG picture of the QR code of `text`, black on white with its quiet zone."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    size = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def svg_answer(text: str) -> Response:
    """Return the answer that carries the QR code of `text`; kept by no cache."""
    response = make_response(qr_svg(text))
    response.mimetype = "image/svg+xml"
    return response
