"""The layers behind the numbers, for GIS."""
