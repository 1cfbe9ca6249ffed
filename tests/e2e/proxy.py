# SPDX-License-Identifier: LGPL-2.1-or-later
"""What stands between the tool and a server: a slow line, and a proxy that does harm at a chosen byte.

In: the server's address, and a Fault. Out: a port to connect to, and how many bytes went each way. Bytes
are counted over all connections since the last arm(); so a clean run tells where harm can be done.
"""
import dataclasses
import queue
import select
import socket
import struct
import threading
import time
import typing

TO, FROM = "to the server", "from the server"

# What can be done at a byte. Those of LASTING can also go on: no later connection fares better.
LASTING = ("closed", "reset", "stalled", "cut off")
KINDS = (*LASTING, "garbled", "late", "paused", "in pieces")
PIECES = 3000


@dataclasses.dataclass(frozen=True)
class Fault:
    """
    closed: both sides see the end; reset: both see an error; stalled: nothing goes any way any more; cut off:
    the rest of this direction is lost, the other one goes on; garbled: one byte is another; late: the rest
    comes HOLD seconds later, also when the client has gone meanwhile; paused: it comes soon enough; in
    pieces: what follows comes byte by byte; held: it comes when ACT, called without arguments, has returned.
    """
    kind: str
    direction: str
    at: int
    lasting: bool = False
    flip: int = 1
    hold: float = 0.0
    act: typing.Callable = None

    def __str__(self):
        return f"{self.kind}{' for good' if self.lasting else ''} at byte {self.at} {self.direction}"


class Line(threading.Thread):
    """Accepts connections on a port of its own and carries each to the server, in threads."""

    def __init__(self, host, port):
        super().__init__(daemon=True)
        self.target = (host, port)
        self.socket = socket.create_server((host, 0), backlog=50)
        self.port = self.socket.getsockname()[1]

    def run(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.begin(client)

    def begin(self, client):
        raise NotImplementedError

    def reach(self):
        server = socket.create_connection(self.target)
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return server

    def end(self):
        self.socket.close()


def in_thread(function, *args):
    thread = threading.Thread(target=function, args=args, daemon=True)
    thread.start()
    return thread


def hear(client):
    """What comes next; nothing at the end, however it came."""
    try:
        return client.recv(65536)
    except OSError:
        return b""


class SlowLine(Line):
    """Passes on what it hears, late in the client's direction; also when the client is gone."""

    def __init__(self, host, port, seconds):
        super().__init__(host, port)
        self.seconds = seconds

    def begin(self, client):
        server, later = self.reach(), queue.Queue()
        in_thread(self.hear, client, later)
        in_thread(self.pass_on, later, server)
        in_thread(self.answer, server, client)

    def hear(self, client, later):
        data = b"x"
        while data:
            data = hear(client)
            later.put((time.monotonic() + self.seconds, data))

    @staticmethod
    def pass_on(later, server):
        while True:
            due, data = later.get()
            time.sleep(max(0, due - time.monotonic()))
            try:
                if not data:
                    server.shutdown(socket.SHUT_WR)
                    return
                server.sendall(data)
            except OSError:
                return

    @staticmethod
    def answer(server, client):
        try:
            data = hear(server)
            while data:
                client.sendall(data)
                data = hear(server)
        except OSError:
            pass
        finally:
            client.close()


class Proxy(Line):
    def __init__(self, host, port):
        super().__init__(host, port)
        self.lock = threading.Lock()
        self.arm(None)
        self.working = []

    def arm(self, fault):
        with self.lock:
            self.fault, self.fired = fault, False
            self.counts = {TO: 0, FROM: 0}

    def settle(self):
        """Wait until every connection has ended: what was late has arrived."""
        for thread in self.working:
            thread.join()
        self.working = []

    def begin(self, client):
        with self.lock:
            refused = self.fired and self.fault.lasting
        if refused:
            self.working.append(in_thread(self.refuse, client))
            return
        pair = Pair(client, self.reach())
        for direction in (TO, FROM):
            self.working.append(in_thread(self.carry, pair, direction))

    def refuse(self, client):
        if self.fault.kind in ("stalled", "cut off"):
            wait_for_the_end_of(client)
        elif self.fault.kind == "reset":
            reset(client)
        client.close()

    def carry(self, pair, direction):
        here, there = pair.ends(direction)
        data = hear(here)
        while data:
            for piece, harm in self.divide(direction, data):
                if harm is not None:
                    piece = self.harm(harm, pair, piece)
                pair.send(there, piece, direction)
            data = hear(here)
        pair.finish(there)

    def divide(self, direction, data):
        """DATA in pieces; the one at whose beginning harm is to be done comes with the fault."""
        with self.lock:
            at, fault = self.counts[direction], self.fault
            self.counts[direction] += len(data)
            hit = fault is not None and not self.fired and fault.direction == direction and \
                at <= fault.at < at + len(data)
            self.fired = self.fired or hit
        if not hit:
            return [(data, None)]
        return [(data[:fault.at - at], None), (data[fault.at - at:], fault)]

    @staticmethod
    def harm(fault, pair, data):
        """@return what is still to be passed on"""
        if fault.kind == "closed":
            pair.close()
        elif fault.kind == "reset":
            pair.reset()
        elif fault.kind == "stalled":
            pair.stall()
        elif fault.kind == "cut off":
            pair.cut.add(fault.direction)
        elif fault.kind == "garbled":
            return bytes([data[0] ^ fault.flip]) + data[1:]
        elif fault.kind in ("late", "paused"):
            time.sleep(fault.hold)
        elif fault.kind == "held":
            fault.act()
        elif fault.kind == "in pieces":
            pair.pieces[fault.direction] = PIECES
        return data


class Pair:
    """The two ends of one connection."""

    def __init__(self, client, server):
        self.client, self.server = client, server
        self.cut = set()    # directions in which nothing arrives any more
        self.stalled = self.ended = False
        self.pieces = {TO: 0, FROM: 0}
        self.open = 2

    def ends(self, direction):
        return (self.client, self.server) if direction == TO else (self.server, self.client)

    def send(self, there, data, direction):
        """What cannot be sent is lost; the other side is heard to its end all the same."""
        if self.stalled:
            wait_for_the_end_of(self.client)
            self.close()
        if self.ended or direction in self.cut:
            return
        try:
            while self.pieces[direction] > 0 and data:
                there.sendall(data[:1])
                data = data[1:]
                self.pieces[direction] -= 1
            if data:
                there.sendall(data)
        except OSError:
            self.cut.add(direction)

    def finish(self, there):
        """One direction has ended. A client that has gone ends both, but not before all is passed on."""
        shut(there)
        self.open -= 1
        if self.open == 0:
            self.client.close()
            self.server.close()

    def close(self):
        self.ended = True
        shut(self.client)
        shut(self.server)

    def reset(self):
        self.ended = True
        reset(self.client)
        reset(self.server)

    def stall(self):
        self.stalled = True


def shut(end):
    try:
        end.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def reset(end):
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # Another thread may wait in recv(): closing alone would wait for it.
        end.shutdown(socket.SHUT_RD)
        end.close()
    except OSError:
        pass


def wait_for_the_end_of(client):
    poll = select.poll()
    try:
        poll.register(client, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
        poll.poll()
    except (OSError, ValueError):
        pass
