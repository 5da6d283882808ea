"""Versions of the adapter: look at them, choose, go back, undo a night, make room.

    python adapter.py list                        # a star is the one in use
    python adapter.py show 2026-11-26             # what it was made from, and what was measured
    python adapter.py diff 2026-11-25 2026-11-26
    python adapter.py use 2026-11-25              # answer with this one; nothing is deleted
    python adapter.py rollback                    # the one before, and what its night taught is to be learnt again
    python adapter.py undo 2026-11-26             # take that night's memories out of training, and build anew
    python adapter.py undo 2026-11-26 --back      # take them in again
    python adapter.py pin 2026-11-25              # keep it for good (unpin: no longer)
    python adapter.py prune --keep 3              # remove older ones; a night does so with [versions] keep
    python adapter.py verify                      # is every byte what it was?
    python adapter.py gc                          # remove what dead nights left behind

Exit codes: 0 done, 1 mend something (verify: a version is not whole), 4 undo's night was refused.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from circadian import lineage, options, reporting, retention, version_text, versions
from circadian.cli import Refused, counted, print_json, run_main
from circadian.config import Config, load
from circadian.files import only_one
from circadian.flags import parser_for, positive, verb_of
from circadian.undo import undo

Result = tuple[dict[str, Any], str]


def build_parser() -> argparse.ArgumentParser:
    parser = parser_for(__doc__ or "", "adapter.py")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, text in HELP.items():
        verb = verb_of(verbs, name, text)
        for tag in TAGS.get(name, ()):
            verb.add_argument(tag, metavar="TAG", help="a version")
        if name == "rollback":
            verb.add_argument(
                "nights", type=positive, nargs="?", default=1, metavar="N", help="so many nights back (default: 1)"
            )
        if name == "prune":
            verb.add_argument("--keep", type=positive, metavar="N", help="of the newest (default: [versions] keep)")
        if name == "undo":
            verb.add_argument("--back", action="store_true", help="take its memories into training again")
            verb.add_argument("--model", help="the base model: embedded, a folder, or a hub id")
            verb.add_argument("--force", action="store_true", help="also where a gate would refuse")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    settings = load(home=args.home, file=args.config, model__name=getattr(args, "model", None))
    run = VERBS[args.verb]
    if args.verb in READING:
        result, text = run(settings, args)
    else:
        with only_one(settings.logs / ".night.lock", "a night"):
            result, text = run(settings, args)
    print_json(result) if args.json else print(text)
    if result.get("status") == "refused":
        raise Refused(f"not published, what is in use was made with those memories: {'; '.join(result['reasons'])}")
    return 1 if result.get("broken") else 0


def show_list(settings: Config, args: argparse.Namespace) -> Result:
    pinned = sorted(retention.pins(settings.adapters))
    rows = [version_text.row(settings.adapters, tag, pinned) for tag in versions.tags(settings.adapters)]
    return {"versions": rows}, version_text.listed(rows)


def show(settings: Config, args: argparse.Namespace) -> Result:
    versions.check_there(settings.adapters, args.tag)
    wrong = version_text.whole(settings.adapters, args.tag)
    made = versions.manifest(settings.adapters / args.tag)
    return {"tag": args.tag, "whole": not wrong, "manifest": made}, version_text.shown(settings.adapters, args.tag, wrong)


def diff(settings: Config, args: argparse.Namespace) -> Result:
    for tag in (args.one, args.other):
        versions.check_there(settings.adapters, tag)
    found = version_text.compared(settings.adapters, args.one, args.other)
    return found, version_text.difference(found)


def use(settings: Config, args: argparse.Namespace) -> Result:
    lineage.use(settings.adapters, versions.choose(settings.adapters, args.tag))
    return {"in_use": args.tag}, f"{args.tag} is in use"


def rollback(settings: Config, args: argparse.Namespace) -> Result:
    left = lineage.in_use(settings.adapters)
    version = lineage.back(settings.adapters, args.nights)
    lineage.use(settings.adapters, version)
    now = version.tag if version else ""
    text = (
        f"{now or 'the base model alone'} is in use, no longer {left}; what was learnt since is learnt again in the next night"
    )
    return {"in_use": now, "left": left}, text


def undo_night(settings: Config, args: argparse.Namespace) -> Result:
    found = undo(settings, options.Options(model=settings.model.name, force=args.force), args.tag, args.back)
    if "after" in found:
        return found, reporting.cycle(found)
    return found, f"{found.get('tag', '')} {found['status']}".strip()


def pin(settings: Config, args: argparse.Namespace) -> Result:
    retention.pin(settings.adapters, args.tag, args.verb == "pin")
    return {
        args.verb + "ned": args.tag
    }, f"{args.tag} {'stays for good' if args.verb == 'pin' else 'may be removed when it is old'}"


def prune(settings: Config, args: argparse.Namespace) -> Result:
    gone = retention.prune(settings.adapters, args.keep or settings.versions.keep)
    return {"removed": gone}, f"removed {', '.join(gone)}" if gone else "nothing to remove"


def verify(settings: Config, args: argparse.Namespace) -> Result:
    wrong = {tag: version_text.whole(settings.adapters, tag) for tag in versions.tags(settings.adapters)}
    broken = {tag: why for tag, why in wrong.items() if why}
    used = lineage.in_use(settings.adapters)
    if used and used not in wrong:
        broken[used] = (
            f"the adapter in use, {used}, is gone from {settings.adapters}: choose another with python adapter.py use TAG."
        )
    lines = [*broken.values(), f"{counted(len(wrong) - len(broken.keys() & wrong.keys()), 'version')} whole, {len(broken)} not"]
    return {"whole": [tag for tag, why in wrong.items() if not why], "broken": broken}, "\n".join(lines)


def gc(settings: Config, args: argparse.Namespace) -> Result:
    paths = retention.leftovers(settings.adapters, settings.logs / "nights")
    free = retention.sweep(paths)
    return {
        "removed": len(paths),
        "bytes": free,
    }, f"removed {counted(len(paths), 'leftover')}, {free / version_text.MIB:.1f} MiB"


VERBS: dict[str, Callable[[Config, argparse.Namespace], Result]] = {
    "list": show_list, "show": show, "diff": diff, "use": use, "rollback": rollback, "undo": undo_night, "pin": pin,
    "unpin": pin, "prune": prune, "verify": verify, "gc": gc,
}  # fmt: skip
HELP = {
    "list": "all versions, oldest first",
    "show": "one version: what it was made from, and what was measured",
    "diff": "what differs between two versions",
    "use": "put a version in use",
    "rollback": "go so many nights back (N; default: 1)",
    "undo": "take a night's memories out of training and build anew (--back: in again; --model, --force: of that night)",
    "pin": "keep a version for good",
    "unpin": "keep it no longer",
    "prune": "remove older versions (--keep N)",
    "verify": "is every version what it was?",
    "gc": "remove what dead nights left behind",
}
TAGS = {"diff": ("one", "other")} | dict.fromkeys(("show", "use", "undo", "pin", "unpin"), ("tag",))
READING = ("list", "show", "diff", "verify")  # which change nothing and wait for no night


if __name__ == "__main__":
    raise SystemExit(run_main(main))
