"""The local workspace, its page, and health."""
