"""How gunicorn serves the site; it looks for this file where it is started. Options on its command line win."""

import os

wsgi_app = "config.wsgi:application"
# A platform that names a port is the proxy itself; else one on this machine is.
bind = f"0.0.0.0:{os.environ['PORT']}" if os.environ.get("PORT") else "127.0.0.1:8000"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "config.web.serving.Waitress"
threads = int(os.environ.get("THREADS") or 4)
if os.access("/dev/shm", os.W_OK):  # noqa: S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108  (a disk that is busy does not look like a worker that hangs)
control_socket_disable = True
loglevel = "warning"
accesslog = None  # ACCESS_LOG has one that does not tell who asked
logconfig_dict = {
    "formatters": {"own": {"()": f"config.web.logs.{'JSON' if os.environ.get('LOG_FORMAT') == 'json' else 'Line'}"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "own"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {"gunicorn.error": {"handlers": ["stderr"], "propagate": False}},
}
