"""Slash commands: one short function each, in the COMMANDS table; its docstring is its help."""

from __future__ import annotations

from handlers.commands.table import COMMANDS, command_invoked

__all__ = ["COMMANDS", "command_invoked"]
