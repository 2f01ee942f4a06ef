"""A collector of OpenTelemetry on a port of this machine. It appends each span that it gets to a file, as a line of JSON.

It refuses requests without the token.
"""

import argparse
import json
import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def value_of(value):
    return getattr(value, value.WhichOneof("value"))


def attributes_of(owner):
    return {each.key: value_of(each.value) for each in owner.attributes}


class Collector(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path != "/v1/traces" or self.headers["authorization"] != f"Bearer {arguments.token}":
            self.send_error(403)
            return
        with open(arguments.spans, "a") as file:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    for span in scope.spans:
                        file.write(json.dumps(self.line(resource.resource, span)) + "\n")
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def line(self, resource, span):
        return {
            "trace": span.trace_id.hex(),
            "id": span.span_id.hex(),
            "parent": span.parent_span_id.hex(),
            "name": span.name,
            "kind": span.kind,
            "status": span.status.code,
            "nanoseconds": span.end_time_unix_nano - span.start_time_unix_nano,
            "attributes": attributes_of(span),
            "resource": attributes_of(resource),
        }


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int)
parser.add_argument("--token")
parser.add_argument("--spans")
parser.add_argument("--cert")
parser.add_argument("--key")
arguments = parser.parse_args()
server = ThreadingHTTPServer(("127.0.0.1", arguments.port), Collector)
if arguments.cert:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(arguments.cert, arguments.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
