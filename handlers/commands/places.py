"""Places: which channel the words of a command mean, on the platform where it was given."""

from __future__ import annotations

import re

from desk.cards import Field, Pick
from desk.errors import InvalidInput, Misconfigured, Rejected
from desk.space import Channel, ChannelRef, Place, Platform, parse_channel
from handlers.services import Services

LINK = re.compile(r"<#(?P<id>[A-Z0-9]+)(?:\|[^>]*)?>")
REF = re.compile(rf"(?:{'|'.join(Platform)})/[^/\s]+/[^/\s]+")
ID = re.compile(r"[A-Z0-9]{8,}|\d{15,}")
"""What a platform's picker gives."""


def is_channel(word: str) -> bool:
    """Tell whether a word can only be a channel."""
    return word.startswith(("#", "<#")) or REF.fullmatch(word) is not None


async def declared(word: str, place: Place | None, services: Services) -> Channel | None:
    """Return the declared channel that a word means: one of this space before one of another that is the only one of its name."""
    channels = await services.store.channels()
    ref = _ref(word, place)
    if ref is not None:
        return next((channel for channel in channels if channel.ref == ref), None)
    found = [channel for channel in channels if channel.name.casefold() == word.removeprefix("#").casefold()]
    here = [channel for channel in found if place and (channel.ref.platform, channel.ref.space) == (place.channel.platform, place.channel.space)]
    return here[0] if here else found[0] if len(found) == 1 else None


async def located(word: str, place: Place | None, services: Services) -> tuple[ChannelRef, str]:
    """Return the channel that a word means, declared or not, and its name. Raises InvalidInput where there is none that the bot is in."""
    known = await declared(word, place, services)
    if known is not None:
        return known.ref, known.name
    ref = _ref(word, place) or _local(word, place)
    if ref is None:
        space = place.channel.space if place else "T0ACME"
        raise InvalidInput(f"I know no channel {word!r} here. Choose it in the form, or write its address, such as slack/{space}/C0SUPPORT.")
    try:
        return ref, await services.platform(ref.platform).name_of(ref)
    except (Rejected, Misconfigured) as error:
        raise InvalidInput(f"I can't look into {word}: {error}. Invite me there, or check the name.") from error


def picker(word: str, place: Place | None, *, note: str = "") -> Field:
    """Return the field of a form that asks for a channel, with the one that a word means as its value, as the platform's picker knows it.

    A channel of another space is in no picker: it is written, by its address.
    """
    ref = _ref(word, place)
    if ref is None or place is None:
        return Field("channel", "Channel", word if place and place.channel.platform is Platform.LOCAL else "", picks=Pick.CHANNEL, note=note)
    here = (ref.platform, ref.space) == (place.channel.platform, place.channel.space)
    return Field("channel", "Channel", ref.id if here else str(ref), picks=Pick.CHANNEL if here else None, note=note)


def _ref(word: str, place: Place | None) -> ChannelRef | None:
    if REF.fullmatch(word):
        return parse_channel(word)
    link = LINK.fullmatch(word)
    elsewhere = place is not None and place.channel.platform is not Platform.LOCAL
    id = link["id"] if link else word if elsewhere and ID.fullmatch(word) else ""
    return ChannelRef(place.channel.platform, place.channel.space, id) if place and id else None


def _local(word: str, place: Place | None) -> ChannelRef | None:
    """The local workspace's channels are called by their id."""
    here = place.channel if place and place.channel.platform is Platform.LOCAL else None
    return ChannelRef(here.platform, here.space, word.removeprefix("#").lower()) if here else None
