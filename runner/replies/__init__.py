"""How the desk speaks. Pure."""
