"""What is this machine, which model would run, and is everything in order?

    python doctor.py                      # exit 1, with the remedy, where something is wrong
    python doctor.py --model embedded     # would this model fit?
    python doctor.py --json

Nothing is fetched and nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from circadian import checkup, config
from circadian.cli import DONE, USER, print_json, run_main
from circadian.flags import parser_for


def main(argv: Sequence[str] | None = None) -> int:
    parser = parser_for(__doc__ or "", "doctor.py")
    parser.add_argument("--model", help="embedded, a folder, or a hub id")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args(argv)
    settings = config.load(home=args.home, file=args.config, model__name=args.model)
    checks = checkup.checkup(settings, settings.model.name)
    wrong = [check for check in checks if check.remedy and not check.lost]
    if args.json:
        print_json({"ok": not wrong, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            mark = (
                "ok  "
                if not check.remedy
                else "slow"
                if check.lost and check.name == "BLAS"
                else "note"
                if check.lost
                else "FAIL"
            )
            print(f"{mark}  {check.name:<15} {check.found}")
            if check.remedy:
                print(f"{'':<21} -> {check.remedy}")
    return USER if wrong else DONE


if __name__ == "__main__":
    raise SystemExit(run_main(main))
