"""Coordinate systems, areas and the repair of geometry; nothing here knows of land use."""
