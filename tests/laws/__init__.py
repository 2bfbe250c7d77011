"""Laws: one module each, trying to break it through the door."""
