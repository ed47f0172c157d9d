"""Text: strict YAML, cleaning, masking, folding, Markdown, language. Pure."""
