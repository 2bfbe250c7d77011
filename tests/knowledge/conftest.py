"""Databases for what the knowledge base keeps in one."""

from tests.store.databases import emptied_postgres_url, migrated, migrated_postgres, sqlite_url

__all__ = ["emptied_postgres_url", "migrated", "migrated_postgres", "sqlite_url"]
