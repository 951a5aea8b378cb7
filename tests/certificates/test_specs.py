"""Designs of certificates: what is refused, with what words, and older revisions that certificates rest on."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from lms.certificates.jobs.drawing.frames import MOTIFS
from lms.certificates.specs import CertificateSpec, CertificateWords, contrast_on_white
from lms.config import ROOT
from lms.content.library import Source
from tests.certificates.drawn import spec_of


@pytest.fixture
def engine_name() -> str:
    """Designs need no database."""
    return "sqlite"


def data_of(key: str = "completion") -> dict[str, Any]:
    data: dict[str, Any] = YAML(typ="safe").load((ROOT / "content" / "certificates" / f"{key}.yml").read_text("utf-8"))
    return data


def refused(**changed: Any) -> str:
    """Return what is said about a design with something else in it."""
    with pytest.raises(ValidationError) as raised:
        CertificateSpec.read({**data_of(), **changed})
    return "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in raised.value.errors())


def test_what_is_wrong_with_a_design_is_said() -> None:
    assert "motif: Input should be 'weave', 'leaves' or 'waves'" in refused(motif="stars")
    assert "too pale on white paper: the contrast is 3.0, and needs to be 4.5" in refused(accent="#c8871e")
    assert "ink: Value error, too pale on white paper: the contrast is 4.5, and needs to be 7.0" in refused(
        ink="#777777"
    )
    assert refused(glow="gold").startswith("glow: String should match pattern")
    for count in (0, 1, 3):
        said = refused(signers=[{"title": "Coordinator"}] * count)
        assert said.endswith(f"two people sign a certificate; here are {count}")
    assert refused(signers=[{"title": "a"}, {"name": "b"}]) == "signers.1.title: Field required"
    for name, why in ((" Ana", "name_spaces"), ("An\u0301a", "name_not_composed"), ("漢", "name_letter")):
        said = refused(signers=[{"title": "a"}, {"title": "b", "name": name}])
        assert said == f"signers.1.name: Value error, this name cannot be printed: {why}"
    assert "control characters are not allowed" in refused(signers=[{"title": "a\tb"}, {"title": "b"}])


def test_sentences_need_their_names_and_no_other() -> None:
    words = data_of()["words"]
    assert "these words need exactly: {content}, {rules}" in refused(words={**words, "versions": "Rules {rules}."})
    assert "these words need exactly: {hours}" in refused(words={**words, "class_hours": "in class"})
    assert "these words need exactly: no {name}" in refused(words={**words, "card": "Cut {it}."})


def test_what_a_file_leaves_out_has_usual_words_which_are_translated() -> None:
    data = data_of()
    usual = [name for name, field in CertificateWords.model_fields.items() if not field.is_required()]
    assert len(usual) == 8
    short = {name: said for name, said in data["words"].items() if name not in usual}
    spec = CertificateSpec.read({**data, "words": short})
    assert spec == spec_of("completion")
    told = {each.address: each.english for each in spec.told()}
    assert {f"words.{name}" for name in usual} <= set(told)
    assert (told["signers.1"], told["signers.2"]) == ("Training coordinator", "Community health worker representative")
    assert [each.path for each in spec.told()][-1] == ("signers", 1, "title")


def test_an_older_revision_is_read_as_one_of_today() -> None:
    data = copy.deepcopy(data_of())
    for name in ("signers", "glow", "motif"):
        del data[name]
    data["words"] |= {"signer_one": "Teacher", "signer_two": "Elder"}
    spec = CertificateSpec.from_source(Source("certificate", "completion", 1, "", {"files": {"completion.yml": data}}))
    assert [(signer.name, signer.title) for signer in spec.signers] == [("", "Teacher"), ("", "Elder")]
    assert (spec.motif, spec.glow) == ("weave", "#c8871e")
    with pytest.raises(ValidationError):
        CertificateSpec.read(data)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast_on_white("#ffffff") == pytest.approx(1)
    assert contrast_on_white("#000000") == pytest.approx(21)
    assert contrast_on_white("#777777") == pytest.approx(4.48, abs=0.01)


def test_demonstration_signers_are_plainly_invented() -> None:
    for key in ("completion", "first-steps"):
        spec = spec_of(key)
        assert "(demonstration)" in spec.issuer
        assert all(not signer.name or re.search(r"^Demo .*\(invented\)$", signer.name) for signer in spec.signers)


def test_every_motif_can_be_chosen() -> None:
    for motif in MOTIFS:
        assert CertificateSpec.read({**data_of(), "motif": motif}).motif == motif
