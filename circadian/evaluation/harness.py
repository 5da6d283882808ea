"""The capability harness: tasks with checkers, answered in batches, counted by tag and difficulty, and compared."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from circadian import files
from circadian.cli import UserError
from circadian.evaluation import checkers
from circadian.records import Message

TAGS = ("math", "reasoning", "factual", "format", "summarization", "style", "context")
ROLES = ("system", "user", "assistant")
BATCH = 32

Answer = Callable[[list[list[Message]], int], list[str]]
Summary = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """A question with its checker. `difficulty` is 1 to 3; `max_tokens` None leaves it to the run."""

    id: str
    tag: str
    difficulty: int
    messages: list[Message]
    checker: checkers.Checker
    max_tokens: int | None = None

    def tokens(self, limit: int) -> int:
        """What an answer to this task may be long, in a run that allows `limit`."""
        return min(self.max_tokens or limit, limit)


@dataclass(frozen=True)
class Result:
    """What a model answered to a task, and whether that is right."""

    task: Task
    answer: str
    passed: bool

    def to_dict(self) -> dict[str, Any]:
        task = self.task
        row = {"id": task.id, "tag": task.tag, "difficulty": task.difficulty}
        return row | {"messages": task.messages, "answer": self.answer, "passed": self.passed}


def load_tasks(path: Path) -> list[Task]:
    """The tasks of a JSONL file, in its order. Raises UserError naming file and line of the first bad row."""
    try:
        rows, bad = files.read_lines(path)
    except FileNotFoundError:
        raise UserError(f"there is no file of tasks {path}. Give another --prompts.") from None
    problems = [(line.number, line.why) for line in bad]
    tasks: dict[str, Task] = {}
    for number, row in rows:
        try:
            task = _task(row)
            if task.id in tasks:
                raise ValueError(f"the id {task.id} is taken by an earlier line")
            tasks[task.id] = task
        except ValueError as error:
            problems.append((number, str(error)))
    if problems:
        number, why = min(problems)
        raise UserError(f"{path}, line {number}: {why}")
    if not tasks:
        raise UserError(f"{path} holds no task")
    return list(tasks.values())


def _task(row: dict[str, Any]) -> Task:
    """Raises ValueError saying what is wrong with the row."""
    for key, kind in (("id", str), ("tag", str), ("difficulty", int), ("messages", list), ("checker", dict)):
        if not isinstance(row.get(key), kind):
            raise ValueError(f"{key!r} is missing or not of kind {kind.__name__}")
    if row["tag"] not in TAGS:
        raise ValueError(f"the tag {row['tag']!r} is none of {', '.join(TAGS)}")
    if row["difficulty"] not in (1, 2, 3):
        raise ValueError("'difficulty' must be 1, 2 or 3")
    limit = row.get("max_tokens")
    if limit is not None and (type(limit) is not int or limit < 1):
        raise ValueError("'max_tokens' must be a whole number above zero")
    if not row["messages"] or not all(_is_message(message) for message in row["messages"]):
        raise ValueError("'messages' must be turns with a role and a text each")
    if row["messages"][-1]["role"] != "user":
        raise ValueError("the last of 'messages' must be the user's")
    checkers.validate(row["checker"])
    return Task(row["id"], row["tag"], row["difficulty"], row["messages"], row["checker"], limit)


def _is_message(turn: Any) -> bool:
    return isinstance(turn, dict) and turn.get("role") in ROLES and isinstance(turn.get("content"), str)


def only(tasks: list[Task], tags: str) -> list[Task]:
    """The tasks of some tags, given as a comma-separated list. Raises UserError for an unknown or unused one."""
    wanted = [tag.strip() for tag in tags.split(",") if tag.strip()]
    there = {task.tag for task in tasks}
    for tag in wanted or [tags]:
        if tag not in there:
            raise UserError(f"no task has the tag {tag!r}. There are {', '.join(t for t in TAGS if t in there)}.")
    return [task for task in tasks if task.tag in wanted]


def run(tasks: list[Task], answer: Answer, max_tokens: int, show: Callable[[int], None]) -> list[Result]:
    """Have every task answered and checked; the results come in the order of the tasks.

    `answer` gets batches of at most BATCH conversations that share a limit of tokens, short prompts first, so
    that little is padded. `show` is told how many are done.
    """
    order = sorted(range(len(tasks)), key=lambda i: (tasks[i].tokens(max_tokens), _length(tasks[i])))
    answers: dict[int, str] = {}
    while order:
        limit = tasks[order[0]].tokens(max_tokens)
        batch = [i for i in order[:BATCH] if tasks[i].tokens(max_tokens) == limit]
        texts = answer([tasks[i].messages for i in batch], limit)
        answers.update(zip(batch, texts, strict=True))
        order = order[len(batch) :]
        show(len(answers))
    return [Result(task, answers[i], checkers.check(task.checker, answers[i])) for i, task in enumerate(tasks)]


def _length(task: Task) -> int:
    return sum(len(message["content"]) for message in task.messages)


def summary(results: list[Result]) -> Summary:
    """Passed, total and score (a share from 0 to 1) of all, of each tag and of each difficulty; and each task's outcome."""
    tags = [tag for tag in TAGS if any(r.task.tag == tag for r in results)]
    levels = sorted({r.task.difficulty for r in results})
    return _count(r.passed for r in results) | {
        "by_tag": {tag: _count(r.passed for r in results if r.task.tag == tag) for tag in tags},
        "by_difficulty": {str(n): _count(r.passed for r in results if r.task.difficulty == n) for n in levels},
        "tasks": {r.task.id: r.passed for r in results},
    }


def _count(outcomes: Iterable[bool]) -> dict[str, Any]:
    each = list(outcomes)
    return {"passed": sum(each), "total": len(each), "score": round(sum(each) / len(each), 4) if each else 0.0}


def compare(before: Summary, after: Summary) -> dict[str, Any]:
    """What changed from one summary to another, over the tasks that both have.

    `score` is the change of the share passed, `by_tag` and `by_difficulty` those of the groups that have the
    same size in both. `chance` is how likely at least so uneven a split of gained and lost is by luck alone
    (a two-sided sign test, which is McNemar's exact test).
    """
    shared = [id for id in after["tasks"] if id in before["tasks"]]
    gained = [id for id in shared if after["tasks"][id] and not before["tasks"][id]]
    lost = [id for id in shared if before["tasks"][id] and not after["tasks"][id]]
    return {
        "shared": len(shared),
        "score": round((len(gained) - len(lost)) / len(shared), 4) if shared else 0.0,
        "by_tag": _changes(before.get("by_tag", {}), after.get("by_tag", {})),
        "by_difficulty": _changes(before.get("by_difficulty", {}), after.get("by_difficulty", {})),
        "gained": gained,
        "lost": lost,
        "chance": round(_sign_test(len(gained), len(lost)), 4),
    }


def _changes(before: dict[str, Summary], after: dict[str, Summary]) -> dict[str, float]:
    same = [key for key in after if key in before and after[key]["total"] == before[key]["total"]]
    return {key: round((after[key]["passed"] - before[key]["passed"]) / after[key]["total"], 4) for key in same}


def _sign_test(gained: int, lost: int) -> float:
    n = gained + lost
    tail = sum(math.comb(n, k) for k in range(min(gained, lost) + 1))
    return min(1.0, 2.0 * tail / 2.0**n)


def table(summary: Summary, compared_with: Summary | None = None) -> str:
    """A summary as lines for people; with another one also the change, in points of a hundred."""
    change = compare(compared_with, summary) if compared_with else {}
    groups = [(tag, count, change.get("by_tag", {}).get(tag)) for tag, count in summary["by_tag"].items()]
    levels = summary["by_difficulty"].items()
    groups += [(f"difficulty {n}", count, change.get("by_difficulty", {}).get(n)) for n, count in levels]
    groups.append(("all", summary, change.get("score")))
    lines = [_line(*group) for group in groups]
    if change:
        lines.append(f"gained: {' '.join(change['gained']) or 'none'}")
        lines.append(f"lost:   {' '.join(change['lost']) or 'none'}")
        lines.append(f"over {change['shared']} shared tasks; luck alone would do as much in {change['chance']:.1%} of cases")
    return "\n".join(lines)


def _line(name: str, count: Summary, change: float | None) -> str:
    line = f"{name:<14} {count['passed']:>3} of {count['total']:>3}  {count['score']:>5.0%}"
    return line if change is None else f"{line}  {100 * change:+.0f}"
