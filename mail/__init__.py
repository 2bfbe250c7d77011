"""Mail: what sends one-time codes."""
