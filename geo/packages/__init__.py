"""SHELL: the map that a station's phones keep: one PMTiles file a working unit, built when its geography changes."""
