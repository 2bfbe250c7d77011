"""Discord: gateway events in, posts out, cards as messages and components."""
