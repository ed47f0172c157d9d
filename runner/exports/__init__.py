"""The register handed to others: as tables, as a bundle of evidence, as a month's summary."""
