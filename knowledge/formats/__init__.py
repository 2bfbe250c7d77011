"""Formats: what turns one file into articles."""
