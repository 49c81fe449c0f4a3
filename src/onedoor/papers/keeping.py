"""How a paper is kept: its document in the record, its two renderings in the store of files.

The bytes are kept because no program gives the same for ever: another release of the compiler, of a font or of our own
template would make another PDF of the same document.
"""

from collections.abc import Mapping
from typing import Any

from onedoor.cases import files
from onedoor.cases.secrets import decrypt, encrypt
from onedoor.config.suites import of_digest
from onedoor.papers.docx import to_docx
from onedoor.papers.model import Document, from_json
from onedoor.papers.pdf import to_pdf

KINDS = {"pdf": "sha256", "docx": "docx_sha256"}  # column of the digest
PICTURE = "paper.picture"


def to_content(document: Document) -> dict[str, Any]:
    """For the column `content`. A drawn signature is as secret here as it is in the record of signatures."""
    content = document.to_json()
    for block in content["blocks"]:
        if block["block"] == "picture":
            block["data"] = (encrypt(block["data"], about=PICTURE) or b"").hex()
    return content


def from_content(content: Mapping[str, Any]) -> Document:
    blocks = [
        {**block, "data": decrypt(bytes.fromhex(block["data"]), about=PICTURE)}
        if block["block"] == "picture"
        else block
        for block in content["blocks"]
    ]
    return from_json({**content, "blocks": blocks})


def store(document: Document) -> dict[str, str]:
    """Renders both, puts them into the store; their digests by column, in hex."""
    return {
        "sha256": files.store([to_pdf(document)])[0].hex(),
        "docx_sha256": files.store([to_docx(document)])[0].hex(),
    }


def kept_bytes(row: Mapping[str, Any], document: Document, kind: str) -> bytes | None:
    """The "pdf" or "docx" as it was issued, or None if that cannot be had any more. A paper from before bytes were
    kept is rendered again."""
    digest = bytes.fromhex(str(row[KINDS[kind]]))
    path = files.path_of(digest) if digest else None
    if path is not None and path.exists():
        content = path.read_bytes()
    else:
        content = to_pdf(document) if kind == "pdf" else to_docx(document)
    suite = of_digest(digest)
    return content if not digest or suite.marked(suite.digest(content)) == digest else None
