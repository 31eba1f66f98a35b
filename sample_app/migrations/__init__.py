"""The history of the tables (Alembic). `python -m sample_app.migrations --help` says what can be done with it."""
