"""PostgreSQL's settings for the machine at hand."""

import os
from pathlib import Path

MB = 1024 * 1024
GB = 1024 * MB
SMALL_MACHINE = 4 * GB


def memory() -> int:
    """Bytes this process may use: the machine's memory or the container's limit, whichever is less."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(path).read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            total = min(total, int(text))
    return total


def settings(*, durable: bool, total: int | None = None) -> dict[str, str]:
    """Name and value of each setting given on the server's command line."""
    total = memory() if total is None else total
    # A twelfth is 2 GB of 24: pages are only held once they are used, so an idle small county stays small.
    shared = 128 if total < SMALL_MACHINE else min(2048, total // 12 // MB)
    chosen = {
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(256, total // 2 // MB)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "256MB" if total >= SMALL_MACHINE else "64MB",
        "max_connections": "100",
        "random_page_cost": "1.1",
        "wal_compression": "off",
        "checkpoint_timeout": "15min",
        "max_wal_size": "4GB",
        # A replica that stays away must not fill the disk: beyond this it has to be made anew.
        "max_slot_wal_keep_size": "16GB",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %u@%d ",
        # Statements carry their values in them, and values may be personal data: neither the statement nor
        # the DETAIL line ("Key (phone)=(…)") goes into a log.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "dynamic_shared_memory_type": _dynamic_memory(),
    }
    if not durable:
        chosen |= {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "128MB",
            "max_wal_size": "1GB",
            "autovacuum_naptime": "5min",
        }
    return chosen


def _dynamic_memory() -> str:
    """A container's /dev/shm may be too small for a parallel query; files do it then."""
    try:
        shm = os.statvfs("/dev/shm")  # noqa: S108
    except OSError:
        return "mmap"
    return "posix" if shm.f_bavail * shm.f_frsize >= 256 * MB else "mmap"
