"""Every test of the store may ask for a database of its own."""

from tests.store.databases import database, database_url, migrated, sqlite_url, store

__all__ = ["database", "database_url", "migrated", "sqlite_url", "store"]
