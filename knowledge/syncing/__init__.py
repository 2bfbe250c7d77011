"""Syncing: keeping the library in step with its sources, and its articles fresh."""
