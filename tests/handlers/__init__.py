"""Tests of the use cases, through the door."""
