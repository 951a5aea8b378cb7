"""QR codes as small SVG pictures of our own origin."""

from __future__ import annotations

from itertools import groupby

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
    size, path = len(rows), ""
    for y, row in enumerate(rows):
        ends = 0
        for dark, run in groupby(row):
            width = len(list(run))
            path += f"M{ends} {y}h{width}v1h-{width}z" if dark else ""
            ends += width
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def svg_answer(text: str) -> Response:
    """Return the answer that carries the QR code of `text`; kept by no cache."""
    response = make_response(qr_svg(text))
    response.mimetype = "image/svg+xml"
    return response
