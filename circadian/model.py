"""The room that imports mlx and mlx_lm, inside functions: load, answer, stream. measures.py is its annex."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from circadian import blas, hub, machine, spent, versions
from circadian.batches import together
from circadian.cli import UserError
from circadian.config import Config
from circadian.records import Message, Scope, Version
from circadian.scope import Scoped

Show = Callable[[int], None]
WIRE = "maybe_set_recommended_wired_limit"  # of mlx_lm
CACHED = 16  # the share of memory that mlx may keep as buffers for later: one in so many
BATCH = 64  # conversations that are answered together
SOME_DAY = "26 Jul 2024"  # for templates that tell the date (Llama 3.2): what is learnt and measured hangs on no day
LONGEST = 1000  # characters of a turn by whose end it is told whether the adapter answers


@dataclass(frozen=True)
class Piece:
    """A bit of a streamed answer. `finish` is empty until the last one: "stop" or "length"."""

    text: str
    finish: str = ""


@dataclass
class Speed:
    """Of one streamed answer: tokens, seconds to the first one, tokens per second after it."""

    prompt_tokens: int = 0
    reused_tokens: int = 0
    tokens: int = 0
    first_token: float = 0.0
    per_second: float = 0.0


class LanguageModel:
    """A loaded model with its adapter, which answers within its scope; holds the prompt cache of one conversation."""

    def __init__(
        self, base: hub.Base, adapter: str, model: Any, tokenizer: Any, context: int, scope: Scope | None = None
    ) -> None:
        self.base, self.name, self.adapter, self.context = base, base.name, adapter, context
        self.network, self._tokenizer = model, tokenizer
        self.scoped = Scoped(model, scope)
        self._cache: Any = None
        self._cached: list[int] = []
        self._cached_adapted = True
        self.speed = Speed()

    def tokens(self, messages: list[Message], answered: bool = False, today: bool = False) -> list[int]:
        """The conversation through the chat template, on one and the same day or `today`; unless `answered`, open for the next
        answer."""
        day = {} if today else {"date_string": SOME_DAY}
        ids = self._tokenizer.apply_chat_template(messages, add_generation_prompt=not answered, return_dict=False, **day)
        return list(ids)

    def tokens_of(self, text: str) -> list[int]:
        """A text as it is, without the chat template."""
        return list(self._tokenizer.encode(text))

    def asked(self, messages: list[Message]) -> list[int]:
        """What a person said last, alone, as a prompt: what the scope is asked of. A long text is asked by its end."""
        said = [message["content"] for message in messages if message["role"] == "user"]
        return self.tokens([{"role": "user", "content": said[-1][-LONGEST:] if said else ""}])

    def stream(
        self, messages: list[Message], max_tokens: int, temp: float = 0.0, top_p: float = 1.0, seed: int | None = None
    ) -> Iterator[Piece]:
        """Stream the next answer. What the prompt shares with the last one is taken from the prompt cache."""
        import mlx.core as mx
        from mlx_lm.generate import stream_generate
        from mlx_lm.sample_utils import make_sampler

        if seed is not None:
            mx.random.seed(seed)
        started = time.perf_counter()
        (adapted,) = self.scoped.covered([messages], self.asked)
        self.scoped.turn(adapted)
        if adapted != self._cached_adapted:
            self._cache, self._cached, self._cached_adapted = None, [], adapted
        prompt = self.tokens(messages, today=True)
        reused = self._reuse(prompt)
        self.speed = Speed(prompt_tokens=len(prompt), reused_tokens=reused)
        sampler = make_sampler(temp=temp, top_p=top_p if top_p < 1 else 0.0)
        chunks = stream_generate(
            self.network, self._tokenizer, prompt[reused:], max_tokens=max_tokens, sampler=sampler, prompt_cache=self._cache
        )
        try:
            for chunk in chunks:
                if not self.speed.tokens:
                    self.speed.first_token = time.perf_counter() - started
                self.speed.tokens, self.speed.per_second = chunk.generation_tokens, chunk.generation_tps
                self._cached.append(int(chunk.token))
                yield Piece(chunk.text, chunk.finish_reason or "")
        except GeneratorExit:  # left between two tokens: the cache is whole
            raise
        except BaseException:
            self._cache, self._cached = None, []  # stopped within a token: some layers have it, others not
            raise

    def _reuse(self, prompt: list[int]) -> int:
        """Trim the cache to what it shares with `prompt` and return that many tokens; one is always left to feed."""
        from mlx_lm.models.cache import can_trim_prompt_cache, make_prompt_cache, trim_prompt_cache

        same = 0
        for old, new in zip(self._cached, prompt[:-1], strict=False):
            if old != new:
                break
            same += 1
        held = self._cache[0].offset if self._cache else 0
        same = min(same, held)
        if self._cache is None or not can_trim_prompt_cache(self._cache):
            self._cache, same = make_prompt_cache(self.network), 0
        elif held > same:
            trim_prompt_cache(self._cache, held - same)
        self._cached = list(prompt)
        return same

    def answer(
        self,
        conversations: list[list[Message]],
        max_tokens: int,
        temp: float = 0.0,
        top_p: float = 1.0,
        show: Show | None = None,
        seed: int = 0,
    ) -> list[str]:
        """Answer many conversations, BATCH at a time in order of length; the answers come in the given order."""
        import mlx.core as mx
        from mlx_lm.generate import batch_generate
        from mlx_lm.sample_utils import make_sampler

        prompts = [self.tokens(messages) for messages in conversations]
        started, tokens = time.perf_counter(), 0
        mx.random.seed(seed)
        answers: dict[int, str] = {}
        sampler = make_sampler(temp=temp, top_p=top_p if top_p < 1 else 0.0)
        at_once = {"prefill_batch_size": BATCH, "completion_batch_size": BATCH}  # mlx-lm would prefill 8 at a time
        for some in self.batches(conversations, lambda i: len(prompts[i]), BATCH):
            batch = [prompts[i] for i in some]
            done = batch_generate(self.network, self._tokenizer, batch, max_tokens=max_tokens, sampler=sampler, **at_once)
            answers |= {i: text.strip() for i, text in zip(some, done.texts, strict=True)}
            tokens += done.stats.prompt_tokens + done.stats.generation_tokens
            if show:
                show(len(answers))
        spent.tell(tokens, time.perf_counter() - started, mx.get_peak_memory())
        return [answers[i] for i in range(len(prompts))]

    def batches(
        self, conversations: list[list[Message]], length: Callable[[int], int], size: int, most: int = 0
    ) -> Iterator[list[int]]:
        """The numbers of conversations that are answered together (batches.together), all or none of them within the scope; the
        network is as it answers them while they are handed out."""
        for part in self.scoped.parts(conversations, self.asked):
            yield from together(part, length, size, most)


def open_model(config: Config, name: str | None, version: Version | None) -> LanguageModel:
    """Load the model `name` (or the settings' own) with an adapter.

    Raises UserError: no such model, no memory for it, or an adapter that is for another base or does not fit.
    """
    blas.load()  # before anything imports mlx
    base = hub.resolve(name or config.model.name, config.model.folder)
    if version:
        versions.check_base(version, base.name, base.fingerprint)
    check_memory(base)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from mlx_lm import load

    calm()
    try:
        model, tokenizer, settings = load(str(base.folder), adapter_path=version.path if version else None, return_config=True)
    except MemoryError:
        raise UserError(_no_memory(base)) from None
    except (ValueError, RuntimeError, KeyError, TypeError) as error:
        if "alloc" in str(error):
            raise UserError(_no_memory(base)) from None
        what = f"the adapter {version.tag} does not fit {base.name}" if version else f"{base.name} cannot be loaded"
        raise UserError(
            f"{what} ({type(error).__name__}). Choose another --model" + (" or --no-adapter." if version else ".")
        ) from None
    context = min(config.chat.context, int(settings.get("max_position_embeddings") or config.chat.context))
    scope = versions.scope(version) if version else None
    if scope and (len(model.layers) < scope.layer or settings.get("hidden_size") != len(scope.weights)):
        raise UserError(f"the adapter's scope is not of {base.name}: run a night again, or say --everywhere.")
    return LanguageModel(base, version.tag if version else "", model, tokenizer, context, scope)


def check_memory(base: hub.Base) -> None:
    """Refuse a model that is larger than the free memory. Raises UserError."""
    if base.size * 1.2 > machine.free_memory():
        raise UserError(_no_memory(base))


def calm() -> None:
    """Keep mlx's cache of buffers small, and mlx-lm from wiring most of a Mac's memory: both were seen to panic Macs of 8 and 16 GB
    (mlx#3186, mlx-lm#883)."""
    import mlx.core as mx

    mx.set_cache_limit(machine.memory() // CACHED)
    for name, module in list(sys.modules.items()):  # each that took it over from mlx_lm.utils; later ones take ours
        if name.startswith("mlx_lm.") and hasattr(module, WIRE):
            setattr(module, WIRE, lambda: None)


def device() -> str:
    """Where MLX computes on this machine, and its version. Raises ImportError without mlx."""
    import mlx.core as mx

    return "GPU" if mx.default_device() == mx.gpu else "CPU"


def _no_memory(base: hub.Base) -> str:
    need, free = base.size * 1.2 / 1e9, machine.free_memory() / 1e9
    what = f"there is no memory for {base.name}: it needs about {need:.1f} GB, {free:.1f} GB is free."
    return f"{what} Close programs or choose a smaller --model."
