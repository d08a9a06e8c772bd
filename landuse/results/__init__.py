"""Frozen results that check their own accounting."""
