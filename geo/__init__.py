"""Areas, beats, streets, premises: where things are. Knows nothing of patrols or visits."""
