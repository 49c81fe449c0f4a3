"""What a backup consists of: `manifest.json`, `database/` (pg_dump's directory format), `state/`
(attachments, checkpoints, the directory's mode); and beside it, never inside, the file with the keys."""

import hmac
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from onedoor.config.env import env_str
from onedoor.config.keys import KEY_NAMES, key_path
from onedoor.config.suites import STANDARD, Suite, chosen, named
from onedoor.ops.initdb import binaries, clean_environment

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
STATE = "state"
STATE_PARTS = ("files", "checkpoints", "mode")
SYSTEM_PROGRAMS = Path("/usr/lib/postgresql")  # one folder for each version, as Debian has them
TLS = ("require", "verify-ca", "verify-full")
ARRIVING = ".upload-"  # of a file that is not whole yet
_BLOCK = 1024 * 1024


class BadBackup(RuntimeError):
    """The backup cannot be used as it is; the sentence says why."""


def keys_file(backup: Path) -> Path:
    return backup.with_name(backup.name + ".keys")


def read_keys(data: Path) -> dict[str, str]:
    """The data directory's keys in hex."""
    return {name: key_path(data, name).read_text().strip() for name in KEY_NAMES}


def fingerprints(keys: Mapping[str, str], suite: Suite = STANDARD) -> dict[str, str]:
    """Tells keys apart without telling anything about them."""
    return {name: suite.mac(bytes.fromhex(key), b"onedoor key fingerprint").hex()[:32] for name, key in keys.items()}


def files_below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield Path(place, name)


def write_manifest(folder: Path, about: Mapping[str, object], keys: Mapping[str, str]) -> None:
    """Name every file with size and digest, and seal the whole with the ledger key; by the suite of the settings,
    which the manifest names."""
    suite = chosen(env_str("ONEDOOR_SUITE", "standard"))
    digest = suite.word or "sha256"
    listed = {
        str(path.relative_to(folder)): {"size": path.stat().st_size, digest: suite.digest_of_file(path).hex()}
        for path in files_below(folder)
    }
    body = {"format": FORMAT, **about, "keys": fingerprints(keys, suite), "files": listed}
    if suite.word:
        body["suite"] = suite.word
    sealed = {**body, "seal": _seal(body, keys, suite)}
    (folder / MANIFEST).write_text(json.dumps(sealed, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def check(folder: Path, keys: Mapping[str, str], beat: Callable[[str], None]) -> dict[str, Any]:
    """The manifest. Raises BadBackup unless the backup is whole, unchanged, and made with these keys."""
    manifest = read_manifest(folder)
    suite = named(manifest.get("suite", ""))
    if suite is None:
        raise BadBackup(f"{folder} 的备份格式不认识，请用制作它的版本恢复")
    wrong = [name for name, print_ in fingerprints(keys, suite).items() if manifest["keys"].get(name) != print_]
    if wrong or set(keys) != set(manifest["keys"]):
        raise BadBackup(f"密钥文件不是这份备份的（不符：{'、'.join(wrong) or '数量'}），不能恢复")
    seal = manifest.pop("seal", "")
    if not hmac.compare_digest(str(seal), _seal(manifest, keys, suite)):
        raise BadBackup(f"{folder / MANIFEST} 被改动过，不能恢复")
    listed, digest = manifest["files"], suite.word or "sha256"
    found = {str(path.relative_to(folder)) for path in files_below(folder)} - {MANIFEST}
    for number, (name, entry) in enumerate(sorted(listed.items())):
        beat(f"正在核对备份……{number}/{len(listed)}")
        path = folder / name
        if name not in found:
            raise BadBackup(f"备份中缺少文件 {name}，不能恢复")
        if path.stat().st_size != entry["size"] or suite.digest_of_file(path).hex() != entry.get(digest):
            raise BadBackup(f"备份中的文件 {name} 已损坏或被改动，不能恢复")
    if extra := sorted(found - set(listed)):
        raise BadBackup(f"备份中多出文件 {extra[0]}，不能恢复")
    return manifest


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
        copy_file(source, target)
    for number, path in enumerate(files_below(source)):
        copy = target / path.relative_to(source)
        if not copy.exists() and not path.name.startswith(ARRIVING):
            copy_file(path, copy)
            beat(f"正在复制 {source.name}……{number + 1}")


def copy_file(source: Path, target: Path) -> None:
    """`target` is there whole and on disk, or not at all; nothing when `source` was erased in this moment."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = target.with_name(f"{ARRIVING}{os.getpid()}-{target.name}")
    try:
        reader = source.open("rb")
    except FileNotFoundError:
        return
    with reader, aside.open("wb") as writer:
        shutil.copyfileobj(reader, writer, _BLOCK)
        writer.flush()
        os.fsync(writer.fileno())
    aside.rename(target)


def postgres_program(name: str, arguments: list[str], url: str) -> None:
    """Run one of PostgreSQL's programs against `url`; its password stays off the process list."""
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    environment = clean_environment()
    if "password" in parts:
        environment["PGPASSWORD"] = parts.pop("password")
    command = [str(program_for(name, parts)), "--dbname", make_conninfo("", **parts), *arguments]
    done = subprocess.run(ends_with_us(command), env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BadBackup(f"{name} 失败：{done.stderr.strip()[-1500:]}")


def program_for(name: str, parts: Mapping[str, str]) -> Path:
    """The project's own, which know no TLS; where the connection asks for it, the newest of the system's."""
    if parts.get("sslmode") not in TLS:
        return binaries() / name
    found = sorted(SYSTEM_PROGRAMS.glob(f"[0-9][0-9]/bin/{name}"), key=lambda path: int(path.parts[-3]), reverse=True)
    if found:
        return found[0]
    if elsewhere := shutil.which(name):
        return Path(elsewhere)
    raise BadBackup(f"数据库要加密连接，自带的 {name} 不会加密：请安装不低于数据库版本的 postgresql-client")


def ends_with_us(command: list[str]) -> list[str]:
    """So that it does not go on writing into a place of ours when this process is killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", *command] if setpriv else command


def _seal(body: Mapping[str, object], keys: Mapping[str, str], suite: Suite) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return suite.mac(bytes.fromhex(keys["ledger"]), text.encode()).hex()
