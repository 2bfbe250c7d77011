"""Slack: events in, posts out, cards as Block Kit."""
