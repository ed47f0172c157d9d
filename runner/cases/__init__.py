"""Cases: values, files, life cycle, identity. Pure."""
