"""Taking proposals from the desk into the PO files: reads the database, changes files; twice is once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.checks import catalog_faults
from lms.content.folder import ContentObject, Folder
from lms.content.library import Words, words_ever
from lms.content.po import Entry, PoFile, write_po
from lms.content.translations import follow
from lms.errors import Problem
from lms.translating import queries, rules
from lms.translating.queries import Place, Told

#: Outcomes that are looked at once more: whether the files have held the proposal already.
_OPEN = ("taken", "conflict", "waits")


@dataclass(frozen=True)
class Outcome:
    """What became of the proposal at one sentence; the line is that of its entry before, 1 where it had none."""

    path: str
    line: int
    address: str
    what: str
    state: str
    #: What the check would say of the file if it were taken.
    why: str = ""


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

    What `extract` would find on the day `on` is done to the files that change, and what the check would refuse is left
    out. Four queries, one more where a step was withdrawn, and for each object that something is to be taken into what
    `words_ever` asks.
    """
    names, tags = queries.names_in_files(session), list(locales)
    fallen, taking = queries.list_fallen(session, tags, names), Taking()
    listed = ((place, queries.signed(each, names)) for place, each in queries.list_to_take(session, tags))
    ordered = sorted(listed, key=lambda pair: _object_of(pair[0]))
    for (kind, key, locale), pairs in groupby(ordered, key=lambda pair: _object_of(pair[0])):
        made = folder.objects.get((kind, key))
        if made is None:
            newest = dict(pairs)
            taking.outcomes += [
                Outcome(f"{kind}/{key}", 1, p.address, "gone", t.version.state) for p, t in newest.items()
            ]
        else:
            file = _file_of(made, locale, on, fallen.get((kind, key, locale), set()))
            _take_into(session, taking, file, list(pairs), names)
    return taking


def write_taken(taking: Taking) -> None:
    """Write the files, each whole or not at all."""
    for path, text in taking.files.items():
        fresh = path.with_suffix(".po.new")
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(path)


def _object_of(place: Place) -> tuple[str, str, str]:
    return place.kind, place.key, place.locale


@dataclass(frozen=True)
class _File:
    """A PO file, up to date with its English."""

    made: ContentObject
    locale: str
    sentences: Mapping[str, str]
    entries: Sequence[Entry]
    header: Mapping[str, str]
    #: English and words of which such a review or approval was withdrawn.
    fallen: Collection[tuple[str, str, rules.Decision]]

    def as_it_stands(self, entry: Entry, version: rules.Version) -> Entry:
        """Return an entry beside other words: a decision about its own that was withdrawn keeps it from nobody."""
        said = (entry.english, entry.text, entry.state, entry.on)
        is_fallen = entry.text != version.text and said in {(*each, back.state, back.on) for *each, back in self.fallen}
        return replace(entry, state="draft") if is_fallen else entry

    def text(self, wanted: Mapping[str, Entry]) -> str:
        """Return the file with the wanted entries in place of those at their contexts."""
        present = (each if each.is_former else wanted.get(each.context, each) for each in self.entries)
        return write_po(self.locale, present, self.header)

    def new_faults(self, wanted: Mapping[str, Entry]) -> dict[str, Problem]:
        """Return what the wanted entries make wrong, by the contexts of the sentences of which it is said."""
        before, after = (catalog_faults(self.made, self.text(each), self.locale) for each in ({}, wanted))
        return {each[0]: after[each] for each in after.keys() - before.keys()}


def _file_of(made: ContentObject, locale: str, on: date, fallen: Collection[tuple[str, str, rules.Decision]]) -> _File:
    sentences, catalog = made.sentences(), made.catalogs.get(locale) or PoFile()
    return _File(made, locale, sentences, follow(sentences, catalog.entries, on.isoformat()), catalog.header, fallen)


def _take_into(
    session: Session, taking: Taking, file: _File, pairs: Sequence[tuple[Place, Told]], names: Mapping[int, str]
) -> None:
    """Take the proposals of one object and language into its file, if any can be."""
    homes = rules.homes_of([(place.address, told.version) for place, told in pairs], file.sentences)
    entries = {each.context: each for each in file.entries if not each.is_former}
    wanted: dict[str, Entry] = {}
    found: list[Outcome] = []
    ever: list[tuple[Words, datetime]] | None = None
    for place, told in pairs:
        each = replace(told, version=rules.without(told.version, file.fallen))
        home = homes.get(each.version.id)
        if home is None:
            continue
        entry = entries.get(home, Entry(home, ""))
        what = rules.outcome_of(each.version, file.sentences.get(home), file.as_it_stands(entry, each.version))
        signature = _signature(each, names)
        if what in _OPEN:
            ever = words_ever(session, place.kind, place.key, place.locale) if ever is None else ever
            is_undone = rules.is_undone(each.version, entry, signature, _published(ever, {home, place.address}, each))
            what = "undone" if is_undone else what
        if what == "taken":
            wanted[home] = rules.taken_entry(entry, each.version, signature)
        path, line = file.made.catalog_path(file.locale), max(entry.line, 1)
        found.append(Outcome(path, line, home, what, each.version.state))
    unfit = _unfit(file, wanted)
    for one in found:
        is_unfit = one.what == "taken" and one.address in unfit
        taking.outcomes.append(replace(one, what="conflict", why=unfit[one.address]) if is_unfit else one)
    if wanted.keys() - unfit.keys():
        fit = {context: entry for context, entry in wanted.items() if context not in unfit}
        taking.files[Path(f"{file.made.po_prefix}{file.locale}.po")] = file.text(fit)


def _published(ever: Iterable[tuple[Words, datetime]], contexts: Iterable[str], told: Told) -> list[rules.Filed]:
    """Return what was published at these contexts since a version came to be as it is."""
    said = [words.entries.get(context) for words, at in ever if at >= told.changed_at for context in contexts]
    return [queries.filed(each, each["state"]) for each in said if each is not None]


def _unfit(file: _File, wanted: Mapping[str, Entry]) -> dict[str, str]:
    """Return which of the wanted entries the check would refuse, by context, and what it says.

    Where it complains of another sentence, such as an option that reads like a new one, the entry without which it
    complains least is left out.
    """
    unfit: dict[str, str] = {}
    rest = dict(wanted)
    while rest and (new := file.new_faults(rest)):
        named = {context: problem.message for context, problem in new.items() if context in rest}
        if not named:
            left = {each: {context: rest[context] for context in rest if context != each} for each in rest}
            worst = min(rest, key=lambda each: len(file.new_faults(left[each])))
            named = {worst: min(new.values()).message}
        unfit |= named
        rest = {context: entry for context, entry in rest.items() if context not in unfit}
    return unfit


def _signature(told: Told, names: Mapping[int, str]) -> rules.Signature:
    """Return whom the file names: the reviewer of what is reviewed, who approved what is approved."""
    version = told.version
    writer = names.get(version.written_by, "") if version.written_by is not None else ""
    steps = {"reviewed": (version.reviewed_by, told.reviewed_at), "approved": (version.approved_by, told.approved_at)}
    account, at = steps.get(version.state, (None, None))
    by = names.get(account, "") if account is not None else ""
    return rules.Signature(writer, by, local_date(at or told.changed_at).isoformat())
