"""The domain: the words of Frontdesk as frozen types and pure functions; standard library only."""
