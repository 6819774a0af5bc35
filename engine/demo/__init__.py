"""A desk at work, as data: a catalogue, the people and a quarter of tickets to show and to measure with."""
