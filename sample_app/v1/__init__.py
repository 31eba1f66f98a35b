"""Version 1 of the API: thin adapters over the version 2 services, on their way out."""
