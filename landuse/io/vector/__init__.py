"""Vector layers of every format to features."""
