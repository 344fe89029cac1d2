"""The simulator as an adapter: untrusted files read, sandboxed runs, measures, executed displays."""
