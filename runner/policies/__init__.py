"""From the files of the desk to values, with faults. Pure."""
