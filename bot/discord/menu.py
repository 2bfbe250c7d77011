"""Menu: the commands in a message's own menu, and what is said to whoever chose one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OPEN_TICKET = "Open a ticket"
MESSAGE = 3
"""The type of a command in a message's menu."""
NAMES: Mapping[str, str] = {
    "de": "Ticket eröffnen",
    "fr": "Ouvrir un ticket",
    "es-ES": "Abrir un ticket",
    "es-419": "Abrir un ticket",
    "pt-BR": "Abrir um ticket",
}
TAKEN: Mapping[str, str] = {
    "en": "Thank you, this is looked at now. The answer comes in the message's thread.",
    "de": "Danke, das wird jetzt angesehen. Die Antwort kommt im Thread der Nachricht.",
    "fr": "Merci, nous regardons cela. La réponse arrive dans le fil du message.",
    "es": "Gracias, lo estamos viendo. La respuesta llega en el hilo del mensaje.",
    "pt": "Obrigado, já estamos a ver isto. A resposta chega no tópico da mensagem.",
}


def open_ticket() -> dict[str, Any]:
    """Return the command that makes a ticket of a message; everybody may use it."""
    return {"name": OPEN_TICKET, "type": MESSAGE, "name_localizations": dict(NAMES), "contexts": [0], "integration_types": [0]}


def taken(locale: str) -> str:
    """Return what is said to whoever made a ticket of a message, in the language of their Discord."""
    return TAKEN.get(locale.partition("-")[0], TAKEN["en"])
