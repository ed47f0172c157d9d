"""A fresh desk: what `doleances init` writes."""
