"""The service: from detector to controller."""
