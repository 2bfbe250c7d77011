"""The domain: pure types and functions."""
