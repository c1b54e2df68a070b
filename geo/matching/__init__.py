"""PURE: matches tracks to the street network: a hidden Markov model, compiled (docs/matching.md)."""
