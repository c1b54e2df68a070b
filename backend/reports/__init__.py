"""Figures: counted once, by rules that are written down, and open down to their records."""
