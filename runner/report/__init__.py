"""The report: the desk as a folder of pages that any server, or none, can show."""
