"""The customer record."""
