"""Databases for the contracts that a store has to keep."""

from tests.store.databases import database, database_url, emptied_postgres_url, migrated, migrated_postgres, sqlite_url, store

__all__ = ["database", "database_url", "emptied_postgres_url", "migrated", "migrated_postgres", "sqlite_url", "store"]
