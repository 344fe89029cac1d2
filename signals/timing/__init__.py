"""The bridge between the street and the sums: problems made of networks, plans made of solutions."""
