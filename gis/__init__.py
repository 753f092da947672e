"""Distances, travel times, patches and importers of geographic data.

Stands alone: own words, no database, no clock. Positions are `LatLng` in WGS 84 degrees, latitude first;
GeoJSON, which puts longitude first, is turned round at its own boundary and nowhere else.
"""
