"""What wakes a phone: escalations in the formats of the services that do it."""
