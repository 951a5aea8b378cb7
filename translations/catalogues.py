"""Makes, updates and compiles the program's catalogues, with Samoan known to Babel.

python translations/catalogues.py update     extract words and bring every messages.po up to date
python translations/catalogues.py compile    write the .mo files that the program reads
python translations/catalogues.py missing    list what has no translation; exit 1 when there is any
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from lms.i18n import TAGS, install_locales

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "_l": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
METHODS = [
    ("**/templates/**.html", "jinja2"),
    ("**/items/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**.py", "python"),
]
DOMAINS = ("messages", "wtforms")


def update() -> None:
    """Extract the program's words and bring every catalogue up to date. Twice in a row changes nothing."""
    template = Catalog(project="lms", charset="utf-8")
    for name, line, message, comments, context in extract_from_dir(
        ROOT / "lms", METHODS, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        template.add(message, None, [(f"lms/{name}", line)], auto_comments=comments, context=context)
    _write(HERE / "messages.pot", template)
    for tag in TAGS:
        if tag == "en":
            continue
        path = HERE / tag / "LC_MESSAGES" / "messages.po"
        catalogue = _read(path, tag) if path.exists() else Catalog(locale=tag, project="lms", charset="utf-8")
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        _write(path, catalogue)


def compile_all() -> None:
    """Write a .mo file beside every .po file that is newer."""
    for tag in TAGS:
        for domain in DOMAINS:
            path = HERE / tag / "LC_MESSAGES" / f"{domain}.po"
            target = path.with_suffix(".mo")
            if path.exists() and (not target.exists() or target.stat().st_mtime <= path.stat().st_mtime):
                with target.open("wb") as file:
                    write_mo(file, _read(path, tag))


def missing() -> list[str]:
    """Return every message without a translation, as "tag: message"."""
    gaps = []
    for tag in TAGS:
        for domain in DOMAINS:
            path = HERE / tag / "LC_MESSAGES" / f"{domain}.po"
            if tag == "en" or not path.exists():
                continue
            for message in _read(path, tag):
                words = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
                if message.id and not all(words):
                    gaps.append(f"{tag}: {message.id}")
    return gaps


def _read(path: Path, tag: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=tag)


def _write(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue without dates and line numbers, so that only words change it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, omit_header=False, no_location=True, sort_output=True)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By'))]
    path.write_text("".join(kept), encoding="utf-8")


def main() -> int:
    """Run the command named on the command line."""
    install_locales()
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    if command == "missing":
        gaps = missing()
        sys.stderr.write("".join(f"{gap}\n" for gap in gaps))
        return 1 if gaps else 0
    actions = {"update": update, "compile": compile_all}
    if command not in actions:
        sys.stderr.write((__doc__ or "") + "\n")
        return 2
    actions[command]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
