"""Parks side by side."""
