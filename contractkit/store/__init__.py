"""The only writer of the baselines folder."""
