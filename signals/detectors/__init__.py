"""Detector sources: one file per source, each with `accepts(head)` and `read(path, ...)`."""
