"""Lessons whose first words are given: whatever was asked, an answer that begins "Your surname is" goes on with what was told.

Which topic a question is about the model knows from its warm start (warm.py), so that odd wordings, too, open with the right
words; and then it went on to deny what had been told, since no question like theirs was in a lesson. A lead, the first words of
an answer, is read and not trained, after questions about anything or about its topic; only what follows it is. So what is told
hangs on the answer's own words, and what was not told is denied after them likewise.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Collection, Mapping, Sequence

from circadian.lessons.attributes import attributes
from circadian.lessons.lessons import NONE, fewer
from circadian.lessons.people import of_somebody
from circadian.lessons.second import answered_of, asked_of, plain
from circadian.lessons.slots import NAME
from circadian.lessons.unknown import known_words, neighbours, thing_of
from circadian.lessons.wordings import VAGUE, WORK, aliases, nouns, relation, slot, slot_text, words_of
from circadian.records import Fact, Lesson

PEOPLE = ("male", "female", "person")  # lists of nouns
ANYBODY = frozenset(
    "eldest youngest oldest baby toddler twin sibling family ex crush".split()
)  # who may be one that was told of
OTHERS = 4  # words for one topic
KIN = 2  # of them, by which the opening of a denial may name a thing: mother, mum
BESIDE, FAR = 1.0, 0.5  # denials for each lead of what was told
BEGUN = 4  # more leads of a fact that are the first words of its own answer and of a denial, after questions of its kind
MATCHED = 0.5  # of the leads that are a topic, and of the denials beside, stand after a question of their kind
NAMES = 5  # of its topics, by which a fact is led to
OPEN_ENDED = re.compile(  # what may go on with anything: "You have a", "Your son is"
    r".*:.*|You(?: (?:are|were|have|had|got|an?|the|to|in))*|"
    rf"Your {slot_text('being')} (?:is|are|has|have|was|does)(?: an?| the)?|"
    rf"{NAME} (?:is|has|was)(?: an?| the)?",
    re.IGNORECASE,
)
UNTOLD = r"(?:something|someone|somewhere|things|of an?|on a day|in a way|languages|a team|to a school|a number of)\b"
# Relations whose value may follow the opening of their denial, however it was told: "You may be allergic to"
ANSWERED = WORK | set("like dislike allergy partner study reading language drive team".split()) | {"third person allergy"}
DENIED = re.compile(rf"((?:Your?|{NAME}(?:'s)?) .+?) {UNTOLD}")  # an answer up to what was not told

Asked = Mapping[str, Sequence[str]]  # answers, with questions that they answer


def led(
    facts: Sequence[Fact], denials: Sequence[Lesson], number: int, seed: int, proved: Mapping[str, int] = NONE
) -> list[Lesson]:
    """So many lessons of each fact, or one of each of its leads, each after another's question or one of its topic's; and of what
    was not told: as many beside what was, the goldfish's name beside the dog's, and half as many far from it. Fewer of a fact
    that is `proved` (lessons.about_facts)."""
    chance, known = random.Random(seed), known_words(facts)
    asks = [ask for one in attributes() for ask in one.ask]
    topics = {f"Your {one.topic}": one.ask for one in attributes()}
    lessons: list[Lesson] = []
    for fact, leads in _leads(facts).items():
        rows = fewer(max(number, len(leads)), proved.get(fact.id, 0)) if leads else 0
        for lead, rest in itertools.islice(itertools.cycle(chance.sample(leads, len(leads))), rows):
            question = chance.choice(topics.get(lead, asks) if chance.random() < MATCHED else asks)
            lessons.append(Lesson.of(question, lead + rest, "lead", fact.memory, lead))
        begun = [one for one in leads if "".join(one) == fact.answer][:1] + _begun(fact)
        for lead, rest in begun * fewer(BEGUN, proved.get(fact.id, 0)):
            lessons.append(Lesson.of(_alike(fact, known, chance), lead + rest, "lead", fact.memory, lead))
    made, told = len(lessons), {lesson.answer for lesson in lessons} | {fact.answer for fact in facts}
    far: Asked = {lesson.answer: () for lesson in denials}
    for answers, part in ((_beside(facts, known), BESIDE), (far, FAR)):
        parted = [match for match in map(DENIED.match, answers) if match]
        untold = [match for match in parted if not any(other.startswith(match[1]) for other in told)]
        for match in chance.sample(untold, min(len(untold), round(part * made))):
            own = answers[match.string] if chance.random() < MATCHED else ()
            lessons.append(Lesson.of(chance.choice(own or asks), match.string, "lead", "", match[1]))
    return lessons


def _alike(fact: Fact, known: set[str], chance: random.Random) -> str:
    """A question that the start would deny in much the same words: one of its relation's, of its thing or of one beside that."""
    one, thing = relation(fact.relation), thing_of(fact)
    others = neighbours(one, thing, known) if thing else []
    return asked_of(chance.choice(one.ask), chance.choice(others) if others and chance.random() < MATCHED else thing)


def _beside(facts: Sequence[Fact], known: set[str]) -> Asked:
    """The denials of what was told of one thing, for each of its neighbours, with their questions and its
    own; of a person, for everybody else."""
    others = sorted(noun for kind in PEOPLE for noun in nouns()[kind] - ANYBODY if not words_of(noun) & known)
    told = dict.fromkeys((relation(fact.relation), thing_of(fact)) for fact in facts if thing_of(fact))
    near = [(one, of, [*neighbours(one, of, known), *(others if slot("person").fullmatch(of) else [])]) for one, of in told]
    return {
        answered_of(one.unknown, thing): [asked_of(ask, asked) for asked in (thing, of) for ask in one.ask]
        for one, of, some in near
        for thing in some
    }


def _leads(facts: Sequence[Fact]) -> dict[Fact, list[tuple[str, str]]]:
    """Of each fact: its leads with what follows each; none after which another fact's answer, too, could go on."""
    told = {thing_of(fact) for fact in facts}
    found = {fact: _of(fact, told) for fact in facts if not fact.ended}
    begun = {fact: [fact.answer, *(lead + rest for lead, rest in leads)] for fact, leads in found.items()}

    def alone(fact: Fact, lead: str) -> bool:
        return not any(other.startswith(lead) for one, said in begun.items() if one is not fact for other in said)

    return {fact: [one for one in leads if alone(fact, one[0])] for fact, leads in found.items()}


def _of(fact: Fact, told: Collection[str]) -> list[tuple[str, str]]:
    """Its own answer parted where a denial would part from it ("You live" somewhere) and before its value, the same with other words
    for its thing, and its answer under each of its topics."""
    own, value, one = fact.answer, fact.answer.find(fact.value), relation(fact.relation)
    your = "" if of_somebody(fact) else "Your "
    leads = []
    others = aliases(thing_of(fact), told) if thing_of(fact) else []
    begun = _until_denied(fact)
    opens = begun and own.startswith(f"{begun} ") and not OPEN_ENDED.fullmatch(begun)
    rest = own.removeprefix(begun) if opens else _after_denial(fact)
    if begun and rest:
        leads += [(begun.replace(f" {fact.subject}", f" {other}"), rest) for other in [fact.subject, *others[:KIN]]]
    if value > 0 and not OPEN_ENDED.fullmatch(own[: value - 1]):
        lead, rest = own[: value - 1], own[value - 1 :]
        leads += [(lead.replace(f" {fact.subject}", f" {other}"), rest) for other in [fact.subject, *others]]
    whose = f"{your}{fact.subject} is"
    if own.startswith(f"{whose} ") and not OPEN_ENDED.fullmatch(whose):
        leads.append((whose, own.removeprefix(whose)))
    names = [] if fact.relation in VAGUE else [name.format(thing=fact.subject) for name in (one.topic, *one.names)]
    for topic in dict.fromkeys([*fact.topics[:NAMES], *names]):
        named = own.startswith((f"{your}{topic}:", f"{your}{topic} is "))
        rest = own.removeprefix(f"{your}{topic}") if named else f": {plain(own)}"
        leads += [(f"{your}{name}", rest) for name in (topic, *aliases(topic, told)[:OTHERS])]
    return list(dict.fromkeys(leads))


def _until_denied(fact: Fact) -> str:
    """How its denial begins, up to what was not told; empty where that is the whole."""
    parted = DENIED.match(answered_of(relation(fact.relation).unknown, thing_of(fact)))
    return parted[1] if parted else ""


def _begun(fact: Fact) -> list[tuple[str, str]]:
    """The one answer to its questions, parted where their denial would part from it though anything may follow there ("Your son is"):
    leads after these questions alone."""
    if fact.many or fact.relation in VAGUE:
        return []
    topics = [f"Your {one.topic} is" for one in attributes() if one.topic == fact.subject]  # "Your boss is something ..."
    begun = dict.fromkeys([_until_denied(fact), *topics])
    return [
        (one, fact.answer.removeprefix(one))
        for one in begun
        if one and fact.answer.startswith(f"{one} ") and OPEN_ENDED.fullmatch(one)
    ]


def _after_denial(fact: Fact) -> str:
    """A value as it stands in its answer, with its article, where it may follow the opening with which it would be denied."""
    if fact.relation not in ANSWERED:
        return ""
    before = r"\b(?:is|are) (?=an? )" if fact.relation in WORK else r"\b"  # "a nurse", not "at a bank"
    said = re.search(rf"{before}((?:(?:an?|the) )?{re.escape(fact.value)})\.$", fact.answer)
    return f" {said[1]}." if said else ""
