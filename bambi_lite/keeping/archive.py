"""The file itself: a zip of members with their hashes, written at once and read with suspicion.

Nothing in it is compressed, so that no member can be larger than the file, and nothing is ever
unpacked to a folder: names of members are keys of a mapping and never paths.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ..errors import KeepingError, listing, suggest

#: The format that this version writes and reads. A later one raises it only for what an earlier
#: version would read wrongly; members that it does not know an earlier version passes over.
FORMAT = 1
SUFFIX = ".bl"
_KIND = "bambi_lite fit"
_MANIFEST = "manifest.json"
#: The same fit gives the same bytes, whenever it is written: the first day that a zip can name.
_DATE = (1980, 1, 1, 0, 0, 0)
_CHUNK = 2**20
#: What zipfile raises for bytes that are no zip, or one that was damaged or made with malice.
_DAMAGE = (
    zipfile.BadZipFile,
    struct.error,
    EOFError,
    ValueError,  # text that is no UTF-8, negative seeks
    RuntimeError,  # "encrypted"
    NotImplementedError,  # compressed in an unknown way
    OverflowError,
    KeyError,
)
#: How other files begin that may be given instead.
_FOREIGN = {
    b"\x89HDF": "a NetCDF or HDF5 file",
    b"CDF": "a NetCDF file",
    b"\x1f\x8b": "a gzip file, as R's .rds files are",
    b"\x80\x04": "a pickle, which could run anything",
    b"\x80\x05": "a pickle, which could run anything",
}
_ELSEWHERE = "Draws made elsewhere become a fit by Model(...).from_draws(table)."
#: A member: its name and what it holds.
type Member = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Archive:
    """What a file held: its members by name, hashes checked, and who wrote it."""

    label: str
    members: Mapping[str, bytearray]
    versions: Mapping[str, str]

    def __getitem__(self, name: str) -> bytearray:
        """A member; KeepingError where there is none of that name."""
        if name not in self.members:
            raise damaged(self.label, f"it has no '{name}'")
        return self.members[name]

    def json(self, name: str) -> Any:
        """A member that is JSON."""
        try:
            return json.loads(self[name])
        except (ValueError, RecursionError) as error:
            raise damaged(self.label, f"{name} is no JSON") from error


def damaged(label: str, what: str) -> KeepingError:
    """The error for a file that is not as it was written."""
    return KeepingError(
        f"'{label}' is damaged: {what}. Nothing of it is used; take another copy of the file, or "
        f"fit the model again."
    )


def place_of(path: str | Path) -> Path:
    """Where a fit is written: the path with our suffix, unless it has it."""
    if not isinstance(path, str | Path) or not str(path):
        raise KeepingError(f"The path of a fit is text, such as 'sleepstudy.bl', not {path!r}.")
    given = Path(path).expanduser()
    named = given.name and not str(path).endswith(("/", os.sep))
    if not named or os.path.isdir(given):
        raise KeepingError(
            f"'{path}' is a directory; a fit is one file, such as '{given / 'fit.bl'}'."
        )
    return given if given.suffix == SUFFIX else given.with_name(given.name + SUFFIX)


# -- writing ---------------------------------------------------------------------------------


def write(path: Path, members: Iterable[Member], versions: Mapping[str, str]) -> None:
    """Write a file so that at every moment either the old or the new one is there, whole.

    Members are taken one after the other, so that they need not be in memory together.

    Raises
    ------
    KeepingError
        When that cannot be done; what was there before is untouched.
    """
    with replacing(path, "fit") as file, zipfile.ZipFile(file, "w") as archive:
        known = {}
        for name, data in members:
            _add(archive, name, data)
            known[name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        head = {"kind": _KIND, "format": FORMAT, "versions": dict(versions), "members": known}
        _add(archive, _MANIFEST, json.dumps(head, indent=1).encode())


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _DATE), data)


@contextmanager
def replacing(path: Path, what: str) -> Iterator[IO[bytes]]:
    """A new file that takes the place of `path` when it is complete and on the disk.

    Raises
    ------
    KeepingError
        When it cannot be written; nothing is left behind, and nothing was replaced.
    """
    # A link stays one: the file that it names is replaced.
    target = Path(os.path.realpath(path))
    # In the same folder, so that it can be renamed; its name tells whose it is should the machine
    # stop here.
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            with part.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, target)
            _sync_folder(target.parent)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise KeepingError(
            f"The {what} cannot be written to '{path}': {_why(error, target)}. What was there "
            f"before is unchanged."
        ) from error


def check_writable(path: Path) -> None:
    """KeepingError unless a file can be made beside `path`."""
    target = Path(os.path.realpath(path))
    probe = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        probe.open("xb").close()
        probe.unlink()
    except OSError as error:
        raise KeepingError(
            f"The fit could not be written to '{path}': {_why(error, target)}. Nothing was sampled."
        ) from error


def _why(error: OSError, target: Path) -> str:
    if not os.path.isdir(target.parent):
        return f"there is no folder '{target.parent}'"
    return error.strerror or str(error)


def _sync_folder(folder: Path) -> None:
    """Make the new name last; on systems where a folder can be opened."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# -- reading ---------------------------------------------------------------------------------


def read(path: str | Path) -> Archive:
    """Read a file and check every byte of it.

    Raises
    ------
    KeepingError
        For a file that is not there, no saved fit, damaged, or of a newer format.
    """
    found = _find(path)
    label = str(path)
    try:
        with found.open("rb") as file:
            start = file.read(4)
            if not zipfile.is_zipfile(file):
                raise _no_fit(label, start)
            with zipfile.ZipFile(file) as archive:
                return _read(archive, label, found.stat().st_size, start)
    except _DAMAGE as error:
        if isinstance(error, KeepingError):
            raise
        raise damaged(label, "it is no whole zip file") from error
    except OSError as error:
        raise KeepingError(f"'{label}' cannot be read: {error.strerror or error}.") from error


def _find(path: str | Path) -> Path:
    given = Path(path).expanduser() if isinstance(path, str | Path) else None
    if given is not None and os.path.isfile(given):
        return given
    place = place_of(path)
    if os.path.isfile(place):
        return place
    if os.path.exists(place) or (given is not None and os.path.exists(given)):
        raise KeepingError(f"'{path}' is not a regular file.")
    folder = place.parent
    if not os.path.isdir(folder):
        raise KeepingError(f"There is no file '{path}': there is no folder '{folder}'.")
    near = sorted(p.name for p in folder.glob(f"*{SUFFIX}"))
    there = f"Fits in '{folder}': {listing(near)}." if near else f"No fit is kept in '{folder}'."
    raise KeepingError(f"There is no file '{path}'. {there}{suggest(place.name, near)}")


def _no_fit(label: str, start: bytes) -> KeepingError:
    if start[:2] == b"PK":
        return damaged(label, "it ends too early, or is no whole zip file")
    what = next((word for mark, word in _FOREIGN.items() if start.startswith(mark)), None)
    is_it = f"is {what}" if what else "was not written by fit.save()"
    return KeepingError(f"'{label}' {is_it}: it is no saved fit. {_ELSEWHERE}")


def _read(archive: zipfile.ZipFile, label: str, size: int, start: bytes) -> Archive:
    infos = {info.filename: info for info in archive.infolist()}
    if _MANIFEST not in infos:
        raise KeepingError(
            f"'{label}' is a zip file, and was not written by fit.save(): it is no saved fit. "
            f"{_ELSEWHERE}"
        )
    # Checked before anything is read: a member cannot be larger than the file that it is in.
    packed = [i.filename for i in infos.values() if i.compress_type != zipfile.ZIP_STORED]
    claimed = sum(info.file_size for info in archive.infolist())
    if packed or claimed > size or len(infos) < len(archive.infolist()) or start != b"PK\3\4":
        raise damaged(label, "its table of contents is not one that fit.save() writes")
    head = _manifest(archive.read(_MANIFEST), label)
    stated = head["members"]
    if set(stated) | {_MANIFEST} != set(infos):
        raise damaged(label, "it has other members than its manifest names")
    members = {}
    for name, fact in stated.items():
        # Bytes that can be changed become arrays that can be changed, without a copy.
        members[name] = bytearray()
        with archive.open(name) as file:
            while chunk := file.read(_CHUNK):
                members[name] += chunk
        if hashlib.sha256(members[name]).hexdigest() != fact.get("sha256"):
            raise damaged(label, f"'{name}' is not what was written (its SHA-256 differs)")
    return Archive(label, members, head["versions"])


def _manifest(text: bytes, label: str) -> dict[str, Any]:
    try:
        head = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise damaged(label, "its manifest is no JSON") from error
    if not isinstance(head, dict) or head.get("kind") != _KIND:
        raise KeepingError(f"'{label}' is no saved fit: its manifest is not ours. {_ELSEWHERE}")
    number, versions, members = (head.get(k) for k in ("format", "versions", "members"))
    versions = versions if isinstance(versions, dict) else {}
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise damaged(label, "its manifest has no format number")
    if number > FORMAT:
        raise KeepingError(
            f"'{label}' has format {number}, written by bambi_lite "
            f"{versions.get('bambi_lite', '(unknown)')}; this version reads up to format {FORMAT}. "
            f"Install a newer bambi_lite to read it."
        )
    if not isinstance(members, dict) or not all(isinstance(f, dict) for f in members.values()):
        raise damaged(label, "its manifest names no members")
    return head | {"versions": {str(k): str(v) for k, v in versions.items()}}
