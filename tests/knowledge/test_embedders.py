"""Embedders: the wanted one by its folder, and older ones by what was noted of them."""

import json

import pytest

from desk.errors import Misconfigured
from knowledge.embedders import NOTE, known, wanted
from knowledge.embeddings import MINILM


def model(folder, weights="w"):
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"hidden_size": 32}))
    (folder / "model.safetensors").write_text(weights)
    return folder


def test_without_a_folder_it_is_the_model_that_ships(tmp_path):
    embedder = wanted(None, notes=tmp_path / "home")
    assert embedder.id == MINILM.id
    assert not (tmp_path / "home").exists()
    embedder.close()


def test_an_embedder_is_found_again_by_its_id_after_another_took_over(tmp_path):
    first = wanted(model(tmp_path / "first"), notes=tmp_path / "home")
    second = wanted(model(tmp_path / "second", "other"), notes=tmp_path / "home")
    load = known(tmp_path / "home")
    assert [load(each.id).id for each in (first, second)] == [first.id, second.id]
    assert load(MINILM.id).id == MINILM.id


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda folder: (folder / "model.safetensors").write_text("retrained"), id="other weights"),
        pytest.param(lambda folder: folder.rename(folder.with_name("away")), id="a folder that moved"),
        pytest.param(lambda folder: (folder.parent / "home" / NOTE).write_text("{"), id="half a note"),
        pytest.param(lambda folder: (folder.parent / "home" / NOTE).write_text("[]"), id="another note"),
    ],
)
def test_an_embedder_that_is_not_there_any_more_is_none(tmp_path, change):
    embedder = wanted(model(tmp_path / "first"), notes=tmp_path / "home")
    change(tmp_path / "first")
    assert known(tmp_path / "home")(embedder.id) is None


def test_an_unknown_id_is_none(tmp_path):
    assert known(tmp_path)("never@heard") is None


def test_a_folder_without_a_model_is_refused_at_once(tmp_path):
    with pytest.raises(Misconfigured, match=r"config\.json"):
        wanted(tmp_path, notes=tmp_path)
