"""Signal programs in files: one file per format, each with `read` and `write`."""
