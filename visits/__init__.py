"""Visits to doors, disputes and their steps, law outreach, campaigns."""
