"""What is said to customers: templates chosen, filled in and varied.

Pure.  A draft is a proposal for people; nothing here is ever sent.
"""
