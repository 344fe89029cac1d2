"""The sums: arrays in, numbers out. Knows nothing of streets, files, simulators or the service."""
