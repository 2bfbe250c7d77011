"""Model check: whether the language model can be used as the environment and the policy name it, and what to do where it cannot."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from desk.errors import Misconfigured

if TYPE_CHECKING:
    from agent.model import ModelFault
    from desk.writing import ModelPolicy
    from settings import Settings

QUOTED = "answers are quoted"
UNNAMED = f"{QUOTED}; set ANTHROPIC_API_KEY to have them written"
SWITCHED_OFF = f"{QUOTED}, because FRONTDESK_MODEL_PROVIDER is none"
KEYLESS = "FRONTDESK_MODEL_PROVIDER is anthropic and there is no key: set ANTHROPIC_API_KEY"
UNLISTED = frozenset({"unknown_model", "rejected"})
"""Faults by which a gateway or a provider says that it does not know such a request."""
MENDING: Mapping[str, str] = {
    "key": "{where} refuses the key: set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN for a gateway) to one that works",
    "spend_limit": "the spending limit at {where} is reached: somebody with access to its console has to raise it",
    "unreachable": "nothing answers at {where}: check ANTHROPIC_BASE_URL, and that this machine may reach it",
    "slow": "{where} did not answer in time: check ANTHROPIC_BASE_URL, or try again",
    "busy": "{where} is busy: try again in a while",
    **dict.fromkeys(("dropped", "cut"), "what answers at {where} does not speak Anthropic's API: check ANTHROPIC_BASE_URL"),
}
"""What to do about each fault."""


class Listing(Protocol):
    """Whatever knows which models there are."""

    async def models(self) -> tuple[str, ...]:
        """Return their ids; raise ModelFault."""
        ...


async def checked(settings: Settings, policy: ModelPolicy, model: Listing | None) -> str:
    """Return in a few words what is used. Raise Misconfigured, in one sentence, when the key, the address or a model of the policy does not work."""
    if model is None:
        if settings.model_provider == "anthropic":
            raise Misconfigured(KEYLESS)
        return SWITCHED_OFF if settings.model_key.get_secret_value() else UNNAMED
    uses = f"{' and '.join(sorted(set(used(policy).values())))} at {where(settings)}"
    known = await _listed(settings, model)
    if known is None:
        return f"{uses}, which does not list its models: the first question tells whether they are there"
    if gone := [_gone(key, name, known) for key, name in used(policy).items() if name not in known]:
        raise Misconfigured("; ".join(gone))
    return uses


def used(policy: ModelPolicy) -> Mapping[str, str]:
    """Return the models that a policy uses, by their keys."""
    named = {"model.answers": policy.answers, "model.triage": policy.triage, "model.fallback": policy.fallback}
    return {key: name for key, name in named.items() if name}


def unpriced(policy: ModelPolicy) -> Sequence[str]:
    """Return the models in use that have no price of their own."""
    return sorted({name for name in used(policy).values() if name not in policy.prices})


def where(settings: Settings) -> str:
    """Return who serves the model, as a person knows it."""
    return settings.model_url or {"anthropic": "Anthropic", "bedrock": "Bedrock", "vertex": "Vertex"}.get(settings.model_provider, "nowhere")


async def _listed(settings: Settings, model: Listing) -> Sequence[str] | None:
    """Return the models there are, None where that cannot be asked."""
    from agent.model import ModelFault

    try:
        # A gateway that lists nothing has not said that a model is gone.
        return await model.models() or None
    except ModelFault as error:
        if error.fault in UNLISTED:
            return None
        raise Misconfigured(_mending(error, settings)) from error


def _mending(error: ModelFault, settings: Settings) -> str:
    return MENDING.get(error.fault, f"{{where}} cannot be used: {error}").format(where=where(settings))


def _gone(key: str, name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4) or known[:1]
    return f"{key} is {name!r}, which is unknown or retired: set it in policy.toml to a model that this key may use, such as {near[0]!r}"
