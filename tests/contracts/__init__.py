"""Contracts: one suite per port, run on its fake and on every adapter."""
