"""Bytes to layers, results to files."""
