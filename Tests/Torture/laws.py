"""What a script of laws prints and ends with: a line for each, and 1 when one was broken."""

import shutil


def bounded(counts, allowed):
    """Such as `3 of at most 272 email, 0 of at most 264 crm`; `allowed` says how many a law allows of each."""
    return ", ".join(f"{count} of at most {allowed(name)} {name}" for name, count in counts.items())


class Book:
    """The laws that were looked at."""

    def __init__(self):
        self.broken = 0

    def note(self, law, figures, problems=()):
        """Says of a law what was seen, and what broke it."""
        self.broken += bool(problems)
        said = f"BROKEN: {'; '.join(problems)}" if problems else "held"
        print(f"{law}: {figures}: {said}", flush=True)

    def close(self, round, problems):
        """Keeps the folder of a round that broke something."""
        if problems:
            print(f"  kept: {round.folder}")
        else:
            shutil.rmtree(round.folder)

    @property
    def verdict(self):
        return "every law held" if not self.broken else f"{self.broken} laws were broken"
