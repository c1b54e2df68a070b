"""Outings: patrols, their legs, fixes and observations. Knows nothing of visits."""
