"""A starter set for bootstrapping: small general skills out of tables and templates, with computed answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random

from circadian import synthetic_tables as tables
from circadian.cli import UserError
from circadian.datasets import Row, Seen, row

Pair = tuple[str, str]
TRIES = 200  # draws without a new row after which a kind is exhausted


def number(value: float) -> str:
    """A number as people write it: 12, 2.5."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def sums(rng: Random) -> Pair:
    a, b = rng.randint(12, 99), rng.randint(3, 60)
    high, low = max(a, b), min(a, b)
    return rng.choice((
        (f"What is {a} plus {b}?", f"{a} + {b} = {a + b}."),
        (f"Work out {high} - {low}.", f"{high} - {low} = {high - low}."),
        (f"Multiply {a} by {b % 9 + 2}.", f"{a} x {b % 9 + 2} = {number(a * (b % 9 + 2))}."),
        (f"How much is {a * low} divided by {low}?", f"{number(a * low)} / {low} = {a}, because {low} x {a} = {number(a * low)}."),
        (f"What is {low % 9 * 5 + 5}% of {a * 20}?", f"{number((low % 9 * 5 + 5) * a / 5)}, because {number(a * 20)} x "
         f"{(low % 9 * 5 + 5) / 100:g} = {number((low % 9 * 5 + 5) * a / 5)}."),
        (f"Which is larger, {a} or {b + 100}, and by how much?", f"{b + 100} is larger, by {b + 100} - {a} = {b + 100 - a}."),
    ))  # fmt: skip


def stories(rng: Random) -> Pair:
    one, many, items = rng.choice(tables.THINGS)
    bought, other = rng.choice(tables.SPENT)
    count, each, price, extra = rng.randint(3, 9), rng.randint(4, 25), rng.randint(11, 40), rng.randint(5, 30)
    hour, minutes = rng.randint(1, 10), 5 * rng.randint(2, 11)
    start = 5 * rng.randint(0, 11)
    end = hour * 60 + start + minutes
    return rng.choice((
        (f"Each {one} holds {each} {items}. How many {items} are in {count} {many}?",
         f"{count} {many} hold {count} x {each} = {count * each} {items}."),
        (f"{number(count * each)} {items} are shared equally among {count} {many}. How many go in each {one}?",
         f"{count * each} / {count} = {each}, so {each} {items} go in each {one}."),
        (f"I bought {bought} for {price} coins and a {other} for {extra} coins. What did I pay in all?",
         f"{price} + {extra} = {price + extra}, so you paid {price + extra} coins."),
        (f"I had {price + extra} coins and spent {extra} on a {other}. What is left?",
         f"{price + extra} - {extra} = {price}, so {price} coins are left."),
        (f"A film starts at {hour}:{start:02d} and runs {minutes} minutes. When does it end?",
         f"It ends at {end // 60}:{end % 60:02d}, {minutes} minutes after {hour}:{start:02d}."),
    ))  # fmt: skip


def definition(rng: Random) -> Pair:
    word, meaning = rng.choice(tables.WORDS)
    ask = rng.choice(('What does "{}" mean?', 'Define "{}" in one short sentence.', 'Explain the word "{}" simply.'))
    return ask.format(word), f'"{word.capitalize()}" means {meaning}.'


def layout(rng: Random) -> Pair:
    group, items = rng.choice(tables.GROUPS)
    some = rng.sample(items, 3)
    amount = rng.randint(2, 40)
    task, steps = rng.choice(tables.STEPS)
    word, opposite = rng.choice(tables.OPPOSITES)
    given = ", ".join(some)
    return rng.choice((
        (f'Return JSON with the keys "item" and "count" for {amount} of the item {some[0]}. Only the JSON.',
         json.dumps({"item": some[0], "count": amount})),
        (f"Write these {group} as a JSON list, nothing else: {given}.", json.dumps(some)),
        (f"Put these {group} in alphabetical order, separated by commas: {given}.", ", ".join(sorted(some))),
        (f"Make a bullet list of these {group}: {given}.", "\n".join(f"- {item}" for item in some)),
        (f"Write in capital letters: {given}.", given.upper()),
        (f"How many {group} are named here? {', '.join(items[:amount % 4 + 2])}. Answer with a number only.", str(amount % 4 + 2)),
        (f"Give three numbered steps for {task}.", "\n".join(f"{place}. {step}" for place, step in enumerate(steps, 1))),
        (f'Answer with one word: what is the opposite of "{word}"?', opposite.capitalize()),
        (f"Count the letters of the word {some[0]}. Reply in the form 'word: number'.", f"{some[0]}: {len(some[0])}"),
        (f"Write a table with the columns Item and Letters, split by a bar, for: {some[0]}, {some[1]}.",
         "\n".join(["Item | Letters", *(f"{item} | {len(item)}" for item in some[:2])])),
    ))  # fmt: skip


def summary(rng: Random) -> Pair:
    text, short = rng.choice(tables.TEXTS)
    return f"{rng.choice(('Summarise in one sentence', 'Give the main point in one sentence'))}: {text}", short


def rewrite(rng: Random) -> Pair:
    style, before, after = rng.choice(tables.REWRITES)
    return f"{rng.choice(('Rewrite', 'Put'))} this {style}: {before}", after


def context(rng: Random) -> Pair:
    shop, other = rng.sample(tables.SHOPS, 2)
    first, second = rng.sample(tables.DAYS, 2)
    opens, closes, later = rng.randint(7, 10), rng.randint(3, 6), rng.randint(7, 9)
    thing, spare = rng.sample(tables.PARTS, 2)
    here, there = rng.sample(tables.PLACES, 2)
    hours = f"The {shop} opens at {opens}:00 and closes at {closes + 12}:00. The {other} is closed on {first}."
    return rng.choice((
        (f"{hours} When does the {shop} open?", f"The {shop} opens at {opens}:00."),
        (f"{hours} How long is the {shop} open?", f"From {opens}:00 to {closes + 12}:00, which is {closes + 12 - opens} hours."),
        (f"{hours} Which one is closed on {first}?", f"The {other} is closed on {first}."),
        (f"Note: the {thing} is in {here}, the {spare} in {there}. Where is the {spare}?", f"According to the note, it is in {there}."),
        (f"The meeting moved from {first} at {opens}:00 to {second} at {later}:30. When is it?", f"It is on {second} at {later}:30."),
        (f"The {shop} sells {opens * 3} tickets a day, the {other} {later * 5}. Which sells more?",
         f"The {other if later * 5 > opens * 3 else shop} sells more, {max(opens * 3, later * 5)} tickets a day."),
    ))  # fmt: skip


def unknown(rng: Random) -> Pair:
    fact, missing, untold = rng.choice(tables.FACTS), rng.choice(tables.MISSING), rng.choice(tables.UNTOLD)
    mine = untold.replace("my ", "your ").replace("I ", "you ")
    return rng.choice((
        (f"{fact} Does this say {missing}?", f"No. The text does not say {missing}."),
        (f"Using only this text, tell me {missing}: {fact}", f"The text does not say {missing}, so I cannot tell you."),
        (f"Can you tell me {untold}?", f"I'm sorry, I have not been told {mine}. If you tell me, I can work with it."),
    ))  # fmt: skip


KINDS: tuple[tuple[str, Callable[[Random], Pair]], ...] = (
    ("arithmetic", sums), ("format", layout), ("definition", definition), ("context", context), ("rewrite", rewrite),
    ("arithmetic", stories), ("format", layout), ("summary", summary), ("unknown", unknown), ("context", context),
)  # fmt: skip


ONCE = (definition, rewrite, summary)  # their table rows come once, whatever the wording of the question


def starter(count: int, seed: int) -> list[Row]:
    """`count` rows, the kinds in turn; the same count and seed give the same rows. Raises UserError if the tables
    do not hold so many different ones."""
    rng, seen, rows, kinds = Random(seed), Seen(), list[Row](), list(KINDS)
    while len(rows) < count and kinds:
        for entry in tuple(kinds):
            found = _new(entry[1], rng, seen) if len(rows) < count else None
            if found:
                rows.append(row(*found, entry[0], "synthetic", entry[1].__name__))
            elif len(rows) < count:
                kinds.remove(entry)
    if len(rows) < count:
        raise UserError(f"the tables hold only {len(rows)} different rows. Choose a smaller --count.")
    return rows


def _new(make: Callable[[Random], Pair], rng: Random, seen: Seen) -> Pair | None:
    for _ in range(TRIES):
        pair = make(rng)
        if not seen.add(pair[1] if make in ONCE else pair[0]):
            return pair
    return None
