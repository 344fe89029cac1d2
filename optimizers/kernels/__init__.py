"""Compiled numerics. Each kernel states its recurrence and its source; none checks its input (problems are checked)."""
