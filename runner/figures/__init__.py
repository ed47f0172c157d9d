"""The desk in figures: pure values, each with the cases that it counts."""
