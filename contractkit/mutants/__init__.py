"""Documents made of a user's own: with a break in them, or written differently and saying the same."""
