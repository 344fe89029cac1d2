"""The verbs: what can be asked of Greenband, as steps with digests in and out. Concrete adapters are handed in."""
