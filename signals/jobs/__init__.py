"""Durable jobs: the engine that keeps where each one is, and the programs that do the work."""
