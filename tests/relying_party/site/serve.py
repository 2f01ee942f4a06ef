"""Creates the database, then serves the site on a listening socket: the standard input."""

import os
import socket
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self):
        self.socket.close()
        self.socket = socket.socket(fileno=0)
        self.server_name, self.server_port = "localhost", self.socket.getsockname()[1]
        self.setup_environ()


os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
application = get_wsgi_application()
call_command("migrate", verbosity=0)
with Server(None, WSGIRequestHandler) as server:
    server.set_app(application)
    server.serve_forever()
