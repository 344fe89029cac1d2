"""What was computed once is kept: values named by the digest of what they were computed from."""
