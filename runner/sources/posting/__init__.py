"""Posting approved replies: one module per kind of site.

Each looks before it posts, and says of every post whether it was taken, was not, or may have been.
"""
