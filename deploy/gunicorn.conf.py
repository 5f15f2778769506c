"""Gunicorn behind a load balancer: gunicorn -c gunicorn.conf.py 'django.core.wsgi:get_wsgi_application()'.

A machine that people reach directly needs none of this: `gristmill serve` has settings of its own.
"""

import os

# set by the unit of each machine
bind = os.environ.get("GRISTMILL_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("GRISTMILL_WORKERS", "2"))
raw_env = ["DJANGO_SETTINGS_MODULE=gristmill.tiers.settings"]
# an upload takes a thread for as long as it lasts, and its process answers that it lives meanwhile
worker_class = "gthread"
threads = 8
# longer than the load balancer keeps an idle connection, so that it is the one that closes it
keepalive = 75
# uploads that are under way when the service is stopped have so long to end
graceful_timeout = 60
# whoever may say by X-Forwarded-Proto that a person came by https: the load balancer alone reaches this port
forwarded_allow_ips = os.environ.get("GRISTMILL_BALANCER", "127.0.0.1")
# not even it says where we stand, by a part of the path that its own rules then do not see
forwarder_headers = ""
# what is made is this user's alone: uploads, results, mails
umask = 0o077
accesslog = "-"
# Gunicorn's own access to itself by a socket: nobody uses it
control_socket_disable = True


def on_starting(_server):
    """Remove what uploads have left whose process was killed."""
    from gristmill.tiers import receive

    receive.sweep()
