"""The plan library: plans put in with their proof, moved towards the street, found again, compared and scheduled."""
