"""Loading reference data: GeoJSON of areas, streets and premises, as commands."""
