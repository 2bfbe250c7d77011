"""Wikis: exports of Notion and Confluence."""
