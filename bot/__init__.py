"""Chat: what people say becomes events, what the desk decides becomes posts."""
