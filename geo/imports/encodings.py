"""PURE: in which encoding text was written, as far as a file says so; and text that was read in a wrong one."""

import codecs
import re

# Code pages as .cpg files and the language byte of a .dbf name them. GB18030 reads every GBK file, and the characters
# outside the BMP as well.
_PAGES = {"936": "gb18030", "54936": "gb18030", "65001": "utf-8", "950": "big5", "1252": "cp1252", "88591": "iso8859-1"}
_DBF_BYTES = {0x4D: "gb18030", 0x4F: "big5", 0x03: "cp1252"}
_ALIASES = {"gbk": "gb18030", "gb2312": "gb18030"}

_CJK = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_ASCII = re.compile(r"[\x00-\x7f]+")
_FOREIGN_RUNS = re.compile(r"[^\x00-\x7f]+")
_LATIN = re.compile(r"[\u0080-\u00ff]")
_LATIN_PAIRS = re.compile(r"(?:[\u00a1-\u00ff]{2})+")


def encoding_named(name: str) -> str:
    """Return Python's name of an encoding (`GBK`, `936`, `ANSI 936`, `UTF-8`); raises ValueError for an unknown one."""
    plain = re.sub(r"^(ansi|oem|cp|windows|iso)[\s_-]*", "", name.strip().lower()).replace(" ", "")
    if plain.replace("-", "") in _PAGES:
        return _PAGES[plain.replace("-", "")]
    try:
        known = codecs.lookup(name.strip()).name
    except LookupError:
        raise ValueError(f"the encoding {name.strip()!r} is not known") from None
    return _ALIASES.get(known, known)


def dbf_encoding(language_byte: int) -> str:
    """Return the encoding that the header of a .dbf names, empty where it names none (0 and 0x57: "as my Windows")."""
    return _DBF_BYTES.get(language_byte, "")


def misread(text: str) -> bool:
    """Return whether text looks as if it was read in another encoding than it was written in.

    U+FFFD stands where bytes meant nothing. UTF-8 read as GBK, and GBK or UTF-8 read as Latin, turn back into nothing
    but Chinese; a Finnish or German word does not, and hardly any Chinese one.
    """
    if text.isascii():
        return False
    foreign = _ASCII.sub("", text)
    # 锟斤拷 is U+FFFD itself, twice, as UTF-8 read as GBK.
    if "\ufffd" in foreign or "锟斤拷" in foreign or _turns_back(foreign, "gb18030", "utf-8"):
        return True
    return _LATIN.search(foreign) is not None and _latin_turns_back(text, foreign)


def _turns_back(foreign: str, read_as: str, written_in: str) -> bool:
    try:
        # Not final: of an odd number of bytes the last one was lost on the way.
        meant = codecs.getincrementaldecoder(written_in)().decode(foreign.encode(read_as))
    except UnicodeError:
        return False
    return len(meant) > 1 and _CJK.fullmatch(meant) is not None


def _latin_turns_back(text: str, foreign: str) -> bool:
    if len(foreign) >= 6 and any(_turns_back(foreign, page, "utf-8") for page in ("cp1252", "latin-1")):
        return True
    runs = _FOREIGN_RUNS.findall(text)
    paired = all(_LATIN_PAIRS.fullmatch(run) for run in runs) and any(len(run) >= 4 for run in runs)
    return paired and _turns_back(foreign, "latin-1", "gb2312")
