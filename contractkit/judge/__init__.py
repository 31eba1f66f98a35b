"""Changes and rules become a verdict; pure functions."""
