"""Slash commands: one short function each, in the COMMANDS table; its docstring is its help."""
