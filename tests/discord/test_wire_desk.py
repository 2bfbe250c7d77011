"""The whole desk over Discord's wire, when Discord takes something away: what cannot reach a customer is told to who can mend it."""

from pathlib import Path

import pytest

from cli.play.driver import play
from cli.play.script import read_script
from cli.play.transcript import named
from tests.cli.told import Told
from tests.discord.judge import judged

KNOWLEDGE = Path(__file__).resolve().parents[2] / "demo" / "knowledge" / "billing" / "refund-times.md"
CAST = f"""
accounts = [{{ name = "Harbor Books", tier = "starter" }}]
people = [
  {{ name = "Poppy Lane", account = "Harbor Books", zone = "Europe/London", language = "en", entitlements = ["billing"] }},
  {{ name = "Jonas Reed", role = "teammate", zone = "Europe/Amsterdam" }},
  {{ name = "Ines Duarte", role = "admin", zone = "Europe/Lisbon" }},
]
channels = [
  {{ name = "community", kind = "community", platform = "discord" }},
  {{ name = "agents", kind = "internal", platform = "discord" }},
]

[setup]
start = "2026-11-02T10:00:00Z"
knowledge = ["{KNOWLEDGE}"]
policy = {{ modes = {{ default = "draft" }}, answers = {{ wrong_rate = 0.03 }} }}

[[step]]
id = "asked"
who = "Poppy Lane"
says = "Hi! How long does a refund take until it is back on my card?"
channel = "community"

[[step]]
wait = "1m"
"""
GONE = '[[step]]\nchannel = "community"\nbecomes = "deleted"\n'
SHUT = '[[step]]\nchannel = "community"\nbecomes = "left"\n'
APPROVED = '[[step]]\nwho = "Jonas Reed"\nclicks = "Approve"\n\n[[step]]\nwait = "2m"\n'


def switched(system: str, wait: str) -> str:
    """Return steps in which an answer is approved and a system is down for a while after it."""
    steps = ('who = "Jonas Reed"\nclicks = "Approve"\nsettle = false', f'down = "{system}"', f'wait = "{wait}"', f'up = "{system}"', 'wait = "10m"')
    return "".join(f"[[step]]\n{step}\n\n" for step in steps)


async def told(folder: Path, steps: str) -> Told:
    """Play the steps after a customer asked and a draft lies with the team."""
    (folder / "play.toml").write_text(CAST + "\n" + steps)
    with judged():
        return Told(**named(*await play(read_script(folder / "play.toml"))))


@pytest.mark.parametrize(
    ("taken", "mends"),
    [
        pytest.param(GONE, "not there any more", id="the channel is deleted"),
        pytest.param(SHUT, "View Channel", id="the bot is shut out of the channel"),
    ],
)
async def test_an_answer_that_cannot_arrive_is_told_to_the_team_with_who_mends_it(tmp_path, taken, mends):
    story = await told(tmp_path, taken + "\n" + APPROVED)
    assert story.bot("answer") == []
    inside = "\n".join(post["text"] for post in story.bot(inside=True))
    assert mends in inside


@pytest.mark.parametrize("system", ["platform", "quota"])
async def test_an_answer_that_discord_does_not_take_now_arrives_later_and_once(tmp_path, system):
    story = await told(tmp_path, switched(system, "5m"))
    (answer,) = story.bot("answer")
    assert answer["thread"] == "asked"
    assert story.ticket["status"] == "waiting_customer"
