"""Words that are written in several ways, and those that say little about whom a name means."""

from __future__ import annotations

_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_TENS, _ONES = ("", "x", "xx", "xxx"), ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")

_SHORT = {
    # ranks and forms of address
    "adm": "admiral", "brig": "brigadier", "capt": "captain", "cdr": "commander",
    "cmdr": "commander", "col": "colonel", "cpl": "corporal", "cpt": "captain", "dr": "doctor",
    "gen": "general", "gov": "governor", "hon": "honorable", "jr": "junior", "lt": "lieutenant",
    "lieut": "lieutenant", "maj": "major", "pres": "president", "prof": "professor",
    "pvt": "private", "rev": "reverend", "sen": "senator", "sgt": "sergeant", "sr": "senior",
    # units
    "arm": "armored", "armd": "armored", "armoured": "armored", "arty": "artillery",
    "bde": "brigade", "bn": "battalion", "btn": "battalion", "cav": "cavalry", "coy": "company",
    "div": "division", "engr": "engineer", "hq": "headquarters", "inf": "infantry",
    "regt": "regiment", "rgt": "regiment", "sqn": "squadron",
    # houses, companies and places
    "assn": "association", "assoc": "association", "bros": "brothers", "co": "company",
    "dept": "department", "ft": "fort", "govt": "government", "inc": "incorporated",
    "inst": "institute", "intl": "international", "ltd": "limited", "mt": "mount",
    "natl": "national", "soc": "society", "st": "saint", "univ": "university",
    # wars, which are one word for some
    "ww1": "world war 1", "wwi": "world war 1", "ww2": "world war 2", "wwii": "world war 2",
}  # fmt: skip

#: What a word is written as in the normal form.
SPELLINGS: dict[str, str] = {
    **{word: str(number) for number, word in enumerate(_ORDINALS.split(), 1)},
    # One letter may be an initial; normal.py takes it for a number at the end of a name.
    **{
        tens + ones: str(10 * ten + one)
        for ten, tens in enumerate(_TENS)
        for one, ones in enumerate(_ONES)
        if len(tens + ones) > 1
    },
    **_SHORT,
}

_SMALL = (
    "a an and at by for from in of on the to with de del della delle dei des di da do dos das "
    "du e ed el en et il la las le les lo los der die das dem den im von vom van zu zum zur und y"
)
_TITLES = (
    "admiral baron brigadier captain chancellor colonel commander corporal count doctor duke "
    "earl emperor frau general governor herr honorable junior king lady lieutenant lord madame "
    "major marshal miss mister mme mr mrs ms president prince princess private professor queen "
    "reverend saint senator senior sergeant signor sir"
)
#: Words that are in one spelling of a name and not in another.
SMALL = frozenset(_SMALL.split())
#: Words that stand before a name, or behind it, and say who bears it.
TITLES = frozenset(_TITLES.split())
