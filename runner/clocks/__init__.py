"""Promises and the instants at which they run out. Pure."""
