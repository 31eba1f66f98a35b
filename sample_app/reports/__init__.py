"""Reports: figures over a whole tenant, for administrators and for programs with an API key."""
