"""Delivery as a part of the service: groups, requests, the coordinator that never sleeps, the fleet, signing keys."""
