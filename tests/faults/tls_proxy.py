"""A proxy as operators put before the portal: ends TLS, turns about between nodes, and adds whom it heard to X-Forwarded-For."""

import asyncio
import contextlib
import datetime as dt
import itertools
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NAME = "portal.example"


@dataclass(frozen=True, slots=True)
class Proxy:
    """``trusts`` is how a browser asks it; ``turns`` are the nodes' ports in the order in which connections went to them."""

    port: int
    trusts: ssl.SSLContext
    turns: list[int]


@asynccontextmanager
async def tls_proxy(folder: Path, ports: Sequence[int]) -> AsyncIterator[Proxy]:
    """On loopback; each connection carries one request, to the next of the nodes on ``ports``."""
    certificate = _certificate(folder)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    trusts = ssl.create_default_context(cafile=str(certificate))
    trusts.check_hostname = False  # asked by its address, as no name leads to it
    following, turns = itertools.cycle(ports), list[int]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            turns.append(next(following))
            node_reader, node_writer = await asyncio.open_connection("127.0.0.1", turns[-1])
            node_writer.write(_forwarded(head, writer.get_extra_info("peername")[0]))
            sending = asyncio.create_task(_carry(reader, node_writer))
            await _carry(node_reader, writer)
            sending.cancel()
            node_writer.close()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=serving)
    async with server:
        yield Proxy(server.sockets[0].getsockname()[1], trusts, turns)


def _forwarded(head: bytes, peer: str) -> bytes:
    request, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    said = [line.partition(b":")[2].strip() for line in lines if line.lower().startswith(b"x-forwarded-for:")]
    kept = [line for line in lines if not line.lower().startswith((b"x-forwarded-", b"connection:"))]
    added = [
        b"x-forwarded-for: " + b", ".join([*said, peer.encode()]),
        b"x-forwarded-proto: https",
        b"connection: close",
    ]
    return b"\r\n".join([request, *kept, *added]) + b"\r\n\r\n"


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()


def _certificate(folder: Path) -> Path:
    """Key and certificate of NAME in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    written = folder / "proxy.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    written.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return written
