"""The street: what stands there, and what drives there. Knows nothing of optimizers or of the service."""
