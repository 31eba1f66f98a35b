"""gunicorn's settings: `gunicorn --config sample_app/deploy/gunicorn.conf.py`.

`WEB_CONCURRENCY` is the number of workers; `GUNICORN_CMD_ARGS` and the command line win over all of these.
"""

import os
from pathlib import Path

from sample_app.core.settings import load_settings

wsgi_app = "sample_app.main:app"
worker_class = "sample_app.deploy.server.Worker"
bind = "0.0.0.0:8000"

# Each has connections, limits and figures of its own. One a container, and more containers, is easier to reason about.
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))

# Connections that wait to be accepted. More would wait longer than their clients do.
backlog = 512

# A worker whose event loop stood still for so long is replaced.
timeout = 30

# From SIGTERM to the end: the drain, then the longest request (a calculation takes 20 seconds at most), then closing.
graceful_timeout = int(load_settings().drain_seconds) + 30

# Longer than proxies keep theirs (60 seconds is usual), so that it is the proxy who closes an idle connection: if the
# server did, a request could be on its way.
keepalive = 75

# A fresh worker now and then, against whatever leaks; not all at the same time.
max_requests = 50_000
max_requests_jitter = 5_000

# Its heartbeat is a file; on a disk that is slow, the worker would seem to stand still.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None

# SIGHUP is to bring new code, so no worker inherits what the master has imported.
preload_app = False

# The container's file system may be read-only, and signals are all that is needed.
control_socket_disable = True
