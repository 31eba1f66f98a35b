"""What Alembic runs for each command on the tables of the shop."""

import importlib
import importlib.util
import pkgutil

import sample_app
from sample_app.core.database import Base
from sample_app.migrations.environment import run_migrations

# Every domain package that has tables brings them in, so none can be forgotten.
for package in pkgutil.iter_modules(sample_app.__path__, "sample_app."):
    if package.ispkg and importlib.util.find_spec(f"{package.name}.models"):
        importlib.import_module(f"{package.name}.models")

run_migrations(Base.metadata)
