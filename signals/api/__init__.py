"""The service over HTTP: requests become verbs of the service, answers and errors become documents; nothing else."""
