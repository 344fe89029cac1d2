"""Rings timed anew: as slices of the cycle for the models, and back as exact splits."""
