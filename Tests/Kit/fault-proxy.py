#!/usr/bin/python3
"""A TCP proxy on loopback that breaks what goes through it.

fault-proxy.py UPSTREAM-PORT MODE-FILE [--host 127.0.0.1] [--port 0]

MODE-FILE holds one of these words; it is read again for every connection and every chunk:
  ok            passes everything on          delay MS    waits before each chunk
  refuse        resets new connections        cut BYTES   resets once that much has gone one way
  reset         resets at the next chunk      rate BPS    passes on so many bytes a second
  stall         passes nothing on           answers N   resets in place of the N-th answer and of all after it
A mode that cannot be read is ok. Answers are counted over all connections since the file was written.
"""
import argparse
import asyncio
import os
import socket
import struct

import lifeline


def mode(path):
    try:
        with open(path) as file:
            words = file.read().split()
    except OSError:
        words = []
    return (words + ["ok"])[0], int(words[1]) if len(words) > 1 else 0


def reset(writer):
    """Closes with RST: nothing that is still on its way arrives."""
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Answers:
    """The chunks that came back from upstream since the mode was written."""

    def __init__(self, path):
        self.path, self.since, self.count = path, 0, 0

    def next(self):
        try:
            written = os.stat(self.path).st_mtime_ns
        except OSError:
            written = 0
        self.count = self.count + 1 if written == self.since else 1
        self.since = written
        return self.count


async def pass_on(reader, writer, opposite, path, answers=None):
    passed = 0
    try:
        while chunk := await reader.read(16_384):
            word, number = mode(path)
            while word == "stall":
                await asyncio.sleep(0.02)
                word, number = mode(path)
            if word == "reset" or (word == "answers" and answers and answers.next() >= number):
                break
            if word == "delay":
                await asyncio.sleep(number / 1_000)
            if word == "rate":
                await asyncio.sleep(len(chunk) / number)
            if word == "cut" and passed + len(chunk) >= number:
                writer.write(chunk[: number - passed])
                await writer.drain()
                break
            passed += len(chunk)
            writer.write(chunk)
            await writer.drain()
        else:
            writer.write_eof()
            return
    except (OSError, RuntimeError):
        pass
    reset(writer)
    reset(opposite)


async def accept(reader, writer, options, answers):
    if mode(options.mode)[0] in ("refuse", "reset"):
        return reset(writer)
    try:
        far_reader, far_writer = await asyncio.open_connection(options.host, options.upstream)
    except OSError:
        return reset(writer)
    await asyncio.gather(
        pass_on(reader, far_writer, writer, options.mode),
        pass_on(far_reader, writer, far_writer, options.mode, answers))
    writer.close()
    far_writer.close()


async def serve(options):
    answers = Answers(options.mode)
    server = await asyncio.start_server(
        lambda reader, writer: accept(reader, writer, options, answers), "127.0.0.1", options.port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


parser = argparse.ArgumentParser()
parser.add_argument("upstream", type=int)
parser.add_argument("mode")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=0)
lifeline.hold()
asyncio.run(serve(parser.parse_args()))
