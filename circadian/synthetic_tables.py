"""Tables for circadian/synthetic.py: invented shops and notes, common words and short texts; no person, no place."""

from __future__ import annotations

THINGS = (
    ("box", "boxes", "pens"), ("bag", "bags", "marbles"), ("shelf", "shelves", "jars"), ("tray", "trays", "cups"),
    ("row", "rows", "chairs"), ("crate", "crates", "bottles"), ("page", "pages", "stickers"), ("packet", "packets", "seeds"),
)  # fmt: skip
SPENT = (("a kettle", "lamp"), ("a scarf", "hat"), ("a notebook", "folder"), ("a basket", "rug"), ("a hammer", "saw"))

WORDS = (
    ("reluctant", "unwilling or slow to do something"), ("transparent", "easy to see through"),
    ("temporary", "lasting only for a limited time"), ("abundant", "present in very large amounts"),
    ("fragile", "easily broken or damaged"), ("annual", "happening once every year"),
    ("obsolete", "no longer used because something newer exists"), ("concise", "saying much in few words"),
    ("evaporate", "to turn from a liquid into a gas"), ("postpone", "to move something to a later time"),
    ("itinerary", "a plan of a journey with its stops and times"), ("deadline", "the latest time by which something must be done"),
    ("prototype", "a first model built to try out a design"), ("glossary", "a list of special words with their meanings"),
    ("receipt", "a paper or message that proves a payment was made"), ("refund", "money given back to a buyer"),
    ("algorithm", "a fixed list of steps that solves a problem"), ("browser", "a program that opens and shows web pages"),
    ("habitat", "the natural home of a plant or an animal"), ("compost", "decayed plant waste that feeds the soil"),
    ("average", "the sum of some numbers divided by how many there are"), ("perimeter", "the total length of the outline of a shape"),
)  # fmt: skip

GROUPS = (
    ("fruits", ("apple", "pear", "plum", "cherry", "mango")), ("tools", ("hammer", "saw", "drill", "pliers", "wrench")),
    ("colours", ("red", "green", "blue", "yellow", "purple")), ("vegetables", ("carrot", "leek", "onion", "spinach", "pea")),
    ("pieces of furniture", ("table", "chair", "bed", "sofa", "desk")), ("birds", ("robin", "owl", "crow", "swan", "heron")),
    ("drinks", ("water", "tea", "milk", "juice", "cocoa")), ("instruments", ("flute", "violin", "drum", "harp", "trumpet")),
)  # fmt: skip
OPPOSITES = (("hot", "cold"), ("early", "late"), ("empty", "full"), ("narrow", "wide"), ("heavy", "light"), ("noisy", "quiet"))
STEPS = (
    ("making tea", ("Boil the water.", "Put a tea bag in the cup.", "Pour in the water and wait three minutes.")),
    ("planting a seed", ("Fill a pot with soil.", "Push the seed in and cover it.", "Water it and put it in the light.")),
    ("changing a light bulb", ("Switch off the power.", "Let the old bulb cool and remove it.", "Screw in the new bulb.")),
    ("sending a parcel", ("Pack the item safely.", "Write the address on the box.", "Hand it in and keep the receipt.")),
    ("washing a woollen jumper", ("Use cool water and mild soap.", "Press it gently, do not wring.", "Dry it flat.")),
)  # fmt: skip

TEXTS = (
    ("The library will close at noon on Friday because the heating is being repaired. Books due that day may be returned on "
     "Monday without a fee.", "The library closes at noon on Friday for heating repairs, and books due then can come back on Monday."),
    ("Our bakery tried paper bags for a month. Customers liked them, but they tore when wet, so we now use thin cloth bags.",
     "The bakery tested paper bags, found they tore when wet, and switched to cloth bags."),
    ("The bus was late for three reasons: a flat tyre, a closed bridge and heavy rain. It reached the station an hour after "
     "the plan.", "A flat tyre, a closed bridge and heavy rain made the bus an hour late."),
    ("Bees visit flowers to collect nectar. While they do so, pollen sticks to them and is carried to the next flower, which "
     "helps plants make seeds.", "By collecting nectar, bees carry pollen between flowers and help plants make seeds."),
    ("The team met twice this week. They agreed to drop the old design, keep the blue logo and test the new menu with ten users.",
     "The team dropped the old design, kept the blue logo and will test the new menu with ten users."),
    ("Sleep helps the brain store what was learnt during the day. People who sleep too little often remember less and make more "
     "mistakes.", "Sleep helps the brain keep what it learnt, and too little of it hurts memory and accuracy."),
    ("The garden club planted twelve trees in spring. Two did not survive the dry summer, but the others have grown well.",
     "Of the twelve trees planted in spring, ten survived the dry summer and are growing well."),
    ("The phone has a bright screen and a good camera. Its battery, however, is empty by the afternoon, and it cannot be "
     "replaced.", "The phone has a good screen and camera, but a weak battery that cannot be replaced."),
    ("Salt lowers the temperature at which water freezes. That is why it is spread on icy roads in winter.",
     "Salt is spread on icy roads because it lowers the freezing point of water."),
    ("Tickets cost less if bought a week ahead. Groups of five or more get a further discount, and children enter free.",
     "Tickets are cheaper a week ahead and for groups of five or more, and children enter free."),
)  # fmt: skip

REWRITES = (
    ("in a more polite way", "Send me the file now.", "Could you please send me the file when you have a moment?"),
    ("in a more polite way", "You forgot the meeting.", "It seems the meeting may have slipped your mind."),
    ("in a more polite way", "This is too loud.", "Would you mind turning the volume down a little?"),
    ("in a more formal way", "Thanks a lot for the help!", "Thank you very much for your assistance."),
    ("in a more formal way", "We can't make it on Tuesday.", "Unfortunately, we are unable to attend on Tuesday."),
    ("in a more formal way", "The boss is okay with the plan.", "The manager has approved the plan."),
    ("in a more casual way", "I would be delighted to join you for lunch.", "I'd love to come along for lunch!"),
    ("in a more casual way", "Please inform me of your arrival.", "Let me know when you get here."),
    ("in simpler words", "The apparatus ceased to function.", "The machine stopped working."),
    ("in simpler words", "We must ascertain the cause of the delay.", "We need to find out why it is late."),
    ("in fewer words", "At this point in time we do not have any spare parts.", "We have no spare parts now."),
    ("in fewer words", "He made the decision to wait due to the fact that it was raining.", "He waited because it rained."),
    ("in the past tense", "She walks to work and buys a coffee.", "She walked to work and bought a coffee."),
    ("in the past tense", "They write a letter and send it.", "They wrote a letter and sent it."),
    ("in the passive voice", "The gardener cut the hedge.", "The hedge was cut by the gardener."),
    ("in the passive voice", "The wind broke the window.", "The window was broken by the wind."),
)  # fmt: skip

SHOPS = ("flower shop", "book shop", "bicycle workshop", "pet shop", "tea house", "print shop", "swimming pool", "toy museum")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
PARTS = ("spare key", "torch", "first-aid kit", "folded map", "tape measure", "pair of gloves")
PLACES = ("the top drawer", "the blue cupboard", "the green box", "the hall closet", "the desk", "the glove compartment")
MISSING = ("who designed it", "how long it took", "what it cost", "who asked for it", "when it will be tested")
FACTS = (
    "The new shelf is made of oak.", "The fence behind the shed was painted white.", "The old pump was replaced in spring.",
    "The ramp at the back door is finished.", "The sign above the gate is bright red.",
)  # fmt: skip
UNTOLD = (
    "the name of my dentist", "my shoe size", "the password of my router", "when my neighbour's birthday is",
    "which train I took yesterday", "what my sister ordered for lunch", "the colour of my front door", "how many plants I own",
)  # fmt: skip
