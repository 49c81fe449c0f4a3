"""What a backup consists of: `manifest.json`, `database/` (pg_dump's directory format), `state/`
(attachments, checkpoints, the directory's mode); and beside it, never inside, the file with the keys."""

import hashlib
import hmac
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from onedoor.config.keys import KEY_NAMES, key_path
from onedoor.ops.initdb import binaries, clean_environment

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
STATE = "state"
STATE_PARTS = ("files", "checkpoints", "mode")
_BLOCK = 1024 * 1024


class BadBackup(RuntimeError):
    """The backup cannot be used as it is; the sentence says why."""


def keys_file(backup: Path) -> Path:
    return backup.with_name(backup.name + ".keys")


def read_keys(data: Path) -> dict[str, str]:
    """The data directory's keys in hex."""
    return {name: key_path(data, name).read_text().strip() for name in KEY_NAMES}


def fingerprints(keys: Mapping[str, str]) -> dict[str, str]:
    """Tells keys apart without telling anything about them."""
    return {
        name: hmac.digest(bytes.fromhex(key), b"onedoor key fingerprint", "sha256").hex()[:32]
        for name, key in keys.items()
    }


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield Path(place, name)


def write_manifest(folder: Path, about: Mapping[str, object], keys: Mapping[str, str]) -> None:
    """Name every file with size and digest, and seal the whole with the ledger key."""
    listed = {
        str(path.relative_to(folder)): {"size": path.stat().st_size, "sha256": digest_of(path)}
        for path in files_below(folder)
    }
    body = {"format": FORMAT, **about, "keys": fingerprints(keys), "files": listed}
    sealed = {**body, "seal": _seal(body, keys)}
    (folder / MANIFEST).write_text(json.dumps(sealed, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def check(folder: Path, keys: Mapping[str, str], beat: Callable[[str], None]) -> None:
    """Raise BadBackup unless the backup is whole, unchanged, and made with these keys."""
    manifest = read_manifest(folder)
    wrong = [name for name, print_ in fingerprints(keys).items() if manifest["keys"].get(name) != print_]
    if wrong or set(keys) != set(manifest["keys"]):
        raise BadBackup(f"密钥文件不是这份备份的（不符：{'、'.join(wrong) or '数量'}），不能恢复")
    seal = manifest.pop("seal", "")
    if not hmac.compare_digest(str(seal), _seal(manifest, keys)):
        raise BadBackup(f"{folder / MANIFEST} 被改动过，不能恢复")
    listed = manifest["files"]
    found = {str(path.relative_to(folder)) for path in files_below(folder)} - {MANIFEST}
    for number, (name, entry) in enumerate(sorted(listed.items())):
        beat(f"正在核对备份……{number}/{len(listed)}")
        path = folder / name
        if name not in found:
            raise BadBackup(f"备份中缺少文件 {name}，不能恢复")
        if path.stat().st_size != entry["size"] or digest_of(path) != entry["sha256"]:
            raise BadBackup(f"备份中的文件 {name} 已损坏或被改动，不能恢复")
    if extra := sorted(found - set(listed)):
        raise BadBackup(f"备份中多出文件 {extra[0]}，不能恢复")


def read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        raise BadBackup(f"{folder} 不是一份完整的备份（没有 {MANIFEST}）") from None
    except ValueError:
        raise BadBackup(f"{folder / MANIFEST} 已损坏，不能恢复") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BadBackup(f"{folder} 的备份格式不认识，请用制作它的版本恢复")
    return manifest


def copy_new(source: Path, target: Path, beat: Callable[[str], None]) -> None:
    """Copy what is below `source` and not yet below `target`; flushed to disk. No `source`: nothing."""
    if source.is_file():
        _copy(source, target)
    for number, path in enumerate(files_below(source)):
        copy = target / path.relative_to(source)
        if not copy.exists():
            _copy(path, copy)
            beat(f"正在复制 {source.name}……{number + 1}")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        reader = source.open("rb")
    except FileNotFoundError:  # erased in this moment
        return
    with reader, target.open("xb") as writer:
        while block := reader.read(_BLOCK):
            writer.write(block)
        writer.flush()
        os.fsync(writer.fileno())


def postgres_program(name: str, arguments: list[str], url: str) -> None:
    """Run one of PostgreSQL's programs against `url`; its password stays off the process list."""
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    environment = clean_environment()
    if "password" in parts:
        environment["PGPASSWORD"] = parts.pop("password")
    command = [str(binaries() / name), "--dbname", make_conninfo("", **parts), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BadBackup(f"{name} 失败：{done.stderr.strip()[-1500:]}")


def _seal(body: Mapping[str, object], keys: Mapping[str, str]) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.digest(bytes.fromhex(keys["ledger"]), text.encode(), "sha256").hex()
