"""What happened, as numbers: pure over rows."""
