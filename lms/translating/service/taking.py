"""Taking proposals from the desk into the PO files: reads the database, changes files; twice is once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path

from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.folder import ContentObject, Folder
from lms.content.po import Entry, PoFile, write_po
from lms.content.translations import follow
from lms.people.queries import names_of_accounts
from lms.translating import queries, rules
from lms.translating.queries import Place, Told


@dataclass(frozen=True)
class Outcome:
    """What became of the proposal at one sentence; the line is that of its entry before, 1 where it had none."""

    path: str
    line: int
    address: str
    what: str
    state: str


@dataclass
class Taking:
    """The files to write, each with its text, and what became of each proposal."""

    files: dict[Path, str] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)

    def count(self, what: str) -> int:
        """Return how many proposals had that outcome."""
        return sum(each.what == what for each in self.outcomes)


def look_what_to_take(session: Session, folder: Folder, locales: Iterable[str], on: date) -> Taking:
    """Return what taking the standing proposals of these languages into a folder without problems would do.

    What `extract` would find on the day `on` is done to the files that change. Two queries.
    """
    newest = queries.list_newest(session, list(locales))
    versions = [told.version for told in newest.values()]
    accounts = {each for v in versions for each in (v.written_by, v.reviewed_by, v.approved_by) if each is not None}
    names = rules.names_apart(names_of_accounts(session, accounts))
    taking = Taking()
    ordered = sorted(newest.items(), key=lambda pair: _object_of(pair[0]))
    for (kind, key, locale), pairs in groupby(ordered, key=lambda pair: _object_of(pair[0])):
        made = folder.objects.get((kind, key))
        if made is None:
            taking.outcomes += [Outcome(f"{kind}/{key}", 1, p.address, "gone", t.version.state) for p, t in pairs]
        else:
            _take_into(taking, made, locale, dict(pairs), names, on)
    return taking


def write_taken(taking: Taking) -> None:
    """Write the files, each whole or not at all."""
    for path, text in taking.files.items():
        fresh = path.with_suffix(".po.new")
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(path)


def _object_of(place: Place) -> tuple[str, str, str]:
    return place.kind, place.key, place.locale


def _take_into(
    taking: Taking, made: ContentObject, locale: str, told: Mapping[Place, Told], names: Mapping[int, str], on: date
) -> None:
    """Take the proposals of one object and language into its file, if any can be."""
    sentences, catalog = made.sentences(), made.catalogs.get(locale) or PoFile()
    entries = follow(sentences, catalog.entries, on.isoformat())
    at = {entry.context: number for number, entry in enumerate(entries) if not entry.is_former}
    before = taking.count("taken")
    for place, each in told.items():
        english = sentences.get(place.address)
        entry = entries[at[place.address]] if english is not None else Entry(place.address, "")
        what = rules.outcome_of(each.version, english, entry)
        if what == "taken":
            entries[at[place.address]] = rules.taken_entry(entry, each.version, _signature(each, names))
        path, line = made.catalog_path(locale), max(entry.line, 1)
        taking.outcomes.append(Outcome(path, line, place.address, what, each.version.state))
    if taking.count("taken") > before:
        taking.files[Path(f"{made.po_prefix}{locale}.po")] = write_po(locale, entries, catalog.header)


def _signature(told: Told, names: Mapping[int, str]) -> rules.Signature:
    """Return whom the file names: the reviewer of what is reviewed, who approved what is approved."""
    version = told.version
    writer = names.get(version.written_by, "") if version.written_by is not None else ""
    steps = {"reviewed": (version.reviewed_by, told.reviewed_at), "approved": (version.approved_by, told.approved_at)}
    account, at = steps.get(version.state, (None, None))
    by = names.get(account, "") if account is not None else ""
    return rules.Signature(writer, by, local_date(at or told.written_at).isoformat())
