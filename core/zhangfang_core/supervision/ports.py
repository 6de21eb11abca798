"""Whether an address is free to listen on, and who has it if not. Nobody's process is ended for it."""

import socket

import psutil

from .errors import SupervisionError


def is_free(host: str, port: int) -> bool:
    """Whether one can listen there. Asked without SO_REUSEPORT, with which granian binds beside another."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def require_free(host: str, port: int) -> None:
    """Raises:
    SupervisionError: `supervision.port_taken`, with the process that has it and a port that is free.
    """
    if is_free(host, port):
        return
    free = next((other for other in range(port + 1, min(port + 100, 65536)) if is_free(host, other)), None)
    other = f": ZHANGFANG_PORT={free} make run" if free else "。"
    raise SupervisionError(
        "supervision.port_taken", f"端口 {port} 已被{_holder(port)}占用。请先停止它, 或换一个端口{other}"
    )


def _holder(port: int) -> str:
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:  # macOS shows them to root only
        return "另一个程序"
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
            if connection.pid is None:
                return "另一个账户的程序"
            try:
                return f"程序 {psutil.Process(connection.pid).name()} (进程号 {connection.pid}) "
            except psutil.Error:
                continue
    return "另一个程序"
