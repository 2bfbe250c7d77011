"""Past: a loopback Slack that remembers what was said in it, and gives it back page by page, as slowly as a test wants."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.slack.refs import instant
from tests.slack.loopback import BOT, BOT_USER, Answer, Loopback, Reply

Raw = dict[str, Any]
READS = ("conversations.history", "conversations.replies")


@dataclass
class Past(Loopback):
    """Serves conversations.history and conversations.replies from `said`, `cap` messages a page at most, and limits us after `tolerates` reads."""

    said: dict[str, list[Raw]] = field(default_factory=dict)
    cap: int = 200
    tolerates: int | None = None
    retry_after: int = 60
    refuses_above: int = 1000
    reads: int = 0
    unreadable: dict[str, str] = field(default_factory=dict)
    """Channels that cannot be read, with what Slack says."""

    def says(self, channel: str, ts: str, text: str = "", *, user: str = "U0MARA", under: str | None = None, **more: Any) -> Raw:
        """Somebody writes; under a root, its replies are counted."""
        message: Raw = {"type": "message", "user": user, "text": text or f"words of {ts}", "ts": ts, **more}
        if under:
            message["thread_ts"] = under
            root = self.message(channel, under)
            root |= {"thread_ts": under, "reply_count": root.get("reply_count", 0) + 1, "latest_reply": ts}
        self.said.setdefault(channel, []).append(message)
        return message

    def posts(self, channel: str, ts: str, *, under: str | None = None) -> Raw:
        """The bot writes."""
        return self.says(channel, ts, user=BOT_USER, under=under, bot_id=BOT)

    def edits(self, channel: str, ts: str, text: str, *, at: str) -> None:
        """Somebody changes what they wrote."""
        self.message(channel, ts).update(text=text, edited={"user": "U0MARA", "ts": at})

    def deletes(self, channel: str, ts: str) -> None:
        """Somebody takes back what they wrote; of a root with replies a tombstone stays."""
        found = self.message(channel, ts)
        if found.get("reply_count"):
            found.update(subtype="tombstone", user="USLACKBOT", text="This message was deleted.", hidden=True)
        else:
            self.said[channel].remove(found)

    def message(self, channel: str, ts: str) -> Raw:
        """Return what stands there."""
        return next(message for message in self.said[channel] if message["ts"] == ts)

    def _known(self, name: str, given: Mapping[str, Any]) -> Answer:
        if name not in READS:
            return super()._known(name, given)
        self.reads += 1
        if self.tolerates is not None and self.reads > self.tolerates:
            self.reads = 0
            return Reply(429, {"ok": False, "error": "ratelimited"}, headers={"Retry-After": str(self.retry_after)})
        if error := self.unreadable.get(given["channel"]):
            return {"ok": False, "error": error}
        if int(given["limit"]) > self.refuses_above:
            return {"ok": False, "error": "invalid_limit"}
        return self._replies(given) if name == READS[1] else self._history(given)

    def _history(self, given: Mapping[str, Any]) -> Answer:
        oldest, latest = instant(given["oldest"]), instant(given["latest"])
        here = [m for m in self.said.get(given["channel"], []) if m.get("thread_ts", m["ts"]) == m["ts"] or m.get("subtype") == "thread_broadcast"]
        found = sorted((m for m in here if oldest < instant(m["ts"]) < latest), key=lambda m: instant(m["ts"]), reverse=True)
        return self._page(found, given)

    def _replies(self, given: Mapping[str, Any]) -> Answer:
        here = [m for m in self.said.get(given["channel"], []) if given["ts"] in (m["ts"], m.get("thread_ts"))]
        if not here:
            return {"ok": False, "error": "thread_not_found"}
        oldest = instant(given.get("oldest") or "0")
        found = sorted((m for m in here if instant(m["ts"]) > oldest), key=lambda m: instant(m["ts"]))
        return self._page(found, given)

    def _page(self, found: list[Raw], given: Mapping[str, Any]) -> Answer:
        size = min(self.cap, int(given["limit"]))
        return {"ok": True, "messages": found[:size], "has_more": len(found) > size}
