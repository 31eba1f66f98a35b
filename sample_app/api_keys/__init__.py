"""API keys: how a program that nobody signs in to reads the reports."""
