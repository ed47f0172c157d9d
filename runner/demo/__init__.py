"""The demo: a day of a made-up brand, played by the real program on a copy of its desk."""
