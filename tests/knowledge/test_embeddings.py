"""Embeddings: the model that ships, its hash, and what its vectors are like."""

import math
import shutil
import subprocess
import sys

import pytest

from desk.errors import Misconfigured
from knowledge.embeddings import FOLDER, MINILM, OnnxEmbedder
from knowledge.vectors import packed, unpacked


@pytest.fixture(scope="module")
def embedder():
    made = OnnxEmbedder()
    yield made
    made.close()


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


async def test_vectors_have_length_one_and_meaning(embedder):
    refund, money, weather = await embedder.embed(["When is my refund paid?", "I want my money back", "It rains in Oslo"])
    assert len(refund) == embedder.dimensions == 384
    assert math.isclose(cosine(refund, refund), 1.0, abs_tol=1e-3)
    assert cosine(refund, money) > cosine(refund, weather) + 0.2


async def test_a_text_has_the_same_vector_alone_and_among_others(embedder):
    texts = ["short", "a longer text about refunds and invoices " * 20, "x" * 5_000, "الاسترداد 💸", ""]
    together = await embedder.embed(texts)
    alone = [(await embedder.embed([text]))[0] for text in texts]
    assert list(together) == alone


async def test_no_texts_give_no_vectors(embedder):
    assert await embedder.embed([]) == []


async def test_a_10_mb_text_is_read_at_its_beginning(embedder):
    (vector,) = await embedder.embed(["refund " * 1_500_000])
    (begin,) = await embedder.embed(["refund " * 1_000])
    assert vector == begin


def test_the_id_names_the_model_and_its_file(embedder):
    assert embedder.id == "all-MiniLM-L6-v2-int8@e23f8c89"


@pytest.mark.parametrize("name", [MINILM.network[0], MINILM.tokenizer[0]])
def test_another_file_in_the_model_s_place_is_refused(tmp_path, name):
    shutil.copytree(FOLDER, tmp_path / "model")
    with (tmp_path / "model" / name).open("r+b") as file:
        file.write(b"?")
    with pytest.raises(Misconfigured, match="has SHA-256"):
        OnnxEmbedder(tmp_path / "model").embed_now(["text"])


def test_a_missing_model_is_one_sentence(tmp_path):
    with pytest.raises(Misconfigured, match=r"cannot be read.*rebuild it with"):
        OnnxEmbedder(tmp_path).embed_now(["text"])


def test_importing_the_embedder_loads_no_model_and_no_runtime():
    code = "import sys, knowledge.embeddings as e; e.OnnxEmbedder(); assert not {'onnxruntime', 'tokenizers', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_packing_keeps_a_vector():
    assert unpacked(packed([0.5, -1.0, 0.0])) == [0.5, -1.0, 0.0]
    assert packed([1.0]) == b"\x00\x00\x80\x3f"
