"""The store: what the desk remembers, and the engine."""
