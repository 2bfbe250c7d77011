"""Durability: nothing acknowledged is lost, nothing is said twice."""
