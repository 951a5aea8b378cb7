"""A small content folder that is right, to be spoiled or changed by tests."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "frameworks/skills.yml": """\
key: skills
title: Skills
version: "1"
source: Our own words
competencies:
  - id: talking
    title: Talking
    summary: Talk well with people.
    sub_skills:
      - {id: plain, title: Plain words}
levels:
  - {id: entry, title: Entry}
crosswalks:
  - framework: other
    title: Another list
    maps: [{from: talking, to: speech, title: Speech}]
""",
    "modules/visits/module.yml": """\
key: visits
title: Home visits
summary: How to visit people at home.
minutes: 20
credits:
  - {competency: skills/talking, minutes: 20}
lessons: [arriving, leaving]
prerequisites: []
survey: opinion
sources:
  - {id: own, title: Our own practice, url: "https://example.org/a"}
""",
    "modules/visits/lessons/arriving.md": """\
---
title: Arriving
minutes: 10
objectives:
  - Greet people.
  - Say why you came.
---
Before the first heading.

## Who is there?

Say **who** you are. See [the list](https://example.org/list).

- One
- Two

| Say | Not |
|---|---|
| Hello | Hey |

:::scenario
Ana opens the door. What do you say?
:::

### Who is there?

The same heading again.
""",
    "modules/visits/lessons/leaving.md": """\
---
title: Leaving
minutes: 8
objectives: [Say goodbye.]
---
Say when you come back.
""",
    "modules/visits/quiz.yml": """\
pass_mark: 80
draw: 2
items:
  - id: q-one
    type: single
    competency: skills/talking
    critical: true
    points: 1
    prompt: What comes first?
    options:
      - {id: a, text: A greeting}
      - {id: b, text: A form}
      - {id: c, text: A bill}
    key: [a]
    feedback: A greeting opens the door.
  - id: q-two
    type: true-false
    competency: skills/talking
    prompt: You may go in without asking.
    key: false
    feedback: Always ask.
  - id: q-three
    type: multiple
    competency: skills/talking
    prompt: What helps?
    options: [{id: a, text: Time}, {id: b, text: Haste}, {id: c, text: Rest}]
    key: [a, c]
    feedback: Time and rest help.
""",
    "surveys/opinion.yml": """\
key: opinion
title: What did you think?
intro: A few questions.
thanks: Thank you.
questions:
  - {id: useful, type: likert, level: reaction, prompt: Was it useful?, required: true}
  - id: pace
    type: choice
    level: reaction
    prompt: How was the pace?
    options: [{id: slow, text: Slow}, {id: fast, text: Fast}]
  - {id: more, type: text, level: behavior, prompt: What else?}
scale: [Not at all, A little, Somewhat, Mostly, Very much]
""",
    "tracks/start.yml": """\
key: start
title: Start
summary: A short start.
level: entry
certificate: done
valid_months: 24
items:
  - {id: visits, module: visits}
""",
    "certificates/done.yml": """\
key: done
issuer: The consortium
ink: "#000000"
accent: "#0b5e5a"
signers:
  - {title: Coordinator}
  - {name: Ana Cruz, title: Representative}
words:
  heading: Certificate
  presented_to: Given to
  completed: Completed {track} on {date}.
  hours: It took {hours}.
  competencies: "Skills:"
  issued_on: Issued on {date}.
  expires_on: Expires on {date}.
  no_expiry: Does not expire.
  serial: "Number {serial}"
  verify: Go to {url}.
  not_a_license: Not a license.
  language_of_instruction: Taught in {language}.
""",
}
#: As many words as the module's minutes ask for, at the end of this lesson.
LONG = "modules/visits/lessons/arriving.md"
FILLING = "\n" + " ".join(["Take your time."] * 320) + "\n"


def write_sample(folder: Path) -> Path:
    """Write the sample below `folder` and return it."""
    for name, text in FILES.items():
        put(folder, name, text + FILLING if name == LONG else text)
    return folder


def put(folder: Path, name: str, text: str | bytes) -> None:
    """Write one file of the folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def spoil(folder: Path, name: str, old: str, new: str) -> int:
    """Replace `old` in a file and return the line on which it stands."""
    path = folder / name
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    path.write_text(text.replace(old, new))
    return text[: text.index(old)].count("\n") + 1
