"""Answers: what is read, how it is cut and embedded, and how it is found again."""
