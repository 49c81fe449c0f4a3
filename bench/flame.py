"""`--flames FOLDER`: where Python's time of a measurement goes, as one picture (SVG) for each."""

import subprocess
import sysconfig
import tempfile
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RATE = 200  # samples a second
# the function under which the measured work is; what is above it, and all that is beside it, is the bench's own
WORK = {
    "life": "BaseHandler._get_response",
    "list": "BaseHandler._get_response",
    "search": "BaseHandler._get_response",
    "page": "BaseHandler._get_response",
    "figures": "BaseHandler._get_response",
    "sync": "take_in",
    "import": "imports",
    "sweep": "sweep",
    "recompute": "look",
}
# one after the other in each request, and nothing is spent in them
PASSING = ("exception_to_response", "MiddlewareMixin", "sync_middleware", "frozen ")
# the first request of a process reads all addresses
ONCE = ("import_module ",)
WIDTH, ROW, LEAST = 1200.0, 17, 0.004
COLOURS = {"onedoor": "#f2b46d", "bench": "#d9d9d9", "django": "#a9c4e6", "ninja": "#a9c4e6", "psycopg": "#b5d8a8"}


def record(name: str, inner: Sequence[str], environment: dict[str, str], picture: Path) -> None:
    """Runs the measurement and samples it with all processes it starts: what they reckon, not what PostgreSQL does for
    them. Needs the right to look into processes (root, or ptrace_scope 0)."""
    spy = Path(sysconfig.get_path("scripts")) / "py-spy"
    with tempfile.NamedTemporaryFile() as raw:
        # `--gil`: a thread that waits, for PostgreSQL or for work, costs Python nothing
        options = ["--subprocesses", "--gil", "--function", f"--rate={RATE}", "--format=raw", f"--output={raw.name}"]
        command = [str(spy), "record", *options, "--", *inner]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            raise SystemExit(done.returncode)
        lines = Path(raw.name).read_text().splitlines()
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(drawn(lines, WORK[name]))


class Frame:
    """A function with the samples in which it was being called from the ones above it."""

    def __init__(self, name: str) -> None:
        self.name, self.samples, self.calls = name, 0, dict[str, Frame]()


def drawn(lines: Iterable[str], work: str) -> str:
    """An SVG of `frame;frame;… samples` lines, the caller above what it calls, each as wide as its share."""
    top = Frame(work)
    for line in lines:
        stack, _, samples = line.rpartition(" ")
        names = [name.strip() for name in stack.split(";")]
        # the last of its name: a measurement may be called by one that is called the same
        start = max((place for place, name in enumerate(names) if name.startswith(f"{work} (")), default=None)
        if start is None or any(name.startswith(ONCE) for name in names[start:]):
            continue
        frame = top
        frame.samples += int(samples)
        for name in names[start + 1 :]:
            if not any(word in name for word in PASSING):
                frame = frame.calls.setdefault(name, Frame(name))
                frame.samples += int(samples)
    boxes = list(_boxes(top, 0.0, 0, top.samples or 1))
    height = (max(row for _, _, row, _ in boxes) + 1) * ROW + 6
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:.0f}" height="{height}" font-family="monospace" '
        'font-size="11"><rect width="100%" height="100%" fill="#fff"/>'
    ]
    parts += [_box(name, left, row, share) for name, left, row, share in boxes]
    return "\n".join([*parts, "</svg>\n"])


def _boxes(frame: Frame, left: float, row: int, whole: int) -> Iterable[tuple[str, float, int, float]]:
    yield frame.name, left, row, frame.samples / whole
    for one in sorted(frame.calls.values(), key=lambda one: -one.samples):
        if one.samples / whole >= LEAST:
            yield from _boxes(one, left, row + 1, whole)
        left += one.samples / whole


def _box(name: str, left: float, row: int, share: float) -> str:
    width = share * WIDTH
    function, _, place = name.partition(" (")
    shown = f"{function} {share:.1%}" if len(function) * 6.7 + 40 < width else function
    text = escape(shown[: max(0, int((width - 4) / 6.7))])
    colour = next((colour for package, colour in COLOURS.items() if place.startswith(package)), "#e4d3e8")
    return (
        f'<g><title>{escape(name)} {share:.1%}</title><rect x="{left * WIDTH:.1f}" y="{row * ROW + 3}" '
        f'width="{max(0.0, width - 0.6):.1f}" height="{ROW - 1}" fill="{colour}"/>'
        + (f'<text x="{left * WIDTH + 2:.1f}" y="{row * ROW + 15}">{text}</text>' if len(text) > 2 else "")
        + "</g>"
    )
