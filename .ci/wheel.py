"""Does a wheel hold the package, whole and alone, and does the sdist make the same one?

``python .ci/wheel.py TREE WHEEL [WHEEL_FROM_SDIST]``: TREE holds ``src/ujar``. Says what is wrong and ends with status 1.
"""

# ruff: noqa: INP001 - a script, no package

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

_OF_THE_WHEEL = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}
_LARGEST = 40 * 2**20


def contents(wheel: Path) -> dict[str, bytes]:
    """The files of a wheel by their names."""
    with zipfile.ZipFile(wheel) as packed:
        return {name: packed.read(name) for name in packed.namelist() if not name.endswith("/")}


def faults(tree: Path, wheel: Path) -> list[str]:
    """What is wrong with a wheel: a line for each file of ``tree/src`` that it lacks or has otherwise, or has besides."""
    packed = contents(wheel)
    wanted = {
        path.relative_to(tree / "src").as_posix(): path.read_bytes()
        for path in (tree / "src" / "ujar").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    about = "-".join(wheel.name.split("-")[:2]) + ".dist-info/"
    wanted_about = {about + name for name in _OF_THE_WHEEL}
    out = [f"{name} is not in the wheel" for name in sorted((wanted.keys() | wanted_about) - packed.keys())]
    out += [f"{name} has no place in the wheel" for name in sorted(packed.keys() - wanted.keys() - wanted_about)]
    out += [
        f"{name} is another file in the wheel"
        for name in sorted(wanted.keys() & packed.keys())
        if packed[name] != wanted[name]
    ]
    if wheel.stat().st_size > _LARGEST:
        out.append(f"the wheel is larger than {_LARGEST >> 20} MB")
    return out


def differences(one: Path, other: Path) -> list[str]:
    """A line for each file that two wheels do not share."""
    a, b = contents(one), contents(other)
    return [f"{name} differs between the wheels" for name in sorted(a.keys() | b.keys()) if a.get(name) != b.get(name)]


def main(arguments: list[str]) -> int:
    """Check, and say what is wrong. Returns the exit status."""
    tree, wheel, *others = map(Path, arguments)
    found = faults(tree, wheel)
    for other in others:
        found += differences(wheel, other)
    print("\n".join(found) or f"{wheel.name}: {len(contents(wheel))} files, {wheel.stat().st_size / 2**20:.1f} MB")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
