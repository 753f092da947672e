"""Compile the contract: Python code in proto/gen, and the image that buf lints and compares.

`python proto/generate.py` writes proto/gen; `--check` writes nothing and exits 1 when what is committed differs, when buf's
lint finds something, or when the contract breaks the released one (proto/released.binpb).
"""

from __future__ import annotations

import argparse
import filecmp
import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2
from protovalidate._gen.buf.validate import validate_pb

HERE = Path(__file__).parent
GEN = HERE / "gen"
RELEASED = HERE / "released.binpb"
SOURCES = sorted(path.relative_to(HERE).as_posix() for path in (HERE / "fieldwork").rglob("*.proto"))
# The published name of the operations file, and the name under which the Python package ships it.
CANONICAL, PACKAGED = "google/longrunning/operations.proto", "google/longrunning/operations_proto.proto"


def _protoc(*arguments: str) -> None:
    from grpc_tools import protoc

    if protoc.main(["protoc", *arguments]):
        raise SystemExit("protoc refused the contract; its messages are above")


def _well_known() -> Path:
    import grpc_tools

    return Path(grpc_tools.__file__).parent / "_proto"


def _packaged_protos() -> Path:
    import google.api.annotations_pb2 as packaged

    return Path(packaged.__file__).parents[2]


def _validation_rules() -> descriptor_pb2.FileDescriptorSet:
    """Return the descriptors of buf/validate/validate.proto and its imports, out of the protovalidate package."""
    from google.protobuf import duration_pb2, field_mask_pb2, timestamp_pb2

    imports = (descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2)
    rules = descriptor_pb2.FileDescriptorSet()
    for module in imports:
        rules.file.append(descriptor_pb2.FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb))
    rules.file.append(descriptor_pb2.FileDescriptorProto.FromString(validate_pb._DESC.proto.to_binary()))
    return rules


def compile_image(work: Path) -> Path:
    """Return a descriptor set of the contract with its imports and comments, under the published file names."""
    canonical = work / "staging" / CANONICAL
    canonical.parent.mkdir(parents=True)
    canonical.write_bytes((_packaged_protos() / PACKAGED).read_bytes())
    rules = work / "rules.binpb"
    rules.write_bytes(_validation_rules().SerializeToString())
    image = work / "fieldwork.binpb"
    _protoc(
        f"--proto_path={HERE}",
        f"--proto_path={work / 'staging'}",
        f"--proto_path={_packaged_protos()}",
        f"--proto_path={_well_known()}",
        f"--descriptor_set_in={rules}",
        "--include_imports",
        "--include_source_info",
        f"--descriptor_set_out={image}",
        *SOURCES,
    )
    return image


def generate(image: Path, out: Path) -> None:
    """Write Python messages, stubs and types for the contract and for buf's rules under `out`."""
    out.mkdir(parents=True, exist_ok=True)
    _protoc(
        f"--descriptor_set_in={image}",
        f"--python_out={out}",
        f"--grpc_python_out={out}",
        f"--mypy_out=quiet:{out}",
        f"--mypy_grpc_out=quiet:{out}",
        *SOURCES,
    )
    _protoc(
        f"--descriptor_set_in={image}",
        f"--python_out={out}",
        f"--mypy_out=quiet:{out}",
        "buf/validate/validate.proto",
    )
    for folder in ("fieldwork", "fieldwork/v1", "buf", "buf/validate"):
        (out / folder / "__init__.py").write_text("")
    for empty in out.rglob("*_pb2_grpc.py*"):
        if "Stub" not in empty.read_text():
            empty.unlink()


def _without_comments(image: Path) -> bytes:
    """Return the image without source positions and comments: what another release is compared with needs neither."""
    files = descriptor_pb2.FileDescriptorSet.FromString(image.read_bytes())
    for file in files.file:
        file.ClearField("source_code_info")
    return files.SerializeToString(deterministic=True)


def _buf(*arguments: str) -> int:
    return subprocess.run(["buf", *arguments], cwd=HERE, check=False).returncode


def check(image: Path, fresh: Path) -> int:
    """Return 0 when the committed code is what the contract gives and buf finds nothing."""
    failures = 0
    wanted = {p.relative_to(fresh) for p in fresh.rglob("*.py*") if p.suffix != ".pyc"}
    found = {p.relative_to(GEN) for p in GEN.rglob("*.py*") if p.suffix != ".pyc"}
    for path in sorted(wanted | found):
        if path not in found or path not in wanted or not filecmp.cmp(fresh / path, GEN / path, shallow=False):
            print(f"proto/gen/{path} is not what the contract gives: run `make proto`", file=sys.stderr)
            failures += 1
    failures += _buf("lint", str(image), "--config", "buf.yaml")
    failures += _buf("format", "--diff", "--exit-code", "--path", "fieldwork")
    if RELEASED.exists():
        failures += _buf("breaking", str(image), "--against", str(RELEASED), "--config", "buf.yaml")
    return failures


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, lint and look for breaking changes; write nothing")
    parser.add_argument("--release", action="store_true", help="take today's contract as the released one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        image = compile_image(work)
        if options.release:
            RELEASED.write_bytes(_without_comments(image))
        if options.check:
            generate(image, work / "gen")
            return 1 if check(image, work / "gen") else 0
        generate(image, GEN)
    return 0


if __name__ == "__main__":
    sys.exit(main())
