"""Repository: the documentation of a Git repository."""
