"""Adapters: how each kind of source is read."""
