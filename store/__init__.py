"""Store: what the desk remembers, the policy it goes by, and the engine that makes sure that work gets done."""
