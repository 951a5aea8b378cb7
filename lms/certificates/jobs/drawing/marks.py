"""What is drawn without words: the QR code, the seal, the frame, and the mark of invented data."""

from __future__ import annotations

import math

from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pure import PyPNGImage
from qrcode.main import QRCode
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from lms.web.fonts import SEMIBOLD, width_of

QR_SIDE = 24 * mm
_MASK = 3  # fixed: choosing the mask costs more than the rest of the page


def qr_modules(address: str) -> list[list[bool]]:
    """Return the dark and light modules of the code that opens `address`, without a border."""
    code: QRCode[PyPNGImage] = QRCode(
        image_factory=PyPNGImage, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK
    )
    code.add_data(address, optimize=8)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def draw_qr(canvas: Canvas, address: str, left: float, bottom: float) -> None:
    """Draw the code 24 mm wide, its dark modules as one path of runs."""
    rows = qr_modules(address)
    side = QR_SIDE / len(rows)
    canvas.saveState()
    canvas.setFillColor(HexColor("#000000"))
    path = canvas.beginPath()
    for number, row in enumerate(rows):
        start = None
        for column, dark in enumerate([*row, False]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                path.rect(left + start * side, bottom + QR_SIDE - (number + 1) * side, (column - start) * side, side)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def draw_frame(canvas: Canvas, width: float, height: float, ink: str, accent: str) -> None:
    """Draw the border: a broad line, a band of small woven lozenges, and a fine line inside."""
    canvas.saveState()
    canvas.setStrokeColor(HexColor(accent))
    canvas.setLineWidth(2.4)
    canvas.rect(24, 24, width - 48, height - 48)
    canvas.setLineWidth(0.6)
    canvas.rect(36, 36, width - 72, height - 72)
    _band(canvas, width, height, HexColor(accent))
    canvas.restoreState()
    _corners(canvas, width, height, HexColor(ink), HexColor(accent))


def _band(canvas: Canvas, width: float, height: float, color: Color) -> None:
    """Draw the lozenges between the two lines of the border, the same number on facing sides."""
    canvas.setFillColor(color)
    path = canvas.beginPath()
    across, down = round((width - 84) / 9), round((height - 84) / 9)
    for step in range(1, across):
        x = 42 + step * (width - 84) / across
        _lozenge(path, x, 30, 2.6 if step % 2 else 1.2)
        _lozenge(path, x, height - 30, 2.6 if step % 2 else 1.2)
    for step in range(1, down):
        y = 42 + step * (height - 84) / down
        _lozenge(path, 30, y, 2.6 if step % 2 else 1.2)
        _lozenge(path, width - 30, y, 2.6 if step % 2 else 1.2)
    canvas.drawPath(path, stroke=0, fill=1)


def _lozenge(path: object, x: float, y: float, half: float) -> None:
    path.moveTo(x - half, y)  # type: ignore[attr-defined]
    path.lineTo(x, y + half)  # type: ignore[attr-defined]
    path.lineTo(x + half, y)  # type: ignore[attr-defined]
    path.lineTo(x, y - half)  # type: ignore[attr-defined]
    path.close()  # type: ignore[attr-defined]


def _corners(canvas: Canvas, width: float, height: float, ink: Color, accent: Color) -> None:
    """Draw a rosette over each corner of the border."""
    for x in (30.0, width - 30):
        for y in (30.0, height - 30):
            canvas.saveState()
            canvas.setFillColor(HexColor("#ffffff"))
            canvas.setStrokeColor(accent)
            canvas.setLineWidth(1.2)
            canvas.circle(x, y, 11, stroke=1, fill=1)
            canvas.setFillColor(accent)
            path = canvas.beginPath()
            for turn in range(4):
                angle = turn * math.pi / 2 + math.pi / 4
                _lozenge(path, x + 4.6 * math.cos(angle), y + 4.6 * math.sin(angle), 2.7)
            canvas.drawPath(path, stroke=0, fill=1)
            canvas.setFillColor(ink)
            canvas.circle(x, y, 1.3, stroke=0, fill=1)
            canvas.restoreState()


def draw_seal(canvas: Canvas, x: float, y: float, radius: float, *, ink: str, accent: str) -> None:
    """Draw the seal around its centre: a scalloped disc, a wreath, and the sun over a hill with a path."""
    canvas.saveState()
    canvas.setFillColor(HexColor(accent))
    path = canvas.beginPath()
    points = 48
    for number in range(points * 2):
        angle = math.pi * number / points
        reach = radius if number % 2 else radius * 0.94
        place = (x + reach * math.cos(angle), y + reach * math.sin(angle))
        path.lineTo(*place) if number else path.moveTo(*place)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.setStrokeColor(HexColor("#ffffff"))
    canvas.setLineWidth(1)
    canvas.circle(x, y, radius * 0.86, stroke=1, fill=0)
    _wreath(canvas, x, y, radius * 0.73)
    canvas.setFillColor(HexColor("#ffffff"))
    canvas.circle(x, y, radius * 0.6, stroke=0, fill=1)
    _emblem(canvas, x, y, radius * 0.56, ink=ink, accent=accent)
    canvas.restoreState()


def _wreath(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """Draw leaves around the seal."""
    canvas.setFillColor(HexColor("#ffffff"))
    for number in range(22):
        canvas.saveState()
        canvas.translate(x, y)
        canvas.rotate(number * 360 / 22)
        canvas.translate(0, radius)
        canvas.rotate(28)
        canvas.ellipse(-radius * 0.105, -radius * 0.035, radius * 0.105, radius * 0.035, stroke=0, fill=1)
        canvas.restoreState()


def _emblem(canvas: Canvas, x: float, y: float, radius: float, *, ink: str, accent: str) -> None:
    """Draw the site's mark inside a circle: a sun that rises over a hill, and a path that leads there."""
    canvas.saveState()
    clip = canvas.beginPath()
    clip.circle(x, y, radius)
    canvas.clipPath(clip, stroke=0, fill=0)
    canvas.setFillColor(HexColor("#e0a030"))
    canvas.circle(x, y + radius * 0.2, radius * 0.4, stroke=0, fill=1)
    canvas.setFillColor(HexColor(accent))
    hill = canvas.beginPath()
    hill.moveTo(x - radius, y - radius)
    hill.curveTo(x - radius * 0.7, y - radius * 0.1, x - radius * 0.3, y, x, y)
    hill.curveTo(x + radius * 0.3, y, x + radius * 0.7, y - radius * 0.1, x + radius, y - radius)
    hill.close()
    canvas.drawPath(hill, stroke=0, fill=1)
    canvas.setStrokeColor(HexColor("#ffffff"))
    canvas.setLineWidth(radius * 0.13)
    way = canvas.beginPath()
    way.moveTo(x - radius * 0.1, y - radius)
    way.curveTo(x - radius * 0.4, y - radius * 0.55, x + radius * 0.35, y - radius * 0.55, x, y - radius * 0.06)
    canvas.drawPath(way, stroke=1, fill=0)
    canvas.restoreState()
    canvas.setStrokeColor(HexColor(ink))
    canvas.setLineWidth(0.5)
    canvas.circle(x, y, radius, stroke=1, fill=0)


def draw_demonstration_mark(canvas: Canvas, width: float, height: float, accent: str) -> None:
    """Write across the page, pale and behind everything, that the person is invented."""
    text, size = "DEMONSTRATION", 76
    color = HexColor(accent)
    canvas.saveState()
    canvas.setFillColor(Color(*(1 - (1 - part) * 0.075 for part in (color.red, color.green, color.blue))))
    canvas.setFont(SEMIBOLD, size)
    canvas.translate(width / 2, height / 2)
    canvas.rotate(24)
    canvas.drawString(-width_of(text, SEMIBOLD, size) / 2, -size / 3, text)
    canvas.restoreState()
