"""Use cases: one function per event, over ports; no SDK is reached from here."""
