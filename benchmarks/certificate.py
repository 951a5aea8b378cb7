"""How long one certificate takes to draw, beside its floor in the same run: python -m benchmarks.certificate.

The floor is a bare page of reportlab that embeds the same letters of the same fonts, and has the same code with a fixed
mask. Both are drawn in turns on one core; the figures are medians of CPU milliseconds.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from lms.certificates.jobs.drawing import Sheet, draw_certificate, qr
from lms.certificates.jobs.drawing.renderings import PAPERS
from lms.web import fonts
from lms.web.lean import lean
from tests.certificates.drawn import BASE32, ISSUER, payload_of, sheet_from

ROUNDS, PAGES = 15, 20
NAMES = ("María de los Ángeles Hernández Rodríguez {}", "ʻAnaseini {} Fakafānuamālōlōtuʻu", "Sēla {} Vāʻinga")


def sheets(turn: int) -> list[Sheet]:
    """Return sheets with names and codes that no other turn has, in four languages and both designs."""
    made = []
    for number in range(PAGES):
        token = "".join(BASE32[(at * at + (number + 31 * turn) * at) % 32] for at in range(280))
        payload = payload_of(
            ("completion", "first-steps")[number % 2],
            ("es", "to", "sm", "en")[number % 4],
            NAMES[number % 3].format(chr(65 + number) + "na" + chr(97 + turn) + "elina"),
        )
        code = f"{ISSUER.upper()}/V/{payload['serial']}/1#{token}"
        made.append(sheet_from(payload, code=code))
    return made


def letters_in(content: bytes) -> dict[str, str]:
    """Return for each embedded font as many letters as the page uses of it."""
    counts = re.findall(rb"/BaseFont /AAAAAA\+(\S+).*?/LastChar (\d+)", content, re.DOTALL)
    return {name.decode(): "".join(map(chr, range(33, 33 + int(last) - 1))) for name, last in counts}


@lru_cache(maxsize=4)
def bare_font(name: str) -> str:
    """Register a font as reportlab's own, which writes all of itself, and return its name."""
    font = TTFont(f"Bare-{name}", BytesIO(lean((fonts.FOLDER / f"{name}.ttf").read_bytes())), asciiReadable=False)
    font.face.name = font.fontName.encode()  # else reportlab takes it for the program's, which has this face
    pdfmetrics.registerFont(font)
    return font.fontName


def bare(sheet: Sheet, letters: dict[str, str]) -> bytes:
    """Return the floor's page."""
    out = BytesIO()
    first: Any = bare_font(fonts.REGULAR)  # a name, which the stubs do not know
    canvas = Canvas(out, pagesize=PAPERS["letter"], invariant=1, pageCompression=1, initialFontName=first)
    for number, (name, text) in enumerate(letters.items()):
        canvas.setFont(bare_font(name), 9)
        canvas.drawString(40, 500 - 20 * number, text)
    rows = qr.modules(sheet.code)
    canvas._code.append(qr.draw(rows, 600, 60, qr.side_of(rows)))  # type: ignore[attr-defined]
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def spent(work: Callable[..., object]) -> float:
    """Return the CPU milliseconds that something takes."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def measure() -> tuple[float, float]:
    """Return the milliseconds of a certificate and of its floor."""
    letters = [letters_in(draw_certificate(sheet)) for sheet in sheets(ROUNDS)]
    mine, floor = [], []
    for turn in range(ROUNDS):
        todo = sheets(turn)
        mine.append(spent(lambda todo=todo: [draw_certificate(sheet) for sheet in todo]) / PAGES)
        floor.append(spent(lambda todo=todo: list(map(bare, todo, letters))) / PAGES)
    return statistics.median(mine), statistics.median(floor)


def main() -> None:
    """Print the row."""
    mine, floor = measure()
    print(f"{'certificate page':<30}{mine:>10.2f}{floor:>10.2f}{mine / floor:>8.2f}   {ROUNDS} rounds of {PAGES} pages")


if __name__ == "__main__":
    main()
