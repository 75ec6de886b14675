"""Object stores and file systems elsewhere, by their address (s3://bucket/path), through fsspec."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from ujar.errors import InputError, UjarError, missing_extra

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ujar.config import Config

# fsspec knows more kinds: some lead to other addresses (a zip file behind an http address), others run a program. These are files.
_SCHEMES = frozenset("s3 s3a gs gcs az abfs abfss adl oci hdfs webhdfs sftp ssh smb memory file local".split())
_HERE = frozenset({"file", "local"})
_PATTERN = re.compile(r"[*?\[]")


class Found(NamedTuple):
    """A file that an address leads to: its own address, and what opens it for bytes."""

    name: str
    open: Callable[[], IO[bytes]]


def is_remote(address: str) -> bool:
    """Whether an address is one of a store or file system that can be read."""
    return address.partition("://")[0].lower() in _SCHEMES


def find_files(address: str, config: Config) -> Iterator[Found]:
    """The files at an address, in the order of their names: one, all below a folder, or those that fit a pattern.

    Hidden files are left out. Raises InputError for what is not there or cannot be reached, for ``file://`` unless addresses of
    this machine are allowed (``private_addresses``); and UjarError when packages are missing.
    """
    scheme, _, path = address.partition("://")
    scheme = scheme.lower()
    if scheme in _HERE and not config.private_addresses:
        raise InputError(
            "private-address", f"{address} lies on this machine", "give the path alone, or set private_addresses"
        )
    if "::" in address:
        raise InputError("bad-address", f"{address} leads through another address", "give the address of the file")
    system = _system(scheme, address)
    try:
        root = system._strip_protocol(address)  # noqa: SLF001 - fsspec has no other name for it
        if _PATTERN.search(path):
            paths = [p for p in system.glob(root) if not system.isdir(p)]
            top = str(root)
        elif system.isdir(root):
            paths = system.find(root)
            top = str(root)
        else:
            system.info(root)
            paths, top = [root], ""
    except FileNotFoundError as error:
        raise InputError("no-such-file", f"{address} does not exist", "check the address") from error
    except Exception as error:
        raise InputError(
            "unreachable",
            f"{address} cannot be read ({type(error).__name__}: {str(error)[:200]})",
            "check the address, the connection and the usual variables for access",
        ) from error
    paths = [str(p) for p in sorted(paths) if not _hidden(str(p), top)]
    if not paths:
        raise InputError("no-such-file", f"there are no files at {address}", "check the address")
    for found in paths:
        yield Found(str(system.unstrip_protocol(found)), lambda found=found: system.open(found, "rb"))  # type: ignore[misc]


def _hidden(path: str, top: str) -> bool:
    return bool(top) and any(
        part.startswith(".") for part in path[len(_PATTERN.split(top, maxsplit=1)[0]) :].split("/")
    )


def _system(scheme: str, address: str) -> Any:
    try:
        import fsspec
    except ImportError as error:
        raise missing_extra("remote", f"reading {scheme}:// addresses") from error
    try:
        return fsspec.core.url_to_fs(address)[0]
    except ImportError as error:
        raise UjarError(
            "missing-extra",
            f"reading {scheme}:// addresses needs one more package ({str(error)[:120]})",
            "install the package of fsspec for it: s3fs, gcsfs, adlfs, …",
        ) from error
    except Exception as error:
        raise InputError(
            "unreachable",
            f"{address} cannot be reached ({type(error).__name__}: {str(error)[:200]})",
            "check the address",
        ) from error
