"""Gateway: what happens, told to the bot over a WebSocket, with everything that can go wrong on it."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from cli.play.discord import written
from cli.play.discord.identify import GARBLED, NOT_IDENTIFIED, TWICE, UNKNOWN_OP, WRONG_TOKEN, Closed, check, read
from cli.play.discord.names import APPLICATION, BOT, TOKEN
from cli.play.discord.session import Json, Session
from cli.play.discord.state import Heard, Home

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
IGNORED = frozenset({3, 4, 8, 31})
"""Presence, voice, members: asked for, and nothing comes of it here."""
A_DAY = 1000
"""So many sessions a bot may begin a day."""


class Gone(Exception):
    """Nobody is there to be told anything."""


@dataclass
class Gateway:
    """Tells the bot's shards what happens. While it does not `flow` events wait; a `frozen` one answers nothing and says nothing."""

    home: Home
    url: str = ""
    interval: int = 41_250
    copies: int = 1
    """How often each event is told, as after a fault of Discord's."""
    frozen: bool = False
    sessions: dict[str, Session] = field(default_factory=dict)
    identified: list[Json] = field(default_factory=list)
    """What each beginning session said of itself."""
    resumed: int = 0
    remaining: int = A_DAY
    _wires: dict[web.WebSocketResponse, asyncio.Transport] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._flowing.set()
        self.home.heard = self.hear

    def hear(self, heard: Heard) -> None:
        """Tell an event to whom it concerns."""
        for session in self.sessions.values():
            if session.minds(self.home, heard):
                for _ in range(self.copies):
                    session.tell(heard.event, session.shown(heard))

    def hold(self) -> None:
        """Let events wait."""
        self._flowing.clear()

    def release(self) -> None:
        """Let them flow again."""
        self._flowing.set()

    def address(self) -> Json:
        """Return what a bot is told of where to connect."""
        limit = {"total": A_DAY, "remaining": self.remaining, "reset_after": 14_400_000, "max_concurrency": 1}
        return {"url": self.url, "shards": self.home.shards, "session_start_limit": limit}

    async def cut(self) -> None:
        """Have every connection break off, without a word."""
        for session in self._live():
            if session.socket is not None and (wire := self._wires.get(session.socket)):
                wire.abort()

    async def close(self, code: int = 4000) -> None:
        """Close every connection with a code."""
        for session in self._live():
            assert session.socket is not None
            # It is our code that says whether the session is over, and not the one of the bot's answer.
            socket, session.socket, session.waiting = session.socket, None, asyncio.Queue()
            if code in (1000, 1001):
                self.sessions.pop(session.id, None)
            await socket.close(code=code)

    async def reconnect(self) -> None:
        """Ask every connection to come again and resume, as before maintenance."""
        await self._say({"op": RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Say of every session that it is over."""
        live = self._live()
        await self._say({"op": INVALID, "d": resumable})
        if not resumable:
            for session in live:
                self.sessions.pop(session.id, None)

    def forget(self) -> None:
        """Forget every session, so that nobody can resume."""
        self.sessions.clear()

    async def flush(self, patience: float = 10.0) -> None:
        """Return when the bot is there and has everything that was told. Raises Gone when nobody came for so many seconds."""
        probed: dict[str, int] = {}
        while not self.is_heard:
            self._changed.clear()
            for session in self._live():
                if session.acknowledged < session.seq != probed.get(session.id) and session.waiting.empty():
                    probed[session.id] = session.seq
                    await self._send(session, {"op": HEARTBEAT, "d": None})
            try:
                await asyncio.wait_for(self._changed.wait(), patience)
            except TimeoutError:
                raise Gone("the bot is not connected, or hears nothing") from None

    @property
    def is_heard(self) -> bool:
        """Tell whether all shards are there and have everything."""
        live = self._live()
        whole = bool(live) and len({session.shard for session in live}) == live[0].shards
        return whole and all(session.acknowledged >= session.seq and session.waiting.empty() for session in self.sessions.values())

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        assert request.transport is not None
        self._wires[socket] = request.transport
        session: Session | None = None
        writer: asyncio.Task[None] | None = None
        try:
            await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": self.interval}})
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    raise Closed(GARBLED)
                before, session = session, await self._take(socket, session, read(message.data))
                if session is not None and before is None:
                    writer = asyncio.create_task(self._write(session, socket))
        except Closed as closed:
            await socket.close(code=closed.code)
        except ConnectionError:
            pass
        finally:
            self._ended(socket, session, writer)
        return socket

    async def _take(self, socket: web.WebSocketResponse, session: Session | None, frame: Json) -> Session | None:
        op, data = frame.get("op"), frame.get("d") or {}
        if self.frozen:
            return session
        if op == HEARTBEAT:
            return await self._beat(socket, session, frame.get("d"))
        if op in (IDENTIFY, RESUME):
            if session is not None:
                raise Closed(TWICE)
            return self._identify(socket, data) if op == IDENTIFY else await self._resume(socket, data)
        if op not in IGNORED:
            raise Closed(UNKNOWN_OP)
        if session is None:
            raise Closed(NOT_IDENTIFIED)
        return session

    async def _beat(self, socket: web.WebSocketResponse, session: Session | None, seq: Any) -> Session | None:
        if session is not None and seq is not None:
            session.acknowledged = max(session.acknowledged, int(seq))
            self._changed.set()
        with suppress(ConnectionError):
            await socket.send_json({"op": ACK})
        return session

    def _identify(self, socket: web.WebSocketResponse, data: Json) -> Session:
        check(self.home, data)
        shard, shards = data.get("shard") or (0, 1)
        self.identified.append(data)
        self.remaining -= 1
        for old in [each for each in self.sessions.values() if each.shard == shard and each.socket is None]:
            del self.sessions[old.id]
        session = Session(f"session-{next(self._numbers)}", int(data["intents"]), shard, shards, socket=socket)
        self.sessions[session.id] = session
        mine = [guild for guild in self.home.guilds.values() if BOT in guild.members and (int(guild.id) >> 22) % shards == shard]
        ready = {
            "v": 10,
            "user": written.user(self.home.users[BOT]),
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [shard, shards],
        }
        flags = written.application(self.home)["flags"]
        away = [{"id": guild.id, "unavailable": True} for guild in mine]
        session.tell("READY", ready | {"guilds": away, "application": {"id": APPLICATION, "flags": flags}, "private_channels": []})
        for guild in mine:
            session.tell("GUILD_CREATE", written.created(self.home, guild))
        self._changed.set()
        return session

    async def _resume(self, socket: web.WebSocketResponse, data: Json) -> Session | None:
        if str(data.get("token", "")).removeprefix("Bot ") != TOKEN:
            raise Closed(WRONG_TOKEN)
        session = self.sessions.get(str(data.get("session_id")))
        missed = session.since(int(data.get("seq") or 0)) if session else None
        if session is None or missed is None:
            await socket.send_json({"op": INVALID, "d": False})
            return None
        session.socket, session.waiting = socket, asyncio.Queue()
        self.resumed += 1
        for frame in missed:
            session.waiting.put_nowait(frame)
        session.tell("RESUMED", {})
        self._changed.set()
        return session

    async def _write(self, session: Session, socket: web.WebSocketResponse) -> None:
        with suppress(ConnectionError):
            waiting = session.waiting
            while session.socket is socket:
                frame = await waiting.get()
                await self._flowing.wait()
                if not self.frozen:
                    await socket.send_str(json.dumps(frame, separators=(",", ":")))
                self._changed.set()

    def _ended(self, socket: web.WebSocketResponse, session: Session | None, writer: asyncio.Task[None] | None) -> None:
        self._wires.pop(socket, None)
        if writer is not None:
            writer.cancel()
        if session is not None and session.socket is socket:
            session.socket, session.waiting = None, asyncio.Queue()
            if socket.close_code in (1000, 1001):
                self.sessions.pop(session.id, None)
        self._changed.set()

    async def _say(self, frame: Json) -> None:
        for session in self._live():
            await self._send(session, frame)

    async def _send(self, session: Session, frame: Json) -> None:
        if session.socket is not None:
            with suppress(ConnectionError):
                await session.socket.send_json(frame)

    def _live(self) -> list[Session]:
        return [session for session in self.sessions.values() if session.socket is not None]
