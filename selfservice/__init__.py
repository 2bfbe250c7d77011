"""Self-service: what policy declares is done here, by signed calls to the company's own systems and by built-in actions."""
