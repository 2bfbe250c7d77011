"""Slack: a Slack of the play's own on this machine, with the people who write there; it knows nothing of the desk's adapter."""
