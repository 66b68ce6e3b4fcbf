"""Class paths: artifacts that Maven resolves for a server, and classes compiled for it."""

import hashlib
import shutil
from pathlib import Path
from xml.sax.saxutils import escape

from common import JAVA, DemoError, run

JAVA_SOURCES = Path(__file__).parent / "java"


class Kit:
    """What a server and its clients are run with."""

    def __init__(self, server, place):
        self.java = JAVA
        self.directory = place / server.name
        self.directory.mkdir(parents=True, exist_ok=True)
        self.jars = resolve(server, self.directory) if server.artifacts else ""
        classes = compile_sources(server, self.directory, self.jars) if server.sources else None
        self.class_path = ":".join(str(part) for part in (classes, self.jars) if part)


def resolve(server, directory):
    """The class path of a server's artifacts; Maven is asked once for each list."""
    pom = project(server)
    known = directory / f"{hashlib.sha256(pom.encode()).hexdigest()[:12]}.classpath"
    if not known.exists() or not all(Path(jar).exists() for jar in known.read_text().split(":")):
        if not shutil.which("mvn"):
            raise DemoError("needs mvn: apt-get install maven")
        (directory / "pom.xml").write_text(pom)
        written = directory / "classpath.new"
        run(["mvn", "-q", "-B", "-ntp", "-f", directory / "pom.xml", "dependency:build-classpath",
             f"-Dmdep.outputFile={written}"], f"resolving {server.name}", limit=600)
        written.rename(known)
    return known.read_text().strip()


def project(server):
    lines = ['<project xmlns="http://maven.apache.org/POM/4.0.0">', "  <modelVersion>4.0.0</modelVersion>",
             f"  <groupId>survey</groupId><artifactId>{server.name}</artifactId><version>1</version>", "  <dependencies>"]
    for coordinates in server.artifacts:
        group, artifact, version, *kind = coordinates.split(":")
        lines.append(f"    <dependency><groupId>{escape(group)}</groupId><artifactId>{escape(artifact)}</artifactId>"
                     f"<version>{escape(version)}</version>" + "".join(f"<type>{escape(one)}</type>" for one in kind)
                     + "</dependency>")
    return "\n".join([*lines, "  </dependencies>", "</project>", ""])


def compile_sources(server, directory, jars):
    classes = directory / "classes"
    shutil.rmtree(classes, ignore_errors=True)
    javac = Path(JAVA).with_name("javac") if "/" in JAVA else "javac"
    run([javac, "--release", "17", "-nowarn", "-d", classes, "-cp", jars or ".", "-sourcepath", JAVA_SOURCES,
         *(JAVA_SOURCES / "survey" / f"{name}.java" for name in server.sources)], f"compiling for {server.name}")
    return classes
