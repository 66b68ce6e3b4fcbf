"""Content of the transfers: files from a seed, so that every byte has its place, and media with a clock in the picture."""

import hashlib
import random

from common import run

BLOCK = 1 << 20


class Content:
    def __init__(self, path, digest, size):
        self.path = path
        self.sha256 = digest
        self.size = size


def file(path, size, seed):
    generator = random.Random(seed)
    digest = hashlib.sha256()
    with open(path, "wb") as out:
        left = size
        while left > 0:
            block = generator.randbytes(min(BLOCK, left))
            digest.update(block)
            out.write(block)
            left -= len(block)
    return Content(path, digest.hexdigest(), size)


def media(path, seconds, bitrate):
    """An MPEG transport stream of constant bit rate: a test picture that counts, and a tone."""
    video = bitrate * 7 // 10
    run(["ffmpeg", "-nostdin", "-v", "error", "-y",
         "-f", "lavfi", "-i", f"testsrc2=size=640x360:rate=25:duration={seconds}",
         "-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}",
         "-c:v", "mpeg2video", "-g", "25", "-b:v", video, "-maxrate", video, "-bufsize", bitrate // 4,
         "-c:a", "mp2", "-b:a", "128k", "-threads", "1", "-muxrate", bitrate, "-f", "mpegts", path], "making the media")
    data = path.read_bytes()
    return Content(path, hashlib.sha256(data).hexdigest(), len(data))


def frame_hashes(text):
    """The lines of ffmpeg's framemd5: stream, times, size and hash of every decoded frame."""
    return [line.replace(" ", "") for line in text.splitlines() if line and not line.startswith("#")]
