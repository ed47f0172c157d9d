"""The working tree, git, and what is remembered between runs."""
