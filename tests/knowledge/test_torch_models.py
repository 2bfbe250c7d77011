"""Models of the transformers extra, tried with tiny ones of random weights that are made here."""

import importlib.util
import json
import math
import sys

import pytest

from desk.errors import Misconfigured
from knowledge.torch_models import CrossEncoderReranker, TransformersEmbedder
from tests.support.needs import lacking

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "query", "passage", ":", "refunds", "take", "five", "days", "invoices", "are", "monthly"]
SIZES = {"vocab_size": len(WORDS), "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
LONG = "refunds take five days " * 200


@pytest.fixture(scope="module")
def torch():
    if not (importlib.util.find_spec("torch") and importlib.util.find_spec("transformers")):
        lacking("torch and transformers are not installed (pip install 'frontdesk[transformers]')")
    return importlib.import_module("torch")


def tokenizer_in(folder):
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", model_max_length=64
    )
    fast.save_pretrained(folder)


@pytest.fixture(scope="module")
def folder(torch, tmp_path_factory):
    from transformers import BertConfig, BertModel

    made = tmp_path_factory.mktemp("models") / "tiny"
    torch.manual_seed(1)
    BertModel(BertConfig(**SIZES)).save_pretrained(made)
    tokenizer_in(made)
    return made


@pytest.fixture(scope="module")
def judge(torch, tmp_path_factory):
    from transformers import BertConfig, BertForSequenceClassification

    def made(labels):
        place = tmp_path_factory.mktemp("models") / f"judge{labels}"
        torch.manual_seed(1)
        BertForSequenceClassification(BertConfig(**SIZES, num_labels=labels)).save_pretrained(place)
        tokenizer_in(place)
        return place

    return made


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


async def test_every_text_gets_a_unit_vector_in_order(folder):
    embedder = TransformersEmbedder(folder, batch=2)
    texts = ["refunds take five days", "invoices", LONG, "", "invoices are monthly"]
    vectors = await embedder.embed(texts)
    assert {len(vector) for vector in vectors} == {embedder.dimensions} == {32}
    assert [math.hypot(*vector) for vector in vectors] == pytest.approx([1.0] * 5)
    alone = [(await embedder.embed([text]))[0] for text in texts]
    assert [cosine(a, b) for a, b in zip(vectors, alone, strict=True)] == pytest.approx([1.0] * 5, abs=1e-4)
    assert await embedder.embed([]) == []


async def test_queries_and_passages_are_marked_with_their_prefixes(folder):
    plain = TransformersEmbedder(folder)
    marked = TransformersEmbedder(folder, prefix_query="query: ", prefix_passage="passage: ")
    assert (await marked.embed_queries(["refunds"]))[0] == pytest.approx((await plain.embed(["query: refunds"]))[0], abs=1e-5)
    assert (await marked.embed(["refunds"]))[0] == pytest.approx((await plain.embed(["passage: refunds"]))[0], abs=1e-5)


async def test_pooling_and_prefixes_are_read_from_the_folder(folder, tmp_path):
    own = tmp_path / "tiny"
    own.symlink_to(folder)
    copied = tmp_path / "copy"
    copied.mkdir()
    for file in folder.iterdir():
        (copied / file.name).symlink_to(file)
    (copied / "1_Pooling").mkdir()
    (copied / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": True}))
    (copied / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {"query": "query: ", "document": ""}}))
    told, given = TransformersEmbedder(copied), TransformersEmbedder(own, prefix_query="query: ", pooling="cls")
    assert told.id.partition("@")[2] == given.id.partition("@")[2] != TransformersEmbedder(own).id.partition("@")[2]
    assert await told.embed_queries(["refunds take"]) == await given.embed_queries(["refunds take"])


async def test_a_reranker_gives_each_text_a_probability(judge):
    reranker = CrossEncoderReranker(judge(1))
    texts = ["refunds take five days", "invoices are monthly", LONG]
    scores = await reranker.scores("refunds", texts)
    assert len(scores) == 3
    assert all(0 < score < 1 for score in scores)
    assert [(await reranker.scores("refunds", [text]))[0] for text in texts] == pytest.approx(scores, abs=1e-5)
    assert await reranker.scores("refunds", []) == []


async def test_of_two_outputs_the_second_says_that_a_text_answers(judge):
    scores = await CrossEncoderReranker(judge(2)).scores(LONG, ["refunds take five days", "invoices"])
    assert all(0 < score < 1 for score in scores)


def files(folder, **contents):
    folder.mkdir(exist_ok=True)
    for name, content in contents.items():
        (folder / name.replace("_json", ".json").replace("_safetensors", ".safetensors")).write_text(content)
    return folder


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        pytest.param({}, "config.json", id="an empty folder"),
        pytest.param({"config_json": "{"}, "config.json", id="half a configuration"),
        pytest.param({"config_json": "[]"}, "no model's configuration", id="a list"),
        pytest.param({"config_json": "{}"}, "hidden_size", id="no size"),
        pytest.param({"config_json": '{"hidden_size": 32}'}, "safetensors", id="no weights in a safe format"),
    ],
)
def test_a_folder_that_holds_no_usable_model_is_said_at_once_and_without_torch(tmp_path, contents, says):
    with pytest.raises(Misconfigured, match=says):
        TransformersEmbedder(files(tmp_path / "model", **contents))


async def test_broken_weights_are_said_in_one_sentence(torch, folder, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in folder.iterdir():
        (broken / file.name).write_bytes(file.read_bytes())
    (broken / "config.json").write_text(json.dumps({**json.loads((folder / "config.json").read_text()), "model_type": "none of ours"}))
    with pytest.raises(Misconfigured, match="cannot be loaded"):
        await TransformersEmbedder(broken).embed(["refunds"])


async def test_code_that_lies_beside_a_model_is_never_run(torch, folder, tmp_path):
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    for file in folder.iterdir():
        (hostile / file.name).write_bytes(file.read_bytes())
    (hostile / "modeling.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()")
    config = json.loads((folder / "config.json").read_text())
    (hostile / "config.json").write_text(json.dumps({**config, "model_type": "hostile", "auto_map": {"AutoModel": "modeling.Model"}}))
    with pytest.raises(Misconfigured):
        await TransformersEmbedder(hostile).embed(["refunds"])
    assert not (tmp_path / "ran").exists()


async def test_without_the_extra_a_model_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)  # Importing it fails, whether it is installed or not.
    place = files(tmp_path / "model", config_json='{"hidden_size": 32}', model_safetensors="")
    with pytest.raises(Misconfigured, match=r"frontdesk\[transformers\]"):
        await TransformersEmbedder(place).embed(["refunds"])
