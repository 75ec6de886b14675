"""Packed files (gz, zst, bz2, xz) as streams of what is in them, within bounds of memory and growth."""

from __future__ import annotations

import bz2
import io
import lzma
import sys
import zlib
from typing import TYPE_CHECKING, Any, Protocol

from ujar.errors import InputError, missing_extra

if TYPE_CHECKING:
    from collections.abc import Callable

    from ujar.config import Config

# How a name ends, and how such a file is packed.
PACKINGS = {".gz": "gz", ".zst": "zst", ".zstd": "zst", ".bz2": "bz2", ".xz": "xz"}
# Packed text may grow this much before it counts as an attack and not as text.
_LARGEST_RATIO = 300
# What xz and zstd may keep in memory to unpack; both let the file say how much that is.
_LARGEST_WINDOW = 128 * 1024 * 1024
_CHUNK = 64 * 1024
# The package zstandard unpacks all it is given at once; a block of four bytes may stand for 128 KB.
_ZSTD_CHUNK = 256
_GZIP_START = b"\x1f\x8b\x08"


class DamageError(InputError):
    """A packed file is cut off or holds something else than was packed.

    Attributes:
        reason: what was found, without the name of the file.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            "damaged-archive", f"{name} is cut off or damaged ({reason})", "what stood before the damage was read"
        )
        self.reason = reason


class Bytes(Protocol):
    """What is read from: a file opened for bytes, here or elsewhere."""

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; none at the end."""
        ...


class _Decoder(Protocol):
    """What unpacks one member of a file, as the classes of bz2 and lzma do."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, limit: int = -1, /) -> bytes: ...


class _Gzip:
    """zlib behind the interface of bz2 and lzma."""

    def __init__(self) -> None:
        self._object = zlib.decompressobj(wbits=31)
        self.rest = b""
        self._full = False

    @property
    def eof(self) -> bool:
        return self._object.eof

    @property
    def unused_data(self) -> bytes:
        return self._object.unused_data

    @property
    def needs_input(self) -> bool:
        return not self.rest and not self._full

    def decompress(self, data: bytes, limit: int = -1, /) -> bytes:
        self.rest += data
        out = self._object.decompress(self.rest, max(limit, 0))
        self.rest = self._object.unconsumed_tail
        # zlib may hold back more than was asked for, with no input left.
        self._full = len(out) == limit
        return out


class _Zstandard:
    """The package zstandard behind the interface of bz2 and lzma."""

    needs_input = True

    def __init__(self) -> None:
        import zstandard

        self._object = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).decompressobj()

    @property
    def eof(self) -> bool:
        return bool(self._object.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._object.unused_data)

    def decompress(self, data: bytes, limit: int = -1, /) -> bytes:
        del limit
        return bytes(self._object.decompress(data))


def _decoders(packing: str) -> tuple[Callable[[], _Decoder], type[Exception], int]:
    """What makes an unpacker of a packing, the error of its damage, and how much it may be given at once."""
    if packing == "gz":
        return _Gzip, zlib.error, _CHUNK
    if packing == "bz2":
        return bz2.BZ2Decompressor, OSError, _CHUNK
    if packing == "xz":
        return (lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _LARGEST_WINDOW)), lzma.LZMAError, _CHUNK
    if sys.version_info >= (3, 14):
        from compression import zstd

        option = {zstd.DecompressionParameter.window_log_max: _LARGEST_WINDOW.bit_length() - 1}
        return (lambda: zstd.ZstdDecompressor(options=option)), zstd.ZstdError, _CHUNK
    try:
        import zstandard
    except ImportError as error:
        raise missing_extra("archives", "reading .zst files") from error
    return _Zstandard, zstandard.ZstdError, _ZSTD_CHUNK


class Unpacked(io.RawIOBase):
    """What is in a file, packed or not, as a stream.

    Reading raises DamageError where a packed file is cut off or damaged, and InputError when it unpacks to far more than
    text would.
    """

    def __init__(self, raw: Bytes, packing: str | None, name: str, config: Config) -> None:
        super().__init__()
        self._raw, self._name = raw, name
        self._allowed = config.max_bytes
        self._given = self._made = 0
        self._waiting = b""
        self._out, self._at = b"", 0
        self._ended = False
        self._broken: DamageError | None = None
        self._packing = packing
        self._decoder: _Decoder | None = None
        if packing:
            self._new, self._fault, self._chunk = _decoders(packing)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer as far as what comes next goes; 0 at the end."""
        while True:
            piece = self.piece(len(buffer))
            if piece is None:
                return 0
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)

    def piece(self, size: int = _CHUNK) -> bytes | None:
        """At most ``size`` bytes of what comes next, b"" where a member of a packed file ends, None at the end."""
        if not self._packing:
            return self._raw.read(size) or None
        while True:
            if self._at < len(self._out):
                self._at += size
                return self._out[self._at - size : self._at]
            if self._ended:
                self._ended = False
                return b""
            if self._broken is not None:
                raise self._broken
            if self._decoder is None and not self._begin():
                return None
            self._unpack(size)

    def _begin(self) -> bool:
        """Get ready for the next member; False when there is none."""
        while True:
            if not self._waiting and not self._feed():
                return False
            if self._packing != "gz" or not self._made:
                break
            # Tapes and some writers fill the end of a file with zeros.
            self._waiting = self._waiting.lstrip(b"\0")
            if self._waiting:
                break
        self._decoder = self._new()
        return True

    def _feed(self) -> bool:
        """More of the packed file; False at its end."""
        self._waiting = self._raw.read(self._chunk)
        self._given += len(self._waiting)
        return bool(self._waiting)

    def _unpack(self, size: int) -> None:
        """One step of unpacking, into ``_out``."""
        decoder = self._decoder
        assert decoder is not None  # noqa: S101 - for the type checker
        given = b""
        if decoder.needs_input:
            if not self._waiting and not self._feed():
                self._broken = self._damage("it ends in the middle")
                return
            given, self._waiting = self._waiting[: self._chunk], self._waiting[self._chunk :]
        try:
            out = decoder.decompress(given, size)
        except self._fault as error:
            # The next member may begin in what was given last.
            self._waiting = (decoder.rest if isinstance(decoder, _Gzip) else given) + self._waiting
            self._broken = self._damage(str(error))
            return
        self._out, self._at = out, 0
        self._made += len(out)
        if self._made > self._given * _LARGEST_RATIO + self._allowed:
            self._out = b""
            raise InputError(
                "too-large",
                f"{self._name} unpacks to more than {_LARGEST_RATIO} times its size",
                "unpack it yourself if it is meant",
            )
        if decoder.eof:
            self._waiting = decoder.unused_data + self._waiting
            self._decoder = None
            self._ended = True

    def _damage(self, reason: str) -> DamageError:
        return DamageError(self._name, reason)

    def next_member(self) -> bool:
        """Go on behind damage with the next member of a gzip file; False when there is none."""
        if self._packing != "gz" or self._broken is None:
            return False
        self._decoder, self._ended, self._out = None, False, b""
        rest = self._waiting[1:]
        while True:
            at = rest.find(_GZIP_START)
            if at >= 0:
                self._waiting = rest[at:]
                self._broken = None
                return True
            if not self._feed():
                return False
            rest = rest[-2:] + self._waiting


def unpack(data: bytes, packing: str, name: str, config: Config, longest: int) -> bytes:
    """What is in packed data of one piece, at most ``longest`` bytes; raises InputError when it is more or is damaged."""
    stream = Unpacked(io.BytesIO(data), packing, name, config)
    out = read_all(stream, longest)
    if out is None:
        raise InputError("too-large", f"{name} unpacks to more than {longest} bytes", "raise the setting that says so")
    return out


def read_all(stream: Unpacked, longest: int) -> bytes | None:
    """All that is in a stream, or None when it is more than ``longest`` bytes."""
    parts = []
    size = 0
    while (piece := stream.piece()) is not None:
        parts.append(piece)
        size += len(piece)
        if size > longest:
            return None
    return b"".join(parts)
