"""The folder for what the app keeps in files."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sample_app.core.settings import Settings, SettingsError


@contextmanager
def opened_data_folder(settings: Settings) -> Iterator[Path]:
    """The folder that was set, made if it is missing; else a temporary one, gone at the end.

    Raises:
        SettingsError: the folder cannot be made.
    """
    if settings.data_dir is None:
        with tempfile.TemporaryDirectory(prefix="sample-app-") as folder:
            yield Path(folder)
        return
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"SAMPLE_APP_DATA_DIR: {settings.data_dir}: {error.strerror}") from None
    yield settings.data_dir
