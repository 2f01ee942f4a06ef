"""A real mail server on a port of this machine. It appends each mail that it accepts to a file, as a line of JSON.

A recipient `refused@...` is unknown, `later@...` is to be tried again, and `stalls@...` gets no answer.
"""

import argparse
import asyncio
import json
import ssl
import time
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self, mailbox):
        self.mailbox = mailbox

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "refused":
            return "550 5.1.1 no such user \x1b[31m here"
        if name == "later":
            return "451 4.7.1 try again later"
        if name == "stalls":
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content, policy=policy.default)
        parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
        told = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "text": parts.get("text/plain", ""),
            "html": parts.get("text/html", ""),
            "tls": session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None,
            "user": getattr(session, "login", None),
        }
        with open(self.mailbox, "a") as mailbox:
            mailbox.write(json.dumps(told) + "\n")
        return "250 OK"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mailbox", required=True)
    parser.add_argument("--tls", choices=["none", "starttls", "tls"], default="none")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--no-goodbye", action="store_true")
    parser.add_argument("--user")
    parser.add_argument("--password")
    args = parser.parse_args()

    def authenticate(server, session, envelope, mechanism, data):
        is_right = (data.login.decode(), data.password.decode()) == (args.user, args.password)
        if is_right:
            session.login = data.login.decode()
        return AuthResult(success=is_right, handled=False)

    context = None
    if args.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.cert, args.key)
    options = {}
    if args.tls == "starttls":
        options.update(tls_context=context, require_starttls=True)
    if args.user:
        options.update(authenticator=authenticate, auth_required=True, auth_require_tls=args.tls == "starttls")

    class Speaker(SMTP):
        async def smtp_QUIT(self, arg):
            if args.no_goodbye:
                await asyncio.sleep(3600)
            await super().smtp_QUIT(arg)

    class Server(Controller):
        def factory(self):
            return Speaker(self.handler, **options)

    implicit = {"ssl_context": context} if args.tls == "tls" else {}
    server = Server(Handler(args.mailbox), hostname="127.0.0.1", port=args.port, **implicit)
    server.start()
    while True:
        time.sleep(3600)


main()
