#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private Dovecot on loopback, for tests and the quickstart. Nothing of the system's own is read.

  dovecot.py start [OPTIONS] DIR   start (or restart) the server that lives in DIR, print NAME=VALUE; it
                                   keeps its ports, as it keeps its certificate and its password
  dovecot.py stop DIR              stop it; mail and certificates stay, so that it can go on later
  dovecot.py remove DIR            stop it, and take away DIR and the mail

In: a folder and options. Out: IMAPS and STARTTLS on free ports of 127.0.0.1, a certificate by a CA of
its own, accounts with one password, Maildir storage. Works as root (mail then belongs to nobody, since
Dovecot gives root no mail) and as anybody else. Debian's package: dovecot-imapd.
"""
import argparse
import grp
import hashlib
import json
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time

# What Dovecot 2.3 offers, less what an older server lacks: UIDPLUS, MULTIAPPEND, LITERAL+.
OLD_SERVER = "IMAP4rev1 NAMESPACE CHILDREN UNSELECT"
START_TRIES, START_SECONDS, STOP_SECONDS, PORT_SECONDS = 5, 15, 15, 5


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def is_free(port):
    """Whether a server can listen there; connections that are only fading away do not count."""
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def openssl(*args, folder):
    done = subprocess.run(["openssl", *args], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"openssl {args[0]}: {done.stderr.strip()}")


def make_certificates(folder, days):
    """A CA and a server certificate for localhost; ten years by default: nobody renews a test."""
    if (folder / "server.pem").exists():
        return
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650",
            "-subj", "/CN=draftconv test CA", folder=folder)
    openssl("req", *curve, "-keyout", "server.key", "-out", "server.csr", "-subj",
            "/CN=localhost", folder=folder)
    (folder / "server.ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", str(days), "-extfile", "server.ext", "-out", "server.pem",
            folder=folder)
    for name in ("ca.key", "server.csr", "server.ext", "ca.srl"):
        (folder / name).unlink(missing_ok=True)
    (folder / "server.key").chmod(0o600)


def reachable(path):
    """Whether everybody may walk down to PATH, as the mail process of another user must."""
    return all(p.stat().st_mode & stat.S_IXOTH for p in [path, *path.parents] if p.exists())


def storage_for(folder):
    """Where the mail can lie: in FOLDER, or, below root's own home, in a place of its own."""
    if os.getuid() != 0 or reachable(folder):
        return folder
    mark = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return pathlib.Path("/var/tmp") / f"draftconv-dovecot-{mark}"


def make_storage(place):
    """Nobody else has made it, and others find no more in it than they know the names of."""
    try:
        place.mkdir(mode=0o711)
    except FileExistsError:
        found = place.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0:
            raise RuntimeError(f"{place}: belongs to somebody else") from None
    place.chmod(0o711)


class Dovecot:
    """
    users: the accounts; password: of all of them (made up when None)
    special_use: whether Drafts is marked; drafts: its name; auto: subscribe, create, or no
    prefix: of the personal namespace, "" or "INBOX."
    quota: "" or as Dovecot says it ("1M"); max_mail_size: "" or "100k"
    capability: "" or what the server shall offer instead (OLD_SERVER)
    master: "" or the name of an administrator who may log in as anybody (user*master, or PLAIN)
    certificate_days: how long it is valid
    domains: "kari%example.org" and "kari@example.org" are the account "kari", too
    rights: "" or what the accounts may do in their folders (RFC 4314), "lrs"
    extra: more settings
    """

    def __init__(self, folder, users=("alice",), password=None, special_use=True, drafts="Drafts",
                 auto="subscribe", prefix="", quota="", max_mail_size="", capability="", master="",
                 certificate_days=3650, rights="", extra="", domains=False):
        self.folder = pathlib.Path(folder).resolve()
        self.storage = storage_for(self.folder)
        self.users, self.master = list(users), master
        self.password = password
        self.special_use, self.drafts, self.auto, self.prefix = special_use, drafts, auto, prefix
        self.quota, self.max_mail_size, self.capability = quota, max_mail_size, capability
        self.certificate_days, self.rights, self.extra = certificate_days, rights, extra
        self.domains = domains
        self.host = "127.0.0.1"
        self.imaps_port = self.imap_port = self.run = None

    # ---- files

    @property
    def ca_file(self):
        return self.folder / "ca.pem"

    @property
    def password_file(self):
        return self.folder / "password"

    @property
    def state_file(self):
        return self.folder / "server.json"

    @property
    def ports_file(self):
        return self.folder / "ports.json"

    @property
    def log(self):
        path = self.folder / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def maildir(self, user):
        return self.storage / "mail" / user

    def prepare(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.storage = storage_for(self.folder)  # now that it is there
        if self.storage != self.folder:
            make_storage(self.storage)
        make_certificates(self.folder, self.certificate_days)
        if self.password is None:
            known = self.password_file.exists()
            self.password = self.password_file.read_text().strip() if known else \
                secrets.token_urlsafe(12)
        for path, text in ((self.password_file, self.password + "\n"),
                           (self.folder / "users", self.passwd(self.users)),
                           (self.folder / "masters", self.passwd([self.master] if self.master else []))):
            path.touch(mode=0o600)
            path.write_text(text)
        mail = self.storage / "mail"
        mail.mkdir(exist_ok=True, mode=0o700)
        if os.getuid() == 0:
            self.owner = pwd.getpwnam("nobody")
            os.chown(mail, self.owner.pw_uid, self.owner.pw_gid)
        else:
            self.owner = pwd.getpwuid(os.getuid())
        # Sockets live in a short path: their names end at 108 bytes.
        self.run = tempfile.mkdtemp(prefix="dovecot-")
        os.chmod(self.run, 0o755)

    def passwd(self, names):
        return "".join(f"{name}:{{PLAIN}}{self.password}\n" for name in names)

    # ---- configuration

    def settings(self):
        separator = "." if self.prefix.endswith(".") else "/"
        mark = "special_use = \\Drafts" if self.special_use else ""
        quota = bool(self.quota or self.max_mail_size)
        names = ["quota"] * quota + ["acl"] * bool(self.rights)
        more = ["imap_" + name for name in names]
        plugins = f"mail_plugins = {' '.join(names)}\nprotocol imap {{\n  mail_plugins = " \
            f"{' '.join(names + more)}\n}}\n" if names else ""
        if self.rights:
            pathlib.Path(self.run, "rights").write_text(f"* owner {self.rights}\n")
        text = f"""
protocols = imap
listen = {self.host}
base_dir = {self.run}
state_dir = {self.run}
log_path = {self.folder}/dovecot.log
instance_name = draftconv-{self.imaps_port}
ssl = required
ssl_cert = <{self.folder}/server.pem
ssl_key = <{self.folder}/server.key
auth_mechanisms = plain login
auth_master_user_separator = *
mail_location = maildir:{self.storage}/mail/%u
mailbox_list_index = yes
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 50
auth_failure_delay = 0 secs
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{plugins}
passdb {{
  driver = passwd-file
  args = {self.folder}/masters
  master = yes
  result_success = continue
}}
passdb {{
  driver = passwd-file
  args = {self.folder}/users
}}
userdb {{
  driver = static
  args = uid={self.owner.pw_uid} gid={self.owner.pw_gid} home={self.storage}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {self.prefix}
  mailbox "{self.drafts}" {{
    {mark}
    auto = {self.auto}
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {self.imap_port}
  }}
  inet_listener imaps {{
    port = {self.imaps_port}
    ssl = yes
  }}
}}
plugin {{
  {f"acl = vfile:{self.run}/rights" if self.rights else ""}
  {f"quota = maildir:User quota" if quota else ""}
  {f"quota_rule = *:storage={self.quota}" if self.quota else ""}
  {f"quota_max_mail_size = {self.max_mail_size}" if self.max_mail_size else ""}
}}
"""
        text += self.extra
        if self.domains:
            text += "auth_username_translation = %@\nauth_username_format = %Ln\n"
        if self.capability:
            text += f"imap_capability = {self.capability}\n"
        if os.getuid() == 0:
            # The files of accounts may lie where only root can read.
            text += "service auth {\n  user = root\n}\n"
        else:
            me, group = self.owner.pw_name, grp.getgrgid(os.getgid()).gr_name
            text += f"default_internal_user = {me}\ndefault_login_user = {me}\n" \
                f"default_internal_group = {group}\n"
            text += "".join(f"service {name} {{\n  chroot =\n}}\n" for name in ("anvil", "imap-login"))
        return text

    # ---- running

    def choose_ports(self, before):
        """Those of BEFORE: journals have them. Their last user may need a moment to leave them."""
        until = time.monotonic() + PORT_SECONDS
        while before and not all(map(is_free, before)) and time.monotonic() < until:
            time.sleep(0.05)
        kept = before and all(map(is_free, before))
        if before and not kept:
            print(f"dovecot.py: port {before[0]} or {before[1]} is taken by another program: the server moves, "
                  "and what was delivered to it is found there with --to", file=sys.stderr)
        self.imaps_port, self.imap_port = before if kept else (free_port(), free_port())

    def start(self):
        """Start, on the ports of the last time; a port that somebody else took in the meantime is tried again."""
        self.stop()
        self.prepare()
        before = json.loads(self.ports_file.read_text()) if self.ports_file.exists() else None
        for _ in range(START_TRIES):
            self.choose_ports(before)
            before = None
            conf = self.folder / "dovecot.conf"
            conf.write_text(self.settings())
            # Into a file: the server keeps what it is given open, and a pipe would never end.
            words = self.folder / "start.log"
            with open(words, "w", encoding="utf-8") as out:
                status = subprocess.run([self.program(), "-c", conf], stdin=subprocess.DEVNULL,
                                        stdout=out, stderr=out).returncode
            if status == 0 and self.answers():
                self.state_file.write_text(json.dumps({"run": self.run}))
                self.ports_file.write_text(json.dumps([self.imaps_port, self.imap_port]))
                return self
            self.end(self.run)
        raise RuntimeError(f"dovecot did not start: {words.read_text().strip() or self.log[-2000:]}")

    @staticmethod
    def program():
        path = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if path is None:
            raise RuntimeError("no dovecot here: apt-get install dovecot-imapd")
        return path

    def answers(self):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                with socket.create_connection((self.host, self.imap_port), timeout=5) as s:
                    return s.recv(4) == b"* OK"
            except OSError:
                time.sleep(0.05)
        return False

    @staticmethod
    def end(run):
        """Stop the server whose sockets are in RUN, and nothing else."""
        pid_file = pathlib.Path(run) / "master.pid"
        try:
            pid = int(pid_file.read_text())
            os.kill(pid, signal.SIGTERM)
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return
        until = time.monotonic() + STOP_SECONDS
        while pid_file.exists() and time.monotonic() < until:
            time.sleep(0.05)

    def stop(self):
        """Stop whatever runs in the folder. Mail, certificates and password stay."""
        if not self.state_file.exists():
            return
        run = json.loads(self.state_file.read_text())["run"]
        self.end(run)
        shutil.rmtree(run, ignore_errors=True)
        self.state_file.unlink()

    def remove(self):
        """Stop, and take away all that was made."""
        self.stop()
        if self.storage != self.folder:
            shutil.rmtree(self.storage, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.remove()


def main():
    parser = argparse.ArgumentParser(description="a private Dovecot on loopback")
    parser.add_argument("verb", choices=("start", "stop", "remove"))
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--user", action="append", help="an account (repeatable; default alice)")
    parser.add_argument("--no-special-use", action="store_true")
    parser.add_argument("--drafts", default="Drafts", help="name of the folder for drafts")
    parser.add_argument("--auto", default="subscribe", choices=("subscribe", "create", "no"))
    parser.add_argument("--prefix", default="", help="of the namespace, INBOX. for example")
    parser.add_argument("--quota", default="")
    parser.add_argument("--max-mail-size", default="")
    parser.add_argument("--capability", default="", help="offered instead of Dovecot's own")
    parser.add_argument("--old-server", action="store_true", help="no UIDPLUS, MULTIAPPEND, LITERAL+")
    parser.add_argument("--master", default="", help="an administrator's name")
    args = parser.parse_args()
    server = Dovecot(args.folder, args.user or ["alice"], special_use=not args.no_special_use,
                     drafts=args.drafts, auto=args.auto, prefix=args.prefix, quota=args.quota,
                     max_mail_size=args.max_mail_size, master=args.master,
                     capability=OLD_SERVER if args.old_server else args.capability,
                     domains=not any("@" in user for user in args.user or []))
    try:
        if args.verb == "stop":
            return server.stop()
        if args.verb == "remove":
            return server.remove()
        server.start()
    except RuntimeError as error:
        sys.exit(f"dovecot.py: {error}")
    for name, value in (("host", server.host), ("imaps_port", server.imaps_port),
                        ("imap_port", server.imap_port), ("ca_file", server.ca_file),
                        ("user", server.users[0]), ("password", server.password),
                        ("password_file", server.password_file),
                        ("maildir", server.maildir(server.users[0]))):
        print(f"{name}={value}")


if __name__ == "__main__":
    main()
