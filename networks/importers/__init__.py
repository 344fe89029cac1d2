"""One file per format: `read(path) -> Network`. Files that begin with an underscore are shared by formats."""
