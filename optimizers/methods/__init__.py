"""One file per method: `propose(...)` as `optimizers.method.Method` says."""
