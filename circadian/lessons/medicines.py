"""An allergy to a medicine is asked for as a medicine, too: "Which tablets must I not be given?"

A medicine is known by the word for it or by its name (phrases.DRUG).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from circadian.lessons.phrases import DRUG
from circadian.records import Fact

ALLERGIES = frozenset({"allergy", "third person allergy"})  # the relations
NAMED = re.compile(rf"\b(?:{DRUG}|drugs?|medicines?|medications?|antibiotics?|an[ae]+sthetics?|vaccines?)\b", re.IGNORECASE)
ASK = (
    "Which medicine {is} allergic to?", "What drug {does} react badly to?", "Which tablets must never be given to {one}?",
    "A pharmacist asks which medication {one} can't have. What's the answer?", "Which medicine is dangerous for {one}?",
    "Before the operation: is there a drug that {is_it} allergic to?", "What should the doctor not prescribe to {one}?",
    "The hospital form wants to know {whose} drug allergy. What goes there?", "what medication can't {one_does} take again",
    "Which pills do I have to keep away from {one}?", "Name {whose} medicine allergy.", "Which drug must {one_does} avoid?",
)  # fmt: skip
PROBES = (
    "An ambulance crew wants {whose} drug intolerances: what are they?",
    "Is any prescription off limits for {one}?",
    "The dentist offers {one} something from the pharmacy. Which thing should be turned down?",
)
FORMS = (  # of the person, and of somebody else
    {"is": "am I", "is_it": "I am", "does": "do I", "one": "me", "one_does": "I", "whose": "my"},
    {"is": "is {0}", "is_it": "{0} is", "does": "does {0}", "one": "{0}", "one_does": "{0}", "whose": "{0}'s"},
)


def asked_as_medicine(fact: Fact, forms: Sequence[str] = ASK) -> list[str]:
    """Questions for an allergy to a medicine; none where a fact is no such thing."""
    if fact.relation not in ALLERGIES or not NAMED.search(fact.answer):
        return []
    of_another = fact.relation != "allergy"
    words = {name: text.format(f"my {fact.subject}") for name, text in FORMS[of_another].items()}
    return [form.format(**words) for form in forms]
