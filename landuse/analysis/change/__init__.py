"""What changed between two dates."""
