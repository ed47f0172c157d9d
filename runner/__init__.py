"""Doléances: after-sales service on the public web, run as code."""

__version__ = "0.1.0"
