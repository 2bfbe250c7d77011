"""When a human is needed: the rules, and how urgent a ticket is."""
