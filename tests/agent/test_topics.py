"""Which categories a message gets: the shipped ones, a customer's own, or none when those cannot be used."""

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest

from agent import training
from agent.chosen import Chosen
from agent.clauses import clauses
from agent.examples import FOLDER
from agent.labelled import Row, Table
from agent.shelf import Shelf
from agent.topics import Shipped, Unknown, labels_of
from agent.triage import LocalTriager
from desk.triage import CATEGORIES, Signal
from tests.agent.conftest import THRESHOLDS

PETS = {
    "grooming": (
        "my poodle needs a haircut",
        "book a bath for my dog",
        "how much is nail clipping",
        "can you trim my cat's claws",
        "brushing for a long-haired cat",
        "a wash and a cut please",
        "shampoo for sensitive fur",
        "do you shave sheepdogs in summer",
        "ear cleaning for a spaniel",
        "his fur is full of knots",
    ),
    "boarding": (
        "can my dog stay with you for a week",
        "we travel in July, do you take rabbits",
        "overnight stay for two cats",
        "what does the kennel cost per night",
        "may I bring his own blanket for the stay",
        "pick up after boarding on Sunday",
        "is there a camera in the kennel",
        "how many dogs share a room",
        "do boarded dogs go for walks",
        "extend the stay by two nights",
    ),
    "vet": (
        "my cat vomits since yesterday",
        "the puppy needs his shots",
        "she limps on the left paw",
        "is chocolate poisonous for dogs",
        "my rabbit does not eat",
        "check-up for an old dog",
        "there is a tick behind his ear",
        "the wound is swollen",
        "he scratches himself bloody",
        "when is the rabies booster due",
    ),
}
TABLE = Table(tuple(Row(text, category) for category, texts in PETS.items() for text in texts))


@pytest.fixture(scope="module")
def pet_shelf(embedder, tmp_path_factory):
    shelf = Shelf(Path(tmp_path_factory.mktemp("trained")))
    trained, report = asyncio.run(training.train(TABLE, embedder))
    shelf.add(trained, report, TABLE, seed=0)
    return shelf


@pytest.fixture
def pets(embedder, heads, pet_shelf):
    return LocalTriager(embedder, heads, THRESHOLDS, chosen=Chosen(pet_shelf, embedder))


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("can you wash and brush my terrier", "grooming"),
        ("our cat must stay somewhere over Christmas", "boarding"),
        ("the dog has a fever and does not drink", "vet"),
    ],
)
async def test_trained_categories_stand_in_for_the_shipped_ones(pets, text, category):
    found = await pets.triage(text)
    assert found.category == category
    assert found.confidence > 0.5
    assert not found.out_of_scope
    assert found.model.endswith("+v1")


async def test_what_is_far_from_all_trained_categories_is_out_of_scope(pets):
    found = await pets.triage("What is the capital of Mongolia?")
    assert found.out_of_scope
    assert found.out_of_scope_score > 0.6


async def test_everything_else_is_heard_as_before(pets):
    assert Signal.ASKS_HUMAN in (await pets.triage("let me talk to a real person about my dog")).signals
    assert not (await pets.triage("thanks!")).is_request
    assert (await pets.triage("great, he bit the vet, now what? I want my money back, thieves!")).is_request


async def test_a_running_triager_notices_another_choice(embedder, heads, pet_shelf):
    triager = LocalTriager(embedder, heads, THRESHOLDS, chosen=Chosen(pet_shelf, embedder))
    assert (await triager.triage("book a bath for my dog")).category == "grooming"
    pet_shelf.use("shipped")
    assert (await triager.triage("book a bath for my dog")).category in CATEGORIES
    pet_shelf.use("newest")
    assert (await triager.triage("book a bath for my dog")).category == "grooming"


async def test_categories_that_cannot_be_used_leave_a_message_without_one(embedder, heads, tmp_path):
    shelf = Shelf(tmp_path)
    shelf.use("shipped")
    (tmp_path / "in_use").write_text("v4")
    found = await LocalTriager(embedder, heads, THRESHOLDS, chosen=Chosen(shelf, embedder)).triage("Where is my invoice?")
    assert (found.category, found.confidence, found.labels, found.out_of_scope) == ("", 0.0, (), False)
    assert found.is_request
    assert found.model.endswith("+none")


def test_unknown_topics_know_nothing():
    rows = np.zeros((2, 384), dtype=np.float32)
    assert labels_of(Unknown("heads-1"), rows) == ()
    assert Unknown("heads-1").strangeness(rows).tolist() == [0, 0]


def test_policy_may_leave_shipped_categories_out(heads):
    few = Shipped.of(heads, ("billing", "onboarding", "unheard of"))
    assert few.classes == ("billing", "onboarding")
    assert few.probabilities(heads.landmarks[:3]).sum(axis=1) == pytest.approx([1, 1, 1])
    assert set(Shipped.of(heads, ("unheard of",)).classes) == set(CATEGORIES)


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("I was charged twice and now I can't log in", ["I was charged twice", "now I can't log in"]),
        ("refund the last invoice, please reset my password too", ["refund the last invoice", "please reset my password too"]),
        ("salt and pepper", []),
        ("How do I add a user?", []),
        ("Die App stürzt ab, und die Synchronisierung hängt", ["Die App stürzt ab", "die Synchronisierung hängt"]),
        ("", []),
    ],
)
def test_a_sentence_is_cut_where_two_wishes_meet(sentence, parts):
    assert list(clauses(sentence)) == parts


async def test_two_wishes_in_one_sentence_give_two_labels(triager):
    found = await triager.triage("I was charged twice and now I can't log in either")
    assert {label.category for label in found.labels} == {"billing", "account access"}


@pytest.mark.parametrize(
    "text", ["Hi! How do I download my invoices?", "Hello there. I forgot my password", "The page keeps loading and never finishes"]
)
async def test_one_wish_gives_one_label(triager, text):
    assert len((await triager.triage(text)).labels) == 1


async def test_nine_in_ten_second_topics_are_found_and_four_in_five_labels_are_right(triager):
    """Every second row of multi.jsonl, which no threshold was chosen on; the bounds are a little below benchmarks/classifier.py."""
    rows = [json.loads(line) for line in (FOLDER / "multi.jsonl").read_text(encoding="utf-8").splitlines()][1::2]
    given = [{label.category for label in (await triager.triage(row["text"])).labels} for row in rows]
    meant = [set(row["labels"]) for row in rows]
    hits = sum(len(a & b) for a, b in zip(given, meant, strict=True))
    assert hits / sum(map(len, meant)) > 0.8
    assert hits / sum(map(len, given)) > 0.75
