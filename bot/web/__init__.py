"""The local workspace: a chat platform of our own, its page, and health."""
