"""Cutting: parcels by the faces of parks, layers by each other, each cut measured twice."""
