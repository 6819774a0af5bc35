"""A small knowledge base to look for things in: what it says is invented, what it is about is not."""

from helpdesk.fulltext.postings import Entry, Text

EVERYONE, SIGNED_IN, AGENTS = 0, 1, 2


def _article(number: int, pl: tuple[str, str, str], en: tuple[str, str, str], *, keywords: str = "",
             level: int = EVERYONE,
             internal: str = "", services: tuple[int, ...] = ()) -> Entry:
    return Entry(number, level, [Text("pl", *pl, internal=internal), Text("en", *en)], keywords, {"service": services})


PASSWORD, ACCOUNT, IMPORT, EXCISE, FIRM, TRANSIT, PRINTER = range(1, 8)
OUTAGE, CERTIFICATE, PAYMENT, TRADER, OPINION, RULES = range(8, 14)

CORPUS = [
    _article(
        PASSWORD,
        ("Jak zmienić zapomniane hasło", "Nowe hasło ustawia się na stronie logowania.",
         "Na stronie logowania należy wybrać „Nie pamiętam hasła” i podać adres e-mail. System wyśle odnośnik, który "
         "jest ważny przez godzinę. Po trzech nieudanych próbach logowania konto jest blokowane na piętnaście minut."),
        ("How to change a forgotten password", "A new password is set on the sign-in page.",
         "Choose “I forgot my password” on the sign-in page and give your address. The link is good for an hour."),
        keywords="login, logowanie, reset", services=(1,)),
    _article(
        ACCOUNT,
        ("Usunięcie konta w portalu", "Konto usuwa się na wniosek jego właściciela.",
         "Wniosek o usunięcie konta składa się w zakładce „Moje dane”. Usuniętego konta nie można przywrócić, a jego "
         "użytkownik traci dostęp do wysłanych dokumentów."),
        ("Deleting your account", "An account is deleted when its owner asks for it.",
         "Ask for it under “My data”. A deleted account cannot be restored."), services=(1,)),
    _article(
        IMPORT,
        ("Odrzucone zgłoszenie przywozowe ZC415", "Co oznaczają błędy walidacji zgłoszenia celnego w przywozie.",
         "Komunikat ZC415 jest odrzucany, gdy brakuje wymaganych pozycji towarowych lub dokumentów. Powód odrzucenia "
         "jest podany w komunikacie zwrotnym. Po poprawieniu błędów zgłoszenie należy wysłać ponownie z nowym numerem "
         "własnym LRN. Cło i podatek oblicza system."),
        ("Rejected import declaration ZC415", "What the validation errors of an import declaration mean.",
         "The message ZC415 is rejected if items or documents are missing. Correct the errors and send the declaration "
         "again with a new LRN."),
        keywords="AIS, walidacja", services=(2,),
        internal="Stanowisko drugiej linii sprawdza dziennik pośrednika XKAPPA."),
    _article(
        EXCISE,
        ("Raport odbioru w EMCS", "Jak zakończyć przemieszczenie wyrobów akcyzowych raportem odbioru.",
         "Po otrzymaniu dokumentu IE801 odbiorca wysyła raport odbioru IE818. Przemieszczanie wyrobów jest zakończone, "
         "gdy urząd potwierdzi raport. Dokumentem zastępczym jest e-DD."),
        ("Report of receipt in EMCS", "How to end a movement of excise goods with a report of receipt.",
         "After the document IE801 the consignee sends the report of receipt IE818."), services=(3,)),
    _article(
        FIRM,
        ("Rejestracja firmy formularzem WRP0001", "Jak zarejestrować podmiot i jego przedstawicieli.",
         "Formularz WRP-0001 wypełnia osoba, która reprezentuje firmę. Do rejestracji potrzebne są NIP i REGON. "
         "Upoważnienie dla pracownika nadaje się formularzem WPE0001."),
        ("Registering a firm with the form WRP0001", "How to register a firm and those who act for it.",
         "The form WRP-0001 is filled in by somebody who represents the firm."), services=(1,)),
    _article(
        TRANSIT,
        ("Brak zwolnienia do tranzytu w NCTS2", "Co zrobić, gdy przewóz nie został zwolniony do tranzytu.",
         "Zwolnienie do tranzytu przychodzi komunikatem IE029. Jeżeli go nie ma po godzinie, należy sprawdzić stan "
         "gwarancji i saldo, a potem skontaktować się z urzędem wyjścia. "
         "Przesyłki żywych zwierząt mają pierwszeństwo."),
        ("No release for transit in NCTS2", "What to do when the carriage was not released for transit.",
         "The release comes with the message IE029. Check the guarantee and its balance first."), services=(4,)),
    _article(
        PRINTER,
        ("Drukarka nie drukuje potwierdzeń", "Potwierdzenie można zapisać w pliku PDF.",
         "Jeżeli drukarka nie drukuje potwierdzenia zgłoszenia, należy zapisać je w pliku i wydrukować z przeglądarki. "
         "Na wydruku musi być widoczny numer zgłoszenia."),
        ("The printer does not print receipts", "A receipt can be saved as a PDF file.",
         "Save the receipt as a file and print it from your browser.")),
    _article(
        OUTAGE,
        ("Procedura awaryjna w czasie awarii systemu", "Jak postępować, gdy systemy celne nie działają.",
         "W czasie awarii stosuje się procedurę awaryjną. Numer komunikatu o awarii KOM/2026/0001 "
         "wpisuje się w polu 44. "
         "Po usunięciu awarii dane należy niezwłocznie wprowadzić do systemu."),
        ("Emergency procedure during a failure", "What to do when customs systems are down.",
         "During a failure the emergency procedure is used. Enter the data when the system is back.")),
    _article(
        CERTIFICATE,
        ("Zawieszenie i unieważnienie certyfikatu", "Certyfikat celny można zawiesić na 14 dni.",
         "Zawieszony certyfikat można odwiesić, unieważnionego nie można. Podpisywanie dokumentów zawieszonym "
         "certyfikatem kończy się błędem podpisu."),
        ("Suspending and revoking a certificate", "A customs certificate can be suspended for 14 days.",
         "A suspended certificate can be restored, a revoked one cannot.")),
    _article(
        PAYMENT,
        ("Płatności i saldo należności", "Gdzie sprawdzić opłaty, należności celne i nadpłatę.",
         "Należności opłaca się przelewem na mikrorachunek. Nadpłata jest zwracana na wniosek. Opłata za przechowanie "
         "towaru w magazynie jest naliczana osobno."),
        ("Payments and balance", "Where to check charges, duties and overpayments.",
         "Duties are paid by transfer. An overpayment is returned when you ask for it.")),
    _article(
        TRADER,
        ("Numer EORI dla przedsiębiorcy", "Jak uzyskać i zaktualizować numer EORI.",
         "Numer EORI nadaje się przedsiębiorcom, którzy przywożą lub wywożą towary. Wniosek podpisuje się "
         "elektronicznie. Księgowa może złożyć go z upoważnienia."),
        ("EORI number for traders", "How to get and update an EORI number.", "Traders who import or export need one.")),
    _article(
        OPINION,
        ("Ocena pracy pomocy technicznej", "Jak ocenić obsługę i złożyć reklamację.",
         "Reklamację składa się w ciągu siedmiu dni. Rozpatruje ją kierownik zmiany, a odpowiedź przychodzi e-mailem."),
        ("Rating our work", "How to rate us and how to complain.", "A complaint is made within seven days."),
        level=SIGNED_IN),
    _article(
        RULES,
        ("Zasady pracy z kolejką ZKAPPA9", "Regulamin wewnętrzny drugiej linii.",
         "Kolejkę ZKAPPA9 przegląda dyżurny o siódmej. Eskalacja idzie do żyrafiarni."),
        ("Rules of the queue ZKAPPA9", "Internal rules.", "The queue is looked through at seven."), level=AGENTS),
]
