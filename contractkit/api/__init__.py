"""The flows in a few lines each, for the command line, pytest and Python users; `contractkit` has their names."""
