"""Play as people script it: every verb, and what it says when a step cannot be done."""

import json
import tempfile

import pytest

from cli.app import run
from tests.cli.told import tell

HEAD = """
[setup]
start = "2026-11-02T10:00:00Z"
knowledge = ["kb"]
policy = { modes = { default = "%s" } }

[[accounts]]
name = "Harbor Books"
tier = "starter"

[[people]]
name = "Poppy Lane"
account = "Harbor Books"

[[people]]
name = "Jonas Reed"
role = "teammate"

[[channels]]
name = "community"
kind = "community"

[[step]]
id = "asked"
who = "Poppy Lane"
says = "How do I export my invoices as CSV?"
"""
ARTICLE = """# Export invoices as CSV

Open **Reports > Export**, choose **Invoices** and press **Export as CSV**. The file is ready within two minutes.
"""


@pytest.fixture
def script(tmp_path):
    def write(steps: str, *, mode: str = "auto"):
        (tmp_path / "kb").mkdir(exist_ok=True)
        (tmp_path / "kb" / "export.md").write_text(ARTICLE, encoding="utf-8")
        path = tmp_path / "story.toml"
        path.write_text(HEAD % mode + steps, encoding="utf-8")
        return path

    return write


def step(**values) -> str:
    return (
        "\n[[step]]\n"
        + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items() if not isinstance(value, dict))
        + _tables(values)
    )


def _tables(values) -> str:
    return "".join(
        f"[step.{key}]\n" + "".join(f"{json.dumps(k)} = {_toml(v)}\n" for k, v in value.items())
        for key, value in values.items()
        if isinstance(value, dict)
    )


def _toml(value) -> str:
    return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }" if isinstance(value, dict) else json.dumps(value)


async def test_a_note_under_a_card_never_reaches_the_customer(script):
    told = await tell(script(step(wait="10s") + step(id="note", who="Jonas Reed", says="Poppy is new, be kind.", on="latest"), mode="draft"))
    note = next(post for post in told.posts if post["ref"] == "note")
    card = told.bot("draft_card", op="post", inside=True)[0]
    assert (note["channel"], note["thread"], note["audience"]) == ("agents", card["ref"], "internal")
    assert not any("be kind" in post["text"] for post in told.bot())


async def test_an_article_that_changes_makes_its_draft_stale(script):
    changed = step(changes="kb", set={"export.md": ARTICLE.replace("two minutes", "one hour")})
    told = await tell(
        script(step(wait="10s") + changed + step(who="Jonas Reed", clicks="approve") + step(who="Jonas Reed", clicks="Approve..."), mode="draft")
    )
    (answer,) = told.standing("answer")
    assert "one hour" in answer["text"]
    assert told.actions == ["suggest", "suggest", "reply"]


async def test_an_article_that_is_removed_answers_nobody(script):
    told = await tell(
        script(step(changes="kb", set={"export.md": "", "other.md": "# Opening hours\n\nWe are here from 9 to 17.\n"}) + step(wait="10s"))
    )
    assert "export.md" not in {source["document"] for post in told.posts for source in post["evidence"]}
    assert "reply" not in told.actions


async def test_the_policy_can_change_under_way(script):
    told = await tell(script(step(changes="policy", set={"modes": {"default": "draft"}, "pause": {"quiet": "3s"}}) + step(wait="10s")))
    assert [decision["mode"] for decision in told.decisions] == ["draft"]
    assert len({decision["policy_version"] for decision in told.decisions}) == 1


async def test_the_customer_record_can_change_under_way(script):
    told = await tell(script(step(changes="crm", set={"Harbor Books": {"tier": "enterprise"}}) + step(wait="10s")))
    assert told.ticket["account"] == "Harbor Books"
    assert any("enterprise" in reason["text"] for reason in told.ticket["priority"]["reasons"])


async def test_what_the_platform_cannot_take_is_posted_once_when_it_is_up_again(script):
    told = await tell(script(step(down="platform") + step(wait="1m") + step(up="platform") + step(wait="20m")))
    (answer,) = told.bot("answer")
    assert answer["at"] > "2026-11-02T10:01:00"


async def test_people_react_and_give_commands_and_send_files(script, tmp_path):
    (tmp_path / "shot.txt").write_text("error 42", encoding="utf-8")
    more = step(id="file", who="Poppy Lane", says="See the file", files=["shot.txt"], reply_to="asked")
    told = await tell(script(step(who="Poppy Lane", reacts="👀", on="asked") + step(who="Jonas Reed", commands="/frontdesk help") + more))
    (answered,) = told.bot(op="whisper", inside=True)
    assert (answered["to"], "queue" in answered["text"]) == (["Jonas Reed"], True)
    assert next(post for post in told.posts if post["ref"] == "file")["thread"] == "asked"


async def test_posts_are_numbered_and_named_in_order(script):
    told = await tell(script(step(wait="10s")))
    assert [post["n"] for post in told.posts] == list(range(1, len(told.posts) + 1))
    assert [post["ref"] for post in told.posts] == ["asked", "p1", "p2"]
    assert {post["ticket"] for post in told.posts} == {told.ticket["id"]}
    assert told.posts[0]["author_role"] == "customer"
    assert told.posts[0]["at"] == "2026-11-02T10:00:00Z"
    assert told.ticket["thread"] == "asked"


def test_a_button_that_is_not_there_is_told_with_those_that_are(script, capsys):
    assert run(["play", str(script(step(wait="10s") + step(id="late", who="Poppy Lane", clicks="Approve")))]) == 2
    assert (
        capsys.readouterr().err == "step 3 ('late'): there is no button 'Approve' to press here; there are: 'Solved', 'Not solved', 'Get a human'\n"
    )


def test_a_customer_does_not_see_the_teams_buttons(script, capsys):
    assert run(["play", str(script(step(wait="10s") + step(who="Poppy Lane", clicks="Retract")))]) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param(
            {"changes": "crm", "set": {"Nobody Ltd": {"tier": "x"}}}, "step 2: there is no account, person or invoice 'Nobody Ltd'", id="a stranger"
        ),
        pytest.param(
            {"changes": "crm", "set": {"Harbor Books": {"colour": "x"}}},
            "step 2: account 'Harbor Books': there is no key 'colour'",
            id="an unknown field",
        ),
        pytest.param({"changes": "kb", "set": {"../out.md": "x"}}, "step 2: the article '../out.md' would lie outside", id="an article elsewhere"),
        pytest.param({"changes": "kb", "set": {"none.md": ""}}, "step 2: there is no article 'none.md' to remove", id="removing nothing"),
        pytest.param({"changes": "policy", "set": {"pause": {"quiet": "soon"}}}, "step 2: pause.quiet = 'soon'", id="a wrong policy"),
        pytest.param({"who": "Poppy Lane", "says": "x", "on": "latest"}, "step 2: there is no card that Poppy Lane can see", id="no card yet"),
        pytest.param(
            {"who": "Jonas Reed", "edits": "asked", "says": "x"}, "step 2: only its author may change a message", id="somebody else's message"
        ),
    ],
)
def test_an_impossible_step_is_named(script, capsys, change, sentence):
    assert run(["play", str(script(step(**change)))]) == 2
    assert capsys.readouterr().err.startswith(sentence)


def test_a_point_that_is_never_reached_is_noted(script, capsys):
    assert run(["play", str(script(step(wait="10s") + step(crash="sent")))]) == 0
    assert "step 3: the point 'sent' was never reached" in capsys.readouterr().err


def test_json_is_one_value_and_the_home_is_gone_afterwards(script, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert run(["play", str(script(step(wait="10s"))), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() == {"posts", "decisions", "tickets", "calls"}
    assert list(tmp_path.glob("frontdesk-play-*")) == []


def test_the_home_can_be_kept(script, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert run(["play", str(script("")), "--keep"]) == 0
    (home,) = tmp_path.glob("frontdesk-play-*")
    assert str(home) in capsys.readouterr().err
    assert (home / "knowledge" / "0" / "export.md").read_text(encoding="utf-8") == ARTICLE


def test_people_read_a_transcript(script, capsys):
    assert run(["play", str(script(step(wait="10s")))]) == 0
    out = capsys.readouterr().out
    assert "10:00:08  #community (under asked)  frontdesk → answer  [p1]" in out
    assert "Poppy Lane in #community: waiting_customer" in out
