"""Builds missing or stale artifacts, and knows the class path of the servers."""

import os
import pwd
import shutil

from common import JAR, JAVA, ROOT, TARGET, DemoError, run, say

LIBRARIES = TARGET / "demo" / "lib"
ZOOKEEPER = TARGET / "demo" / "zookeeper"
CLASSES = TARGET / "test-classes"
PACKAGES = {"java": "openjdk-17-jdk-headless", "mvn": "maven", "ip": "iproute2", "bridge": "iproute2", "tc": "iproute2",
            "tcpdump": "tcpdump", "curl": "curl", "lftp": "lftp", "sftp": "openssh-client",
            "ssh-keygen": "openssh-client", "ffmpeg": "ffmpeg"}


def check_tools(options):
    wanted = ["ip", "bridge", "tcpdump", options.client]
    if options.rate:
        wanted.append("tc")
    if options.server == "sftp":
        wanted.append("ssh-keygen")
    missing = [tool for tool in wanted if not shutil.which(tool)]
    if not shutil.which(JAVA):
        missing.append("java")
    if missing:
        raise DemoError(f"needs {', '.join(missing)}: apt-get install "
                        f"{' '.join(sorted({PACKAGES[tool] for tool in missing}))} (see tap-setup/check.sh)")


def build():
    """mvn package, unless all that it makes is there and newer than all that it is made from."""
    made = [JAR, CLASSES / "io/holdfast/lab/server/JdkHttpServer.class", LIBRARIES, ZOOKEEPER]
    if all(path.exists() for path in made) and JAR.stat().st_mtime >= newest_source():
        return
    if not shutil.which("mvn"):
        raise DemoError("needs mvn to build: apt-get install maven (see tap-setup/check.sh)")
    for libraries in (LIBRARIES, ZOOKEEPER):
        shutil.rmtree(libraries, ignore_errors=True)  # what it has of other versions would stay
    say("== building (mvn -q -DskipTests package)")
    run(["mvn", "-B", "-q", "-DskipTests", "package"], "the build", limit=1800, cwd=ROOT, **as_caller())


def newest_source():
    files = [ROOT / "pom.xml"]
    for place in ("src", "conformance/java", "perf/java"):
        files += [path for path in (ROOT / place).rglob("*") if path.is_file()]
    return max(path.stat().st_mtime for path in files)


def as_caller():
    """Under sudo: build as the user who called, so that target and the Maven repository stay that user's."""
    uid = int(os.environ.get("SUDO_UID", 0))
    if os.geteuid() != 0 or uid == 0 or (TARGET.exists() and TARGET.stat().st_uid == 0) or ROOT.stat().st_uid != uid:
        return {}
    user = pwd.getpwuid(uid)
    environment = dict(os.environ, HOME=user.pw_dir, USER=user.pw_name, LOGNAME=user.pw_name)
    return {"user": uid, "group": user.pw_gid, "extra_groups": [], "env": environment}


def give_to_caller(directory):
    """Under sudo: results belong to the user who called."""
    uid, gid = int(os.environ.get("SUDO_UID", 0)), int(os.environ.get("SUDO_GID", 0))
    if os.geteuid() == 0 and uid:
        for path in [directory, *directory.rglob("*")]:
            os.chown(path, uid, gid, follow_symlinks=False)


def class_path():
    return f"{CLASSES}:{LIBRARIES}/*"
