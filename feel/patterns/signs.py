"""Which signs the parts of a pattern accept: letters, escapes, categories, blocks."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from typing import TypeAlias

Accepts: TypeAlias = Callable[[str], bool]
_CATEGORY = re.compile("L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?")
# The signs a name of XML may begin with, and those that may follow besides, as first and last of each stretch.
_INITIAL = ("::AZ__az\xc0\xd6\xd8\xf6\xf8\u02ff\u0370\u037d\u037f\u1fff\u200c\u200d\u2070\u218f\u2c00\u2fef\u3001\ud7ff"
            "\uf900\ufdcf\ufdf0\ufffd\U00010000\U000effff")
_FOLLOWING = "--..09\xb7\xb7\u0300\u036f\u203f\u2040"
# Where the blocks of Unicode begin and end.
_BLOCKS = """BasicLatin 0 7F, Latin-1Supplement 80 FF, LatinExtended-A 100 17F, LatinExtended-B 180 24F,
IPAExtensions 250 2AF, SpacingModifierLetters 2B0 2FF, CombiningDiacriticalMarks 300 36F, Greek 370 3FF,
GreekandCoptic 370 3FF, Cyrillic 400 4FF, Armenian 530 58F, Hebrew 590 5FF, Arabic 600 6FF, Syriac 700 74F,
Thaana 780 7BF, Devanagari 900 97F, Bengali 980 9FF, Gurmukhi A00 A7F, Gujarati A80 AFF, Oriya B00 B7F, Tamil B80 BFF,
Telugu C00 C7F, Kannada C80 CFF, Malayalam D00 D7F, Sinhala D80 DFF, Thai E00 E7F, Lao E80 EFF, Tibetan F00 FFF,
Myanmar 1000 109F, Georgian 10A0 10FF, HangulJamo 1100 11FF, Ethiopic 1200 137F, Cherokee 13A0 13FF,
UnifiedCanadianAboriginalSyllabics 1400 167F, Ogham 1680 169F, Runic 16A0 16FF, Khmer 1780 17FF, Mongolian 1800 18AF,
LatinExtendedAdditional 1E00 1EFF, GreekExtended 1F00 1FFF, GeneralPunctuation 2000 206F,
SuperscriptsandSubscripts 2070 209F, CurrencySymbols 20A0 20CF, CombiningMarksforSymbols 20D0 20FF,
LetterlikeSymbols 2100 214F, NumberForms 2150 218F, Arrows 2190 21FF, MathematicalOperators 2200 22FF,
MiscellaneousTechnical 2300 23FF, ControlPictures 2400 243F, OpticalCharacterRecognition 2440 245F,
EnclosedAlphanumerics 2460 24FF, BoxDrawing 2500 257F, BlockElements 2580 259F, GeometricShapes 25A0 25FF,
MiscellaneousSymbols 2600 26FF, Dingbats 2700 27BF, BraillePatterns 2800 28FF, CJKRadicalsSupplement 2E80 2EFF,
KangxiRadicals 2F00 2FDF, IdeographicDescriptionCharacters 2FF0 2FFF, CJKSymbolsandPunctuation 3000 303F,
Hiragana 3040 309F, Katakana 30A0 30FF, Bopomofo 3100 312F, HangulCompatibilityJamo 3130 318F, Kanbun 3190 319F,
BopomofoExtended 31A0 31BF, EnclosedCJKLettersandMonths 3200 32FF, CJKCompatibility 3300 33FF,
CJKUnifiedIdeographsExtensionA 3400 4DB5, CJKUnifiedIdeographs 4E00 9FFF, YiSyllables A000 A48F, YiRadicals A490 A4CF,
HangulSyllables AC00 D7A3, PrivateUse E000 F8FF, CJKCompatibilityIdeographs F900 FAFF,
AlphabeticPresentationForms FB00 FB4F, ArabicPresentationForms-A FB50 FDFF, CombiningHalfMarks FE20 FE2F,
CJKCompatibilityForms FE30 FE4F, SmallFormVariants FE50 FE6F, ArabicPresentationForms-B FE70 FEFE,
HalfwidthandFullwidthForms FF00 FFEF, Specials FFF0 FFFD, OldItalic 10300 1032F, Gothic 10330 1034F,
Deseret 10400 1044F, ByzantineMusicalSymbols 1D000 1D0FF, MusicalSymbols 1D100 1D1FF,
MathematicalAlphanumericSymbols 1D400 1D7FF, CJKUnifiedIdeographsExtensionB 20000 2A6DF,
CJKCompatibilityIdeographsSupplement 2F800 2FA1F, Tags E0000 E007F"""
BLOCKS = {name: (chr(int(first, 16)), chr(int(last, 16)))
          for name, first, last in (block.split() for block in _BLOCKS.split(","))}


def _stretches(text: str) -> Accepts:
    firsts, lasts = zip(*sorted(zip(text[::2], text[1::2], strict=True)), strict=True)
    return lambda sign: (place := bisect_right(firsts, sign)) > 0 and sign <= lasts[place - 1]


LETTERS: dict[str, Accepts] = {
    "d": lambda sign: unicodedata.category(sign) == "Nd",
    "w": lambda sign: unicodedata.category(sign)[0] not in "PZC",
    "s": lambda sign: sign in " \t\n\r",
    "i": _stretches(_INITIAL),
    "c": _stretches(_INITIAL + _FOLLOWING),
}
SIGNS = {"n": "\n", "r": "\r", "t": "\t"}
PLAIN = frozenset("\\|.?*+(){}[]-^$/")  # signs that stand for themselves behind a backslash


def property_of(name: str) -> Accepts | None:
    """The signs of a category (`Lu`) or of a block (`IsGreek`), None when there is no such."""
    if _CATEGORY.fullmatch(name):
        return lambda sign: unicodedata.category(sign).startswith(name)
    block = BLOCKS.get(name[2:]) if name.startswith("Is") else None
    if block is None:
        return None
    first, last = block
    return lambda sign: first <= sign <= last


def variants(sign: str) -> frozenset[str]:
    """A sign in both cases."""
    return frozenset({sign, sign.lower(), sign.upper(), sign.swapcase()})


def one_of(sign: str, *, is_caseless: bool) -> Accepts:
    return variants(sign).__contains__ if is_caseless else sign.__eq__


def between(first: str, last: str, *, is_caseless: bool) -> Accepts:
    if is_caseless:
        return lambda sign: any(first <= variant <= last for variant in variants(sign))
    return lambda sign: first <= sign <= last
