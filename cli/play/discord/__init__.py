"""Discord: a Discord of the play's own on this machine, with the people who write there; it knows nothing of the desk's adapter."""
