"""Net: fetching from addresses that strangers name."""
