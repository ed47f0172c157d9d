"""Is it after-sales, how urgent, the same matter? Pure."""
