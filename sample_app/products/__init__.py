"""Products: the catalogue of a tenant, with its stock."""
