"""From what a run sees to what it does. Pure."""
