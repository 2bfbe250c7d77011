"""Signed calls and built-in actions."""
