"""A story as it was told: what a play printed, with what tests ask of it."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.play.driver import SIDES, play
from cli.play.places import moved
from cli.play.script import read_script
from cli.play.sides import Side
from cli.play.transcript import named
from desk.space import Platform
from tests.discord.judge import judged

STORIES = Path(__file__).parents[2] / "demo" / "stories"
SAID_TO_CUSTOMERS = {"answer", "part", "holding", "question", "csat", "reminder", "notice"}


@dataclass(frozen=True)
class Told:
    """What a play printed as JSON."""

    posts: list[dict[str, Any]]
    decisions: list[dict[str, Any]]
    tickets: list[dict[str, Any]]
    calls: list[dict[str, Any]]

    @property
    def actions(self) -> list[str]:
        """Return what was decided, in order."""
        return [decision["action"] for decision in self.decisions]

    @property
    def ticket(self) -> dict[str, Any]:
        """Return the only ticket."""
        (ticket,) = self.tickets
        return ticket

    def bot(self, *purposes: str, op: str | None = None, inside: bool = False) -> list[dict[str, Any]]:
        """Return what the bot posted outside (or inside) of the team's channels, of these purposes and this operation."""
        mine = [post for post in self.posts if post["author"] == "frontdesk" and (post["channel_kind"] == "internal") == inside]
        return [post for post in mine if (not purposes or post["purpose"] in purposes) and op in (None, post["op"])]

    def codes(self, n: int = -1) -> set[str]:
        """Return the codes of a decision's reasons."""
        return {reason["code"] for reason in self.decisions[n]["reasons"]}

    def standing(self, purpose: str) -> list[dict[str, Any]]:
        """Return the posts of a purpose as they stand at the end, each once."""
        last = {post["ref"]: post for post in self.posts if post["op"] != "whisper"}
        return [post for post in last.values() if post["purpose"] == purpose and post["op"] != "delete" and post["author"] == "frontdesk"]


async def tell(path: Path, *, on: Platform | None = None, shelf: Path | None = None, side: type[Side] | None = None) -> Told:
    """Play a script, all of it on one platform if that is named, and return what it printed; a story that is on the shelf is not told again.

    `side` is what plays that platform, where it is not the play's own.
    """
    sides = {**SIDES, on: side} if on and side else SIDES
    book = shelf / f"{path.stem}-{on or 'as-written'}{'-' + side.__name__ if side else ''}.json" if shelf else None
    if book and book.exists():
        return Told(**json.loads(book.read_text(encoding="utf-8")))
    script = read_script(path)
    with judged(told_again=any(step.deliver > 1 for step in script.steps)):
        story = Told(**named(*await play(moved(script, on) if on else script, sides=sides)))
    if book:
        # Renamed into place: another process finds a whole story or none.
        writing = book.with_suffix(f".{os.getpid()}")
        writing.write_text(json.dumps(asdict(story)), encoding="utf-8")
        writing.replace(book)
    return story


def shelf_of(session: pytest.TempPathFactory) -> Path:
    """Return where a run of the tests keeps its stories, in whichever processes it runs."""
    folder = session.getbasetemp()
    shelf = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "stories"
    shelf.mkdir(exist_ok=True)
    return shelf
