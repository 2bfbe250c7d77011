"""A request to a pager: where it goes, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SOURCE = "frontdesk"


@dataclass(frozen=True, slots=True)
class Request:
    """One POST of JSON. Its headers or its body hold the key, so it is never logged."""

    address: str
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
