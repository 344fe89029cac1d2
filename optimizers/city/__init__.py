"""Cities: areas of one cycle each, and offsets with a proven bound, at a cost that grows with the number of signals."""
