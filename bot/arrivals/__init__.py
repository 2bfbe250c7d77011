"""What platforms told us: kept before it is acknowledged, and handed over in its turn."""
