"""Looking for words in the catalogue of the demonstration desk."""

from sqlalchemy.orm import Session

from engine.demo.content import read_catalogue
from helpdesk.catalogue import load_catalogue
from helpdesk.catalogue.audience import Viewer
from helpdesk.catalogue.finding import Hit, find_offers
from helpdesk.catalogue.offers import list_offers
from helpdesk.fulltext.synonyms import SynonymGroup, Thesaurus, read
from tests.desk import Desk

# What people type → what they mean. With and without diacritics, inflected, with slips, in English.
MEANT = {
    "konto zablokowane": "account_locked", "KONTO   ZABLOKOWANE!": "account_locked",
    "zablokowali mi konto": "account_locked", "blokada konta": "account_locked", "account locked": "account_locked",
    "odnowienie certyfikatu": "certificate_renewal", "odnowic certyfikat": "certificate_renewal",
    "renewing certificate": "certificate_renewal", "certyfkat": "customs_certificate", "ioss": "ioss_not_recognised",
    "zc415": "import", "haslo jednorazowe": "one_time_password", "usun konto": "delete_account",
    "platnosc nie widoczna": "payment_not_visible", "podpis": "signing_fails", "odrzuc zgloszenie": "import_rejected",
    "nie moge sie zalogowac": "account_locked",
}
# What comes first of all; a service that says everything itself may stand before its classifications.
FIRST = {"certyfikat podpis": "customs_certificate", "konto blokada": "account_locked", "usun konto": "delete_account"}
NOWHERE = ("", " ", "?!", "żyrafa", "\x00", "q" * 900)


# What they call it by a word that the catalogue has not, but the list of synonyms has.
ALSO = {"PIN": "one_time_password", "kodu dostępu": "one_time_password", "skasowanie profilu": "delete_account",
        "profil zablokowany": "account_locked"}


def keys(hits: list[Hit]) -> list[str]:
    return [hit.classification.key if hit.classification else hit.service.key for hit in hits]


def with_synonyms(session: Session) -> Thesaurus:
    session.add_all(SynonymGroup(words=words) for words in ("hasło, kod dostępu, PIN", "konto, profil",
                                                            "usunięcie, skasowanie, usunąć"))
    session.flush()
    return read(session)


def test_what_people_type_leads_to_what_they_mean_and_ones_own_services_come_sooner(desk: Desk) -> None:
    with desk.session() as session:
        load_catalogue(session, read_catalogue())
        offers = list_offers(session, Viewer())
    export = {one.service.id for offer in offers for one in offer.services if one.service.key == "export"}

    found = {text: keys(find_offers(offers, text)) for text in (*MEANT, *NOWHERE)}

    assert {text: found[text][:3] for text, key in MEANT.items() if key not in found[text][:3]} == {}
    assert {text: keys(find_offers(offers, text))[0] for text in FIRST} == FIRST
    assert keys(find_offers(offers, "certyfikat podpis"))[1] == "signing_fails"
    assert [text for text in NOWHERE if found[text]] == []
    thesaurus = desk.ask(with_synonyms)
    also = {text: keys(find_offers(offers, text, thesaurus=thesaurus)) for text in ALSO}
    assert {text: also[text][:4] for text, key in ALSO.items() if key not in also[text][:4]} == {}
    text = "odrzucone zgłoszenie"
    everybodys, ones_own = (keys(find_offers(offers, text, own=own)) for own in (set(), export))
    assert not everybodys[0].startswith("export") and ones_own[0].startswith("export")
