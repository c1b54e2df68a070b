"""Units, officers and devices: who may see and do what."""
