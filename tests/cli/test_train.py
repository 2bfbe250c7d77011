"""Training from the command line: measured, kept by version, chosen among, and used by `classify` at once."""

import json

import pytest

WORDS = {
    "parking": ("space", "garage", "ticket", "meter", "permit", "barrier", "car park", "parking fine", "season pass", "exit gate"),
    "swimming": ("pool", "lane", "towel", "diving board", "swim class", "goggles", "lifeguard", "sauna", "water slide", "locker"),
}


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "rows.csv"
    lines = [f"a question about the {word},{category}" for category, words in WORDS.items() for word in words]
    path.write_text("\n".join(["text,category", *lines]))
    return str(path)


def test_training_prints_what_it_measured(call, table):
    code, out, err = call("train", table, "--seed", "4", "--json")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert (told["version"], told["classes"], told["rows"], told["held_out"], told["seed"]) == ("v1", ["parking", "swimming"], 20, 20, 4)
    assert 0.5 < told["macro_f1"] <= 1
    assert sum(sum(row.values()) for row in told["confusion"].values()) == 20
    assert sum(b["count"] for b in told["calibration"]["bins"]) == 20
    assert {"threshold", "coverage", "false_acceptance"} == set(told["out_of_scope_curve"][0])
    assert "MiniLM" in told["embedder"]


def test_for_people_it_is_a_page(call, table):
    _, out, _ = call("train", table)
    assert out.startswith("v1: 2 categories from 20 rows; on 20 held-out rows: accuracy")
    assert "calibration error" in out
    assert "of your messages stay in" in out


def test_what_was_trained_is_used_until_another_is_chosen(call, table):
    call("train", table)
    assert json.loads(call("classify", "my locker at the pool is jammed", "--json")[1])["category"] == "swimming"
    assert call("train", "--use", "default")[1] == "shipped in use from the next message on.\n"
    assert json.loads(call("classify", "where is my invoice", "--json")[1])["category"] == "billing"
    call("train", "--use", "newest")
    assert json.loads(call("classify", "the barrier of the garage is shut", "--json")[1])["category"] == "parking"


def test_versions_are_listed_with_the_one_in_use(call, table):
    assert call("train", "--list")[1] == "No categories were trained yet; those that ship are in use.\n"
    call("train", table)
    call("train", table)
    call("train", "--use", "v1")
    listed = json.loads(call("train", "--list", "--json")[1])
    assert [(told["version"], told["in_use"]) for told in listed] == [("v1", True), ("v2", False)]
    assert call("train", "--list")[1].startswith("* v1: 2 categories, 20 rows, accuracy")


def test_a_chosen_version_stays_in_use_and_training_says_so(call, table):
    call("train", table)
    call("train", "--use", "v1")
    assert "v1 stays in use, because it was chosen: train --use v2 takes the new ones" in call("train", table)[2]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="nothing to do"),
        pytest.param(["--list", "--use", "v1"], id="two things at once"),
        pytest.param(["--use", "v9"], id="a version that is not there"),
        pytest.param(["/nowhere.csv"], id="a file that is not there"),
        pytest.param(["/nowhere.csv", "--seed", "-1"], id="a seed below zero"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_exit_code_2(call, arguments):
    code, out, err = call("train", *arguments)
    assert (code, out, len(err.strip().splitlines())) == (2, "", 1)


def test_a_bad_table_is_one_sentence_and_exit_code_1(call, tmp_path):
    (tmp_path / "bad.csv").write_text("message,label\na,b\n")
    code, out, err = call("train", str(tmp_path / "bad.csv"))
    assert (code, out) == (1, "")
    assert err == "the first line has no column 'text' and no column 'category': it names 'message', 'label'; write text,category\n"


def test_erasing_says_where_trained_rows_lie(call, table, tmp_path):
    (tmp_path / "people.csv").write_text("id,name\nc-1,Anna Wolf\nc-2,Bea Kurz\n", encoding="utf-8")
    call("customers", "import", str(tmp_path))
    assert call("erase", "Anna Wolf")[2] == ""
    call("train", table)
    code, out, err = call("erase", "Bea Kurz", "--json")
    assert (code, set(json.loads(out))) == (0, {"erased"})
    assert "The trained categories v1 keep the messages they were made from" in err
    assert str(tmp_path / "home" / "heads" / "trained") in err
