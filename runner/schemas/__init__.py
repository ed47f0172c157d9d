"""JSON Schema of every file."""
