"""Tests of what is written for people: links lead somewhere, and what is named exists."""
