"""Does the comparison of schemas and documents ever say something untrue? Seeded random trials against an oracle."""
