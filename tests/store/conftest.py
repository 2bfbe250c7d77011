"""Every test of the store may ask for a database of its own."""

from tests.store.databases import database, database_url, emptied_postgres_url, migrated, migrated_postgres, sqlite_url, store

__all__ = ["database", "database_url", "emptied_postgres_url", "migrated", "migrated_postgres", "sqlite_url", "store"]
