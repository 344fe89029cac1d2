"""Green waves: bands of arteries and networks, found by integer programming and worked out again by hand."""
