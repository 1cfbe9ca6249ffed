# SPDX-License-Identifier: LGPL-2.1-or-later
"""A gate between the tool and a test's Dovecot: lets everything pass until one word is on its way."""
import socket
import ssl
import threading


class Gate(threading.Thread):
    """
    Speaks TLS to both sides with the server's own certificate. When a client's bytes hold WORD, they are
    passed on (PASS_ON) or dropped, and from then on nobody hears anything; `reached` is then set.
    """

    def __init__(self, server, word, pass_on):
        super().__init__(daemon=True)
        self.server, self.word, self.pass_on = server, word, pass_on
        self.reached = threading.Event()
        self.socket = socket.create_server((server.host, 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        front.load_cert_chain(self.server.folder / "server.pem", self.server.folder / "server.key")
        back = ssl.create_default_context(cafile=str(self.server.ca_file))
        try:
            plain, _ = self.socket.accept()
            client = front.wrap_socket(plain, server_side=True)
            behind = back.wrap_socket(
                socket.create_connection((self.server.host, self.server.imaps_port)),
                server_hostname="localhost")
        except OSError:
            return
        self.sockets = client, behind
        threading.Thread(target=self.answer, daemon=True).start()
        self.ask()

    def ask(self):
        client, behind = self.sockets
        try:
            while data := client.recv(1 << 20):
                held = self.word in data
                if held:
                    self.reached.set()
                if not held or self.pass_on:
                    behind.sendall(data)
                if held:
                    # The rest of the message, until the client is gone.
                    while self.pass_on and (data := client.recv(1 << 20)):
                        behind.sendall(data)
                    return
        except OSError:
            pass

    def answer(self):
        client, behind = self.sockets
        try:
            while data := behind.recv(1 << 20):
                if not self.reached.is_set():
                    client.sendall(data)
        except OSError:
            pass

    def end(self):
        self.socket.close()
        for one in getattr(self, "sockets", ()):
            one.close()
