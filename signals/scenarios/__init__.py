"""Scenarios: streets to try things on, obtained or generated at run time into the user's cache."""
