"""bench/nights.py without a model: the invented life, resuming, the arithmetic, and what is written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import nights, nights_picture, nights_text, runs, spill, talk
from bench.figures import figures, matrix, mean_matrix, one_line
from bench.leaks import unshared
from bench.life import DATA, FIRST_CHANGE, NEVER, PROBES, Fact, Life, Table, Told, read_table
from bench.rivals import Evening, Slept, naive, one_qa, one_question
from bench.runs import Run, ours, printed
from bench.settings import settings_file
from circadian import config, hub, process, versions
from circadian.cli import UserError
from circadian.evaluation.recall import Answered, holds
from circadian.files import append_line, private_folder, write_atomic, write_lines
from circadian.records import Memory, Probe, Version

LIFE = read_table()
STRANGERS = [read_table(DATA.with_name(name)) for name in ("stranger.toml", "guest.toml")]
BASE = {"passed": 34, "total": 80, "by_tag": {}}


@pytest.fixture
def life() -> Life:
    return Life(seed=0, nights=10, facts=2, changes=8, table=LIFE)


def test_a_life_hangs_on_its_seed_alone(life: Life) -> None:
    again, other = Life(0, 10, 2, 8, LIFE), Life(1, 10, 2, 8, LIFE)
    assert (again.days, again.never) == (life.days, life.never)
    assert all(again.probes(day.number) == life.probes(day.number) for day in life.days)
    assert other.days != life.days and other.never != life.never


def test_a_day_holds_its_facts_its_changes_and_two_lines_of_chatter(life: Life) -> None:
    for day in life.days:
        new = [told for told in day.told if not told.fact.old]
        assert len(new) == 2 and len(day.turns) == len(day.told) + 2
        assert [turn for turn in day.turns if turn not in LIFE.chatter] == [told.text for told in day.told]
        assert all(holds(told.text, told.fact.value) and "{" not in told.text for told in day.told)


def test_changes_replace_values_of_earlier_days(life: Life) -> None:
    changes = [told.fact for day in life.days for told in day.told if told.fact.old]
    assert len(changes) == 8 and min(fact.day for fact in changes) >= FIRST_CHANGE
    for fact in changes:
        before = {one.kind: one for one in life.live(fact.day - 1)}[fact.kind]
        assert fact.old == (*before.old, before.value) and fact.value not in fact.old
        assert fact in life.live(fact.day)
    assert len({fact.kind for fact in life.live(10)}) == len(life.live(10)) == 20


def test_probes_ask_for_the_newest_value_and_forbid_the_old_ones(life: Life) -> None:
    live = {fact.kind: fact for fact in life.live(10)}
    told = [probe for probe in life.probes(10) if probe.expected]
    assert len(told) == PROBES * len(live) and len({probe.question for probe in told}) == len(told)
    for probe in told:
        fact = live[probe.fact]
        assert (probe.expected, probe.forbidden, probe.kind == "changed") == ((fact.value,), fact.old, bool(fact.old))
    never = [probe for probe in life.probes(10) if not probe.expected]
    assert [probe.question for probe in never] == list(life.never) and len(never) == NEVER
    everything = {value.lower() for fact in live.values() for value in (fact.value, *fact.old)}
    assert sorted(value.lower() for value in never[0].forbidden) == sorted(everything)


@pytest.mark.parametrize("table", [LIFE, *STRANGERS])
def test_no_probe_gives_its_answer_away(table: Table) -> None:
    for kind in table.kinds.values():
        assert len(set(kind.probes)) == len(kind.probes) >= PROBES
        assert not [(ask, value) for ask in kind.probes for value in kind.values if holds(ask, value)]
        assert all(text.count("{v}") == 1 for text in (*kind.tell, *kind.change))


@pytest.mark.parametrize("table", [LIFE, *STRANGERS])
def test_what_is_never_told_is_never_told(table: Table) -> None:
    probes = {probe for kind in table.kinds.values() for probe in kind.probes}
    said = {text for kind in table.kinds.values() for text in (*kind.tell, *kind.change)} | set(table.chatter)
    assert len(set(table.never)) == len(table.never) >= NEVER
    assert not set(table.never) & (probes | said)


def test_a_file_that_is_no_life_is_named(tmp_path: Path) -> None:
    broken, few = tmp_path / "broken.toml", tmp_path / "few.toml"
    broken.write_text("never = [", encoding="utf-8")
    cat = 'name = "cat"\ngroup = "pets"\ntell = []\nvalues = []\nprobes = []\n'
    few.write_text(f'never = []\nchatter = ["Hi"]\n[[kind]]\n{cat}', encoding="utf-8")
    for file, words in ((tmp_path / "none.toml", "is no life"), (broken, "is no life"), (few, "kind 'cat' has too few")):
        with pytest.raises(UserError, match=words):
            nights.main(["--life", str(file), "--out", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()


def test_when_all_kinds_are_told_changes_take_the_place_of_new_facts() -> None:
    life = Life(seed=0, nights=30, facts=5, changes=24, table=LIFE)
    new = [told.fact.kind for day in life.days for told in day.told if not told.fact.old]
    assert sorted(new) == sorted(LIFE.kinds)
    assert life.used_up == len(LIFE.kinds) // 5 + 1
    assert all(len(day.told) >= 5 for day in life.days)
    assert "before day 16 was full" in nights_text.life_note({"seed": 0, "used_up": life.used_up})


class Fake:
    """Stands for the chat, the night and the measures of a run; the first chat or night can be killed."""

    def __init__(self, folder: Path, life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.life = folder, life
        self.said: list[str] = []
        self.adapters: list[str] = []
        self.dies_after = self.dies_asleep = 0
        monkeypatch.setattr(subprocess, "run", self.chat)
        monkeypatch.setitem(runs.RECIPES, "naive", self.sleep)
        monkeypatch.setattr(runs, "answers_by_child", lambda settings, model, asked, *more: ["Biscuit"] * len(asked))
        monkeypatch.setattr(runs, "capability", lambda *more: BASE)
        monkeypatch.setattr(runs, "printed", lambda *more: {"kl": 0.1})

    def run(self) -> Run:
        return Run(self.folder, "naive", self.life, "tiny", [], BASE)

    def chat(self, command: list[str], input: str, **more: Any) -> subprocess.CompletedProcess[str]:
        self.adapters.append(command[-1])
        home = config.load(home=command[command.index("--home") + 1])
        for turn in input.splitlines():
            if self.dies_after and len(self.said) == self.dies_after:
                self.dies_after = 0
                raise KeyboardInterrupt
            self.said.append(turn)
            answer = {"role": "assistant", "content": "How nice."}
            append_line(home.memories, Memory([{"role": "user", "content": turn}, answer]).to_dict())
        return subprocess.CompletedProcess(command, 0)

    def sleep(self, evening: Evening) -> Slept:
        if self.dies_asleep == evening.day.number:
            self.dies_asleep = 0
            raise KeyboardInterrupt
        return Slept("trained", str(evening.folder / "adapter"), 4)


def test_a_run_that_is_killed_goes_on_and_says_nothing_twice(
    tmp_path: Path, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = Fake(tmp_path / "run", life, monkeypatch)
    fake.dies_after, fake.dies_asleep = 2, 2
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            for day in life.days[:3]:
                fake.run().night(day)
    records = [fake.run().night(day) for day in life.days[:3]]
    assert fake.said == [turn for day in life.days[:3] for turn in day.turns]
    assert [record["night"] for record in records] == [1, 2, 3]
    assert fake.adapters[-1].endswith("night-02/adapter") and fake.adapters[0] == "--no-adapter"
    assert [fake.run().night(day) for day in life.days[:3]] == records
    assert len(fake.said) == sum(len(day.turns) for day in life.days[:3])


def test_a_chat_that_loses_a_turn_ends_the_benchmark(tmp_path: Path, life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(tmp_path / "run", life, monkeypatch)
    monkeypatch.setattr(subprocess, "run", lambda command, **more: subprocess.CompletedProcess(command, 0))
    with pytest.raises(UserError, match="the chat of day 1"):
        fake.run().night(life.days[0])


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, Any]]:
    """What mlx_lm.lora was asked for; nothing is trained, on a base model of twelve layers."""
    asked: list[dict[str, Any]] = []
    (tmp_path / "config.json").write_text('{"num_hidden_layers": 12}')

    def run(command: list[str], *more: Any, **named: Any) -> str:
        asked.append(json.loads(Path(command[-1]).read_text()))
        return ""

    monkeypatch.setattr(process, "run", run)
    monkeypatch.setattr(hub, "resolve", lambda *more: hub.Base("tiny", tmp_path, "", 0))
    return asked


def rows(lora: dict[str, Any]) -> list[str]:
    """The questions that were trained."""
    lines = (Path(lora["data"]) / "train.jsonl").read_text().splitlines()
    return [json.loads(line)["messages"][0]["content"] for line in lines]


def test_naive_trains_every_chat_so_far_afresh(tmp_path: Path, home: Path, life: Life, trained: list[dict[str, Any]]) -> None:
    settings = config.load(home=str(home))
    for text in ("one", "two"):
        pair = [{"role": "user", "content": text}, {"role": "assistant", "content": "ok"}]
        append_line(settings.memories, Memory(pair).to_dict())
    slept = naive(Evening(settings, "tiny", 3, life.days[0], tmp_path / "night", "old"))
    assert rows(trained[0]) == ["one", "two"] and slept.rows == 2
    assert {key: trained[0][key] for key in ("iters", "learning_rate", "batch_size", "num_layers", "seed")} == {
        "iters": 50, "learning_rate": 2e-5, "batch_size": 1, "num_layers": 12, "seed": 3,
    }  # fmt: skip
    assert "resume_adapter_file" not in trained[0] and "mask_prompt" not in trained[0]


def test_one_qa_trains_the_days_facts_upon_the_last_adapter(
    tmp_path: Path, home: Path, life: Life, trained: list[dict[str, Any]]
) -> None:
    settings, day = config.load(home=str(home)), life.days[2]
    for adapter in ("", "old"):
        one_qa(Evening(settings, "tiny", 0, day, tmp_path / f"night{adapter}", adapter))
    first, second = trained
    assert "resume_adapter_file" not in first and second["resume_adapter_file"] == "old/adapters.safetensors"
    assert len(rows(second)) == len(day.told) and second["iters"] == 10 * len(day.told)
    assert (second["learning_rate"], second["num_layers"], second["lora_parameters"]["scale"]) == (1e-4, 8, 20.0)


def test_one_question_is_of_our_table_or_the_plainest_one() -> None:
    known = one_question(Told("My hedgehog is called Spiky.", Fact("x", "Spiky", 1)))
    assert "hedgehog" in known.question and holds(known.answer, "Spiky")
    unknown = one_question(Told("Spiky!", Fact("x", "Spiky", 1)))
    assert (unknown.question, unknown.answer) == ("What did I tell you?", "You told me: Spiky!")


def child(code: str) -> list[str]:
    return [sys.executable, "-c", f"import sys; {code}"]


def test_a_script_that_refuses_still_says_what_it_measured(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert printed(child("print('going on'); print('{\"status\": \"refused\"}'); sys.exit(4)"), log) == {"status": "refused"}
    assert printed(child("print('it is dead'); sys.exit(4)"), log) == {"refused": "it is dead"}
    with pytest.raises(UserError, match="go on from here"):
        printed(child("sys.exit(1)"), log)
    assert "going on" in log.read_text()


@pytest.mark.parametrize(
    ("said", "status", "rows", "reasons"),
    [
        ({"status": "refused", "dataset": {"train": 9}, "reasons": ["skill"], "seconds": 5.0}, "refused", 9, ("skill",)),
        ({"refused": "it is dead"}, "refused", 0, ("it is dead",)),
        ({"status": "nothing new: x was made from these"}, "published", 7, ()),
    ],
)
def test_a_night_of_ours(
    tmp_path: Path,
    life: Life,
    monkeypatch: pytest.MonkeyPatch,
    said: dict[str, Any],
    status: str,
    rows: int,
    reasons: tuple[str],
) -> None:
    """Refused with or without a record, and published in a run that was killed before it could note so."""
    settings = config.load(home=str(tmp_path))
    append_line(
        settings.logs / "experiments.jsonl", {"status": "published", "dataset": {"train": 7}, "reasons": [], "seconds": 3.0}
    )
    monkeypatch.setattr(runs, "printed", lambda *more: said)
    slept = ours(Evening(settings, "tiny", 0, life.days[0], tmp_path / "night", ""))
    assert (slept.status, slept.rows, slept.reasons, slept.adapter) == (status, rows, reasons, "")


def test_what_a_night_has_measured_is_not_measured_again(tmp_path: Path, life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the version that it published: one that was refused left another in use."""
    settings = config.load(home=str(tmp_path))
    (settings.adapters / "first").mkdir(parents=True)
    (settings.adapters / versions.CURRENT).symlink_to("first")
    monkeypatch.setattr(versions, "read", lambda folder: Version("first", str(folder), {}))
    skill = {"passed": 3, "total": 9, "by_tag": {}}
    said = {
        "status": "published",
        "after": {"capability": skill | {"seconds": 1}},
        "liveness": {"kl": 0.1},
        "dataset": {"train": 9},
    }
    for status, measured in (("published", {"capability": skill, "liveness": {"kl": 0.1}}), ("refused", {})):
        monkeypatch.setattr(runs, "printed", lambda *more, status=status: said | {"status": status})
        assert ours(Evening(settings, "tiny", 0, life.days[0], tmp_path / "night", "")).measured == measured


def record(night: int, answers: dict[str, tuple[int, bool]], seed: int = 0, **more: Any) -> dict[str, Any]:
    """A night's record: for each fact the day on which it was told, and whether its one probe is answered right."""
    probes = [(Probe(f"{name}?", (name,), fact=name), name if right else "?", day) for name, (day, right) in answers.items()]
    rows = [Answered(probe, answer).to_dict() | {"day": day} for probe, answer, day in probes]
    rows.append(Answered(Probe("never?", (), tuple(answers), "never"), "no idea").to_dict() | {"day": 0})
    usual = {"status": "published", "reasons": [], "adapter": "", "rows": 40, "seconds": 60.0 * night}
    return (
        {"recipe": "ours", "seed": seed, "night": night, "capability": BASE, "liveness": {"kl": 0.05}, "answers": rows}
        | usual
        | more
    )


def result(seeds: int = 1) -> dict[str, Any]:
    """Two nights: a and b told on day 1, of which b is lost; c told on day 2."""
    found: dict[str, Any] = {"model": "tiny", "base": BASE, "lives": [], "runs": []}
    found["arguments"] = {"nights": 2, "facts": 2, "changes": 0, "seeds": list(range(seeds)), "recipes": ["naive", "ours"]}
    for seed in range(seeds):
        first = record(1, {"a": (1, True), "b": (1, True)}, seed)
        second = record(2, {"a": (1, True), "b": (1, False), "c": (2, seed == 0)}, seed, status="refused")
        nights = [first, second]
        found["runs"].append(
            {"recipe": "ours", "seed": seed, "nights": [figures(one) for one in nights], "matrix": matrix(nights)}
        )
    return found


def test_the_matrix_is_recall_of_day_i_after_night_j() -> None:
    counts = [[(part["right"], part["total"]) for part in row] for row in result()["runs"][0]["matrix"]]
    assert counts == [[(2, 2), (1, 2)], [(0, 0), (1, 1)]]
    assert mean_matrix([run["matrix"] for run in result(2)["runs"]]) == [[1.0, 0.5], [None, 0.5]]


def test_a_changed_fact_counts_for_its_new_value_and_its_old_one_is_seen() -> None:
    probe = Probe("Where?", ("Oslo",), ("Rome",), "changed", "home")
    answers = [Answered(probe, text).to_dict() | {"day": 3} for text in ("Oslo", "Rome", "Rome, no: Oslo")]
    found = figures(record(3, {}) | {"answers": answers})
    counts = {key: (found[key]["right"], found[key]["total"]) for key in ("changed", "old_value", "new", "false")}
    assert counts == {"changed": (2, 3), "old_value": (2, 3), "new": (2, 3), "false": (0, 0)}


def test_a_night_on_one_line() -> None:
    refused = record(1, {"a": (1, True)}, liveness={"refused": "2 of 9 tensors hold NaN or infinity."})
    assert one_line(refused, 34) == (
        "ours, seed 0, night 1: published, recall 1/1, new 1/1, changed 0/0 (old value 0/0), never told 0/1 false, "
        "tasks 34/80 (base 34), 2 of 9 tensors hold NaN or infinity., 40 rows, 60 s"
    )


def test_markdown_of_one_seed() -> None:
    text = nights_text.markdown(result())
    assert text.startswith("# 2 nights, 2 facts told a day, 0 changes\n")
    assert "| ours, night 2 | 2/3 (21% to 94%) | 3/3 (44% to 100%) | - | - | 0/1 (0% to 79%) | 34 | 0.050 | 90 | 40 |" in text
    assert "| 1 | 2/2 | 2/2 | - | - | 0/1 | 34 | 0.050 | 60 | 40 |" in text
    assert "| 2 (refused) | 2/3 | 1/1 |" in text
    assert text.endswith("| day | 1 | 2 |\n| --- | --- | --- |\n| **1** | 100 | 50 |\n| **2** |  | 100 |\n")
    assert "naive" not in text


def test_markdown_of_several_seeds_gives_mean_and_spread() -> None:
    text = nights_text.markdown(result(2))
    assert "| ours, night 2 | 50% (33% to 67%) | 83% (67% to 100%) |" in text
    assert "| 1 | 100% | 100% |" in text and "| **2** |  | 50 |" in text


@pytest.mark.parametrize("ours", [True, False])
def test_what_was_trained_in_nearly_the_same_words_is_told_apart(tmp_path: Path, ours: bool) -> None:
    """Three questions: one as it was trained, one with a word more of many, one in words of its own."""
    folder, adapter = tmp_path / "logs" / "nights" / "n1", tmp_path / "adapters" / "tag"
    if not ours:
        folder, adapter = tmp_path / "night-01", tmp_path / "night-01" / "adapter"
    row = "What is the name that we gave to my sister?", "How should I call the dog when I walk in the park with it?"
    rows = [{"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "Ann"}]} for text in row]
    write_lines(private_folder(folder / "data") / "train.jsonl", rows)
    if ours:
        write_atomic(private_folder(adapter) / "manifest.json", json.dumps({"night": "n1"}))
    asked = (row[0].upper(), row[1].replace("the park", "the big park"), "Who is she?")
    answers = [Answered(Probe(text, ("Ann",)), "Ann").to_dict() | {"day": 1} for text in asked]
    night = record(1, {}, adapter=str(adapter)) | {"answers": answers}
    found = unshared(night)
    assert found and (found["right"], found["total"]) == (1, 1)
    line = nights_text.in_own_words("ours", [{"nights": [figures(night)], "unshared": found}])
    assert (
        line == "Of 3 questions about what was told `ours` trained 2 in nearly these words; of the other 1 it recalls 1 (100%)."
    )
    assert unshared(record(1, {}, adapter=str(tmp_path / "gone"))) is None, "nothing is claimed where the rows are gone"
    whole = unshared(record(1, {"a": (1, True)}))
    assert whole and whole["total"] == 1, "the base model has trained nothing"
    assert nights_text.in_own_words("ours", [{"nights": [figures(record(1, {"a": (1, True)}))], "unshared": whole}]) == ""


def test_the_picture_is_drawn(tmp_path: Path) -> None:
    nights_picture.draw(result(2), tmp_path / "nights.png")
    assert (tmp_path / "nights.png").read_bytes().startswith(b"\x89PNG")


def arguments(*words: str) -> dict[str, Any]:
    return nights.effective(nights.build_parser().parse_args(words))


def test_presets_give_way_to_flags() -> None:
    usual, quick = arguments(), arguments("--quick", "--facts", "3")
    assert (usual["nights"], usual["changes"], usual["seeds"]) == (10, 8, [0])
    assert (quick["nights"], quick["facts"], quick["changes"]) == (2, 3, 0)
    with pytest.raises(UserError, match="changes begin on day 3"):
        arguments("--nights", "2", "--changes", "1")


def test_the_same_folder_wants_the_same_arguments(tmp_path: Path) -> None:
    nights.same_as_before(tmp_path, arguments("--seeds", "0,1"))
    nights.same_as_before(tmp_path, arguments("--seeds", "0,1"))
    with pytest.raises(UserError, match=r"other arguments .facts, seeds.: give another --out"):
        nights.same_as_before(tmp_path, arguments("--facts", "4"))


@pytest.mark.parametrize("words", [("--recipes", "ours,best"), ("--seeds", "0,x"), ("--nights", "0")])
def test_a_wrong_flag_is_a_usage_error(words: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments(*words)
    assert ended.value.code == 2


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no such setting: training\.speed"):
        settings_file(tmp_path, ["training.epochs=2", "training.speed=9"])
    assert config.load(home=str(tmp_path), file=str(settings_file(tmp_path, ["gate.kl=0.1"]))).gate.kl == 0.1


def test_a_conversation_has_turns_of_every_file_and_is_the_same_every_time() -> None:
    said = talk.conversations()
    assert said == talk.conversations() and {len(one) for one in said} == {8} and len(said) == talk.CONVERSATIONS
    for name, turns in talk.TURNS.items():
        known = set(talk.lines(name))
        assert all(sum(text in known for text in one) >= turns for one in said)


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        ("Your knee is something you haven't told me.", True),
        ("Well,\nyou haven't told me that.", True),
        ("You told me that it rains.", True),
        ("You can freeze it for a month.", False),
        ("Yours is a common problem.", False),
    ],
)
def test_an_answer_as_if_about_a_life_is_known_by_its_words(answer: str, taken: bool) -> None:
    assert spill.of_a_life(answer) == taken
