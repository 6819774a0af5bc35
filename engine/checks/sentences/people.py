"""Sentences about who does a step and what they see: lanes, forms, names, the picture."""

PEOPLE = {
    "step_for_unknown_team": {
        "pl": "Krok „{name}” ma trafić do zespołu „{lane}”, którego nie ma.",
        "en": "The step “{name}” is to go to the team “{lane}”, which does not exist."},
    "task_without_form": {"pl": "Krok „{name}” nie ma formularza.", "en": "The step “{name}” has no form."},
    "unknown_form": {
        "pl": "„{name}” używa formularza „{form}”, którego nie ma.",
        "en": "“{name}” uses the form “{form}”, which does not exist."},
    "reply_without_answer": {
        "pl": "Krok „{name}” kończy odpowiedź klienta, ale formularz „{form}” nie ma na nią pola „{field}”.",
        "en": "A client's reply completes the step “{name}”, but the form “{form}” has no field “{field}” for it."},
    "unknown_priority": {
        "pl": "Krok „{name}” ma priorytet „{priority}”, a może mieć: {choices}.",
        "en": "The step “{name}” has the priority “{priority}” and may have: {choices}."},
    "not_by_unknown": {
        "pl": "Kroku „{name}” nie może wykonać ten, kto wykonał „{id}”, ale takiego innego kroku człowieka nie ma.",
        "en": "The step “{name}” must not be done by who did “{id}”, and there is no such other human step."},
    "not_by_unreadable": {
        "pl": "„{name}” ma mówić, kto nie może go wykonać (not_by): krok człowieka, z identyfikatorami po przecinku.",
        "en": "“{name}” should say who must not do it (not_by): a human step, with ids separated by commas."},
    "one_click_unreadable": {
        "pl": "„{name}” ma mówić, na co można odpowiedzieć z listu (one_click): krok klienta, z nazwą pola.",
        "en": "“{name}” should say what can be answered from a letter (one_click): a client's step, with a field."},
    "one_click_unknown": {
        "pl": "Na krok „{name}” można odpowiedzieć z listu polem „{field}”, którego nie ma w formularzu „{form}”.",
        "en": "The step “{name}” can be answered from a letter by the field “{field}”, which “{form}” does not have."},
    "task_without_lane": {
        "pl": "Krok „{name}” nie leży na żadnym torze, więc nie wiadomo, kto go wykonuje.",
        "en": "The step “{name}” lies in no lane, so nobody knows who does it."},
    "unknown_lane": {
        "pl": "Tor „{name}” ({id}) nie należy do żadnego zespołu ani do klienta.",
        "en": "The lane “{name}” ({id}) belongs to no team and not to the client."},
    "two_lanes": {
        "pl": "Krok „{name}” leży na dwóch torach.",
        "en": "The step “{name}” lies in two lanes."},
    "name_missing": {
        "pl": "„{name}” nie ma polskiej nazwy.",
        "en": "“{name}” has no Polish name."},
    "english_name_missing": {
        "pl": "„{name}” nie ma angielskiej nazwy.",
        "en": "“{name}” has no English name."},
    "no_picture": {
        "pl": "„{name}” nie jest narysowane na diagramie.",
        "en": "“{name}” is not drawn in the diagram."},
}
