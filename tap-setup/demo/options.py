"""The command line."""

import argparse
import re

MODES = ("hot", "cold", "off")
FAULTS = ("none", "kill", "freeze", "cut", "power-primary", "power-backup", "lan-primary", "lan-backup", "device-gone", "cut-replication",
          "cut-backup", "switchover", "kill-backup", "double", "starve", "stale", "partition", "witness-gone")
NEED_WITNESS = ("partition", "witness-gone")
NEED_BACKUP = ("switchover", "kill-backup", "double", "power-backup", "lan-backup", "cut-replication", "cut-backup", "stale",
               *NEED_WITNESS)
SERVERS = {"web": ("jdk", "jetty"), "file": ("ftp", "sftp"), "stream": ("jdk",)}
CLIENTS = {"jdk": ("curl",), "jetty": ("curl",), "ftp": ("curl", "lftp"), "sftp": ("sftp",)}

MIB = 1 << 20
DEFAULT_TOTAL = 1 << 30
# A checker run keeps every byte of the server in memory.
MAX_CHECKED = 512 * MIB
# Without being asked: what the capture costs grows with its bytes, and has not been measured by itself.
DEFAULT_CHECKED = 128 * MIB
# Long enough for a host to die, to start again and to catch up.
DOUBLE_SECONDS = 25
RESTARTS = ("double", "kill-backup", "power-primary", "power-backup", "device-gone", "starve")
# A client that has not ended when the last host has been killed.
ROW_RATE, ROW_SIZE, ROW_LIMIT = 8 * MIB, 3 << 30, 7200
# All hosts, the client and the capture share this machine's processors: at a rate that fills them, there are pauses as long as
# a switchover's without one.
SWITCHOVER_SECONDS = 20
# Many clients take their time to start, and the fault is to hit all of them. What is shown is their number: all of them, the
# servers of both hosts and the capture share this machine's processors.
MANY, MANY_SECONDS, MANY_TOTAL = 50, 8, 512 * MIB

EPILOG = """
An unmodified server runs on host a, and with --mode hot or cold it is protected by host b. Real clients transfer; in
the middle, at a place that differs from round to round, the fault happens:

  kill         kill -9 of the server's process on a
  freeze       SIGSTOP of it; it goes on later, and must do no harm
  cut          every link of a goes silent; they are mended later, and a must join as the backup
  power-primary  a's host loses its power: silence on every link; it is started again, and joins
  power-backup   b's host does; a must go on alone by itself
  lan-primary  only a's link to the LAN goes silent: a hands over to b, which clients still reach
  lan-backup   only b's does: nobody notices
  device-gone  a's TAP device is deleted: a hands over to b, and is started again with a new one
  cut-replication  only the replication link does: a goes on alone, and b joins again when it is mended
  cut-backup   every link of b goes silent: a goes on alone, and b, which hears nobody, must not lead
  partition    nothing gets from one host to the other, on the replication link or on the LAN, and both hear the client: with
               --witness one of them goes on, and the other joins it later
  witness-gone kill -9 of the ZooKeeper of --witness: nobody notices
  switchover   a hands over to b on command
  kill-backup  kill -9 of b; a new b must then protect again
  double       kill a, start it again as the backup, and when it protects, kill b
  starve       8 busy loops want all processors until the transfers end; nobody may be taken for dead
  stale        cut the replication link, and when a has gone on alone, kill a: b missed something, and must not take over
               (the transfers are lost, rightly; passed if b stays silent)

With --hosts 3 the kill is repeated, --rounds times, while one client downloads all the time: whoever leads is killed; its backup takes
over; the spare becomes the new backup before the dead host is started again, as the next spare. Nothing else may be asked for.

The stall is measured from outside, in a capture of the client's own interface: the longest time, begun within a second
of the fault, in which no new byte moved on a connection that had one to move. "switch" is from the fault to the new
host's first frame there.

Writes target/demo/result.json and target/demo/timeline.svg. Exit status: 0 if every client's stream was intact, no
reset was seen and the fault struck in the middle; 1 if not; 2 if the demo could not be run; 64 for a wrong option.

demo.sh --matrix runs all of them, every fault in every mode with every service: demo.sh --matrix --help.
"""


def size(text):
    match = re.fullmatch(r"(\d+)([KMG]?)(i?B)?", text, re.IGNORECASE)
    if not match or int(match[1]) == 0:
        raise argparse.ArgumentTypeError(f"{text}: a number of bytes, like 500K, 64M or 1G")
    return int(match[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[match[2].upper()]


def count(text):
    if not re.fullmatch(r"\d{1,4}", text) or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text}: a number from 1 to 9999")
    return int(text)


def parse(arguments):
    parser = Parser(prog="demo.sh", description="Kills a server in the middle of its clients' transfers.",
                    epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    add = parser.add_argument
    add("--service", choices=SERVERS, default="web", help="HTTP files, FTP or SFTP, or live media over HTTP (web)")
    add("--server", choices=("jdk", "jetty", "ftp", "sftp"),
        help="which: web jdk or jetty; file ftp or sftp (the first)")
    add("--client", choices=("curl", "lftp", "sftp"), help="which, where there is a choice: ftp curl or lftp (curl)")
    add("--mode", choices=MODES, default="hot", help="how b protects a (hot); off: not at all")
    add("--fault", choices=FAULTS, default="kill", help="what happens in the middle (kill)")
    add("--direction", choices=("download", "upload", "both"), default="download", help="(download)")
    add("--clients", type=count, default=1, metavar="N", help="at once (1)")
    add("--rounds", type=count, default=1, metavar="N", help="with freshly started servers each (1)")
    add("--size", type=size, metavar="BYTES", help="of each transfer, like 64M (1G, divided among the clients; with "
        f"{MANY} clients or more half of that, and at least 1M)")
    add("--rate", type=size, metavar="BYTES", help="a second, to which each transfer is held (no limit; with --fault "
        f"double, kill-backup, power-*, device-gone or starve what makes it last {DOUBLE_SECONDS} s, with switchover {SWITCHOVER_SECONDS} s, with {MANY} "
        f"clients or more {MANY_SECONDS} s)")
    add("--seconds", type=count, default=20, metavar="N", help="of media, with --service stream (20)")
    add("--bitrate", type=size, default=4_000_000, metavar="BITS", help="a second, of the media (4000000)")
    add("--tls", action="store_true", help="HTTPS or FTPS between client and server")
    add("--plain", action="store_true", help="no TLS on the replication link between the hosts")
    add("--no-flood", action="store_true", help="switches drop frames for unicast addresses that they have not learned")
    add("--witness", action="store_true", help="a ZooKeeper on a third host decides who goes on (see --fault partition)")
    add("--hosts", type=int, choices=(2, 3), default=2, help="3: the third is a spare; see above (2)")
    add("--check", action=argparse.BooleanOptionalAction, help="capture whole frames, what each host sends, and the link between "
        f"them if it is --plain, and let the wire checker look at it all (with up to {DEFAULT_CHECKED // MIB} MiB a round)")
    add("--patience", type=count, default=15, metavar="SECONDS",
        help="without a byte, after which a client gives up (15)")
    add("--limit", type=count, default=180, metavar="SECONDS", help="for the transfers of a round (180)")
    add("--seed", type=int, default=1, metavar="N", help="of the content and of where the faults strike (1)")
    add("--set", action="append", default=[], metavar="KEY=VALUE", help="a further line of the hosts' configuration")
    add("--java", action="append", default=[], metavar="FLAG", help="a further flag of the servers' JVMs")
    add("--out", metavar="DIRECTORY", help="where results go (target/demo)")
    add("--keep", action="store_true", help="leave the work directory, with logs, captures and transferred files")
    options = parser.parse_args(arguments)
    conclude(parser, options)
    return options


def conclude(parser, options):
    if options.hosts == 3:
        if options.mode == "off" or options.fault != "kill" or options.service != "web" or options.direction != "download" \
                or options.clients != 1 or options.witness or options.check:
            parser.error("--hosts 3 is for one web client that downloads, and for --fault kill, --mode hot or cold")
        options.limit = ROW_LIMIT
        options.rate = options.rate or ROW_RATE
        options.size = options.size or ROW_SIZE
        options.check = False
    options.server = options.server or SERVERS[options.service][0]
    if options.server not in SERVERS[options.service]:
        parser.error(f"--service {options.service} has --server {' or '.join(SERVERS[options.service])}")
    choice = ("ffmpeg",) if options.service == "stream" else CLIENTS[options.server]
    options.client = options.client or choice[0]
    if options.client not in choice:
        parser.error(f"--server {options.server} has --client {' or '.join(choice)}")
    if options.service == "stream" and options.direction != "download":
        parser.error("--service stream only sends: --direction download")
    if options.service == "stream" and options.size:
        parser.error("--service stream is as long as --seconds says, at --bitrate; --size is for files")
    if options.tls and options.server in ("sftp", "jetty"):
        parser.error(f"--tls is for the servers jdk and ftp, not for {options.server}")
    if options.mode == "off" and options.fault in NEED_BACKUP:
        parser.error(f"--fault {options.fault} needs a backup: --mode hot or cold")
    if options.fault in NEED_WITNESS and not options.witness:
        parser.error(f"--fault {options.fault} is for --witness: without a third party " + ("both hosts would go on"
                     if options.fault == "partition" else "there is none"))
    if options.witness and options.mode == "off":
        parser.error("--witness is for two hosts: --mode hot or cold")
    if any("=" not in line for line in options.set):
        parser.error("--set takes KEY=VALUE")
    options.many = options.clients >= MANY
    transfers = options.clients * (2 if options.direction == "both" else 1)
    if options.service == "stream":
        options.size = options.seconds * options.bitrate // 8
    elif options.size is None:
        options.size = max(MIB, (MANY_TOTAL if options.many else DEFAULT_TOTAL) // transfers)
    if options.check is None:
        options.check = options.size * transfers <= DEFAULT_CHECKED
    if options.check and options.size * transfers > MAX_CHECKED:
        parser.error(f"--check keeps every byte: a round may have {MAX_CHECKED // MIB} MiB; see --size")
    slow = {"switchover": SWITCHOVER_SECONDS, **dict.fromkeys(RESTARTS, DOUBLE_SECONDS)}.get(options.fault)
    if not slow and options.many:
        slow = MANY_SECONDS
    if slow and not options.rate and options.service != "stream":
        options.rate = max(1, options.size // slow)


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(64, f"demo: {message}\nTry: demo.sh --help\n")
