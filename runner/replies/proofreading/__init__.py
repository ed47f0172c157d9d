"""What is wrong with a text before a customer reads it: rules, and what they find.

Pure.  A finding is a value; people decide what becomes of the text.
"""
