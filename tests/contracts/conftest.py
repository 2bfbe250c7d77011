"""Databases for the contracts that a store has to keep."""

from tests.store.databases import database, database_url, migrated, sqlite_url, store

__all__ = ["database", "database_url", "migrated", "sqlite_url", "store"]
