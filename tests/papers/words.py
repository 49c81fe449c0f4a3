"""The words of a rendered paper, without blanks and page numbers."""

import io
import re
import unicodedata

import docx
from pypdf import PdfReader


def pdf_words(content: bytes) -> str:
    """All of it but the page numbers, without blanks."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    return squeezed(re.sub(r"—\s*\d+\s*—", "", "".join(pages)))


def docx_words(content: bytes) -> str:
    found = docx.Document(io.BytesIO(content))
    words = []
    for element in found.element.body.iterchildren():
        words += ["".join(node.text or "" for node in element.iter() if node.tag.endswith("}t"))]
    return squeezed("".join(words))


def squeezed(text: str) -> str:
    # a PDF may hold a character by its compatible form
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
