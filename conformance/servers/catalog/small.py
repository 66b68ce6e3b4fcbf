"""Small blocking servers of our own, as they are written every day; with platform threads, and with virtual ones."""

import re

from common import SERVICE
from server import Server, Work

KINDS = {"line": ("line", "BufferedReader, a line an answer"), "data": ("data", "DataInputStream, a record an answer"),
         "counter": ("counter", "a counter that all connections share"),
         "alternate": ("counter", "a shared counter, and a client that takes two connections by turns")}


class Small(Server):
    sources = ("SmallServer", "SmallClient")

    def __init__(self, client, kind, text, threads):
        self.client = client
        self.kind = kind
        self.threads = threads
        self.name = client if threads == "platform" else f"{client}-virtual"
        self.title = f"own: {text}" + ("" if threads == "platform" else ", virtual threads")
        self.java = 17 if threads == "platform" else 21

    def command(self):
        return ["survey.SmallServer", SERVICE, self.port, self.kind, self.threads]

    def clients(self, until, directory):
        return [Work(self.small_client("SmallClient", until, self.client))]

    def check(self, stage):
        if self.kind == "counter":
            last = re.search(r"^total (\d+)", stage.clients[0][0].output(), re.M)[1]
            now = re.search(r"total (\d+)", stage.ask(self.small_client("SmallClient", "-", "total")))[1]
            if now != last:
                yield f"the new primary's total is {now}, the client was told {last}"


SERVERS = [Small(client, kind, text, threads) for client, (kind, text) in KINDS.items() for threads in ("platform", "virtual")]
