"""Benchmarks: what the speed and quality claims rest on, as commands that print them."""
