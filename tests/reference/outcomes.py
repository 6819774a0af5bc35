"""Every outcome of one act that the standard allows, as far as one wants to see them."""

from collections import Counter, defaultdict
from copy import deepcopy

from tests.reference.events import Uncaught
from tests.reference.interpreter import Endless, alike, first

MOST_TRIES = 1_500


class _Astray(Exception):
    """This order of events leads to something else than what was seen."""


class Undecided(AssertionError):
    """There are too many orders in which this may have happened."""


class _Script:
    """Decides as it was told, and where it was not told takes the first and notes that there were others."""

    def __init__(self, told, todo):
        self.told, self.todo, self.made = told, todo, []

    def __call__(self, count):
        if count == 1:
            return 0
        if len(self.made) < len(self.told):
            choice = self.told[len(self.made)]
        else:
            choice = 0
            self.todo += [(*self.made, other) for other in range(count - 1, 0, -1)]
        self.made.append(choice)
        return choice

    @property
    def is_beyond(self):
        return len(self.made) >= len(self.told)


class _Trail(list):
    """Gives up as soon as there is an entry that was not seen."""

    def __init__(self, seen):
        super().__init__()
        self.left = Counter(seen)
        self.places = defaultdict(list)
        for place, (element, what, _) in enumerate(seen):
            self.places[element, what].append(place)

    def append(self, entry):
        self.left[entry] -= 1
        if self.left[entry] < 0:
            raise _Astray
        super().append(entry)
        self.places[entry[:2]].pop(0)

    def rank(self, element, what):
        """Where in what was seen this stands next: a good guess of what happened first, and no more than that."""
        return min(self.places[element, what], default=-1)


def outcomes(reference, act, seen):
    """The worlds in which `reference` may be after `act` if its trail is, in any order, `seen`."""
    todo, known = [()], set()
    for _ in range(MOST_TRIES):
        if not todo:
            return
        world = deepcopy(reference)
        script = _Script(todo.pop(), todo)
        world.trail, world.calls, world.thrown = _Trail(seen), [], []
        world.choose, world.rank = _watched(world, script, known), world.trail.rank
        try:
            act(world)
        except (_Astray, Uncaught, Endless):
            continue
        if not +world.trail.left:
            world.choose, world.rank, world.trail = None, None, list(world.trail)
            yield world
    raise Undecided


def _watched(world, script, known):
    """Gives up where another try has already been."""

    def choose(count):
        if script.is_beyond and count > 1:
            where = (world.shape(), tuple(sorted(world.trail)), count)
            if where in known:
                raise _Astray
            known.add(where)
        return script(count)

    return choose


def usual(reference, act):
    """The world after `act` when the first thing always happens first."""
    world = deepcopy(reference)
    world.choose, world.rank, world.trail, world.calls, world.thrown = first, alike, [], [], []
    act(world)
    return world
