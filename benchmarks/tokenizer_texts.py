"""Texts for comparing tokenizers: real ones in many scripts, and made ones that are hard."""

import functools
import gettext
import json
import random
import unicodedata
from pathlib import Path

from common import DATA, stop

# Languages whose translations lie on any Debian machine (package iso-codes and others), one script each or more.
LANGUAGES = {"am": "Ethiopic", "ar": "Arabic", "el": "Greek", "he": "Hebrew", "hi": "Devanagari", "ja": "Kana", "ka": "Georgian",
             "ko": "Hangul", "ru": "Cyrillic", "ta": "Tamil", "th": "Thai", "vi": "Latin", "zh_CN": "Han", "bn": "Bengali"}
FEWEST_SCRIPTS = 10

# Written for this purpose.
SENTENCES = [
    "The quick brown fox jumps over the lazy dog, doesn't it? We'll see; they've 1,234.50 reasons.",
    "Portez ce vieux whisky au juge blond qui fume : l'été, à Noël, où naît l'œuvre d'Ève.",
    "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich - STRASSE, Straße.",
    "İstanbul'da ılık bir gün; Iğdır ve İzmir arası.",
    "Tiếng Việt có nhiều dấu: người ta nói chuyện ở chợ Bến Thành.",
    "Съешь же ещё этих мягких французских булок, да выпей чаю.",
    "Ο ξεπεσμένος πρίγκιπας ΟΔΟΣ μιλάει στον δρόμο ΤΗΣ Αθήνας.",
    "هذا نص عربي قصير، فيه أرقام ١٢٣ وعلامات ترقيم؟ مُشَكَّل.",
    "זהו משפט קצר בעברית עם נִקּוּד ומספר 42.",
    "यह हिन्दी में एक छोटा वाक्य है, क्षत्रिय और ज्ञान के साथ।",
    "এটি একটি ছোট বাংলা বাক্য।",
    "இது ஒரு சிறிய தமிழ் வாக்கியம்.",
    "นี่คือประโยคภาษาไทยสั้นๆ ที่ไม่มีช่องว่าง กำลังทดสอบ",
    "これは短い日本語の文です。カタカナとひらがな、ｶﾞとガ。",
    "这是一个简短的中文句子，包含数字123和标点。",
    "이것은 짧은 한국어 문장입니다. 각각의 글자.",
    "ეს არის მოკლე ქართული წინადადება. ᲥᲐᲠᲗᲣᲚᲘ",
    "ይህ አጭር የአማርኛ ዓረፍተ ነገር ነው።",
    "Family \U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466, flags \U0001F1EB\U0001F1F7\U0001F1E9\U0001F1EA\U0001F1EA, "
    "skin \U0001F44D\U0001F3FD, heart \u2764\uFE0F, keycap 1\uFE0F\u20E3.",
    "e\u0301 a\u0308\u0323 o\u0323\u0308 n\u0303 \u1100\u1161\u11A8 \u0BA8\u0BBF \u0E33 \uFB01 \u2460 \uFF21 \u00BD \u2126 \u212B",
    "\t tabs\tand\nlines\r\nand\x0b\x0c\x1c\x85\u2028\u2029\u00a0\u3000\u200b\u200d\ufeff spaces  \u2003 end   ",
    "", " ", "   ", "\n", "a", "\u0301", "\u0301\u0301 x", "\x00", "a\x00b", "\ufffd", "\U0010ffff\U000e0001\ue000",
    "[CLS] [SEP][MASK] [mask] <s> </s><unk> <pad>  <mask>  x<mask>y <|endoftext|> [UNK]ing",
    "##ing ## # #### \u2581 \u2581\u2581a a\u2581b  \u0120 \u010a",
    "x" * 99 + " " + "x" * 100 + " " + "y" * 101 + " " + "\u00e9" * 100 + " " + "\u00e9" * 101,
    "-" * 300, "a b " * 200, "'s't're've'm'll'd 'S 'RE it''s '' ' 's", "1" * 50 + " 3.14 \u0663\u0664 \u00b2\u2075 \u216b",
    "https://example.org/a_b-c?d=e&f=%20#g user@example.org C++ C# .NET $HOME \\n {}[]()<>|~`^",
]

BROKEN = [b"\xff", b"a\x80b", b"caf\xe9 cr\xe8me", b"\xe2\x82", b"\xe2\x28\xa1", b"\xf0\x9f\x98", b"\xed\xa0\x80\xed\xb0\x80", b"\xc0\xaf",
          b"\xf5\x80\x80\x80 x", b"\xf0\x80\x80\x80", b"ok \xc3\xa9 \xc3", b"\xfe\xff\x00a"]


@functools.cache
def translations():
    """Real texts of every language, each a translated message."""
    found = {}
    for language in LANGUAGES:
        texts = set()
        for path in sorted(Path("/usr/share/locale", language, "LC_MESSAGES").glob("*.mo")):
            with open(path, "rb") as file:
                catalog = gettext.GNUTranslations(file)._catalog  # the module has no other way to list messages
            texts.update(text for key, text in catalog.items() if key and len(text) > 3)
        if len(texts) > 100:
            found[language] = sorted(texts)
    if len({LANGUAGES[language] for language in found}) < FEWEST_SCRIPTS:
        stop(f"there are translations in {len(found)} scripts alone: install the package iso-codes")
    return found


@functools.cache
def catalogue_texts():
    try:
        with open(DATA / "catalogue.jsonl", encoding="utf-8") as file:
            return [item["body"] for item in map(json.loads, file)]
    except FileNotFoundError:
        return stop("there is no catalogue.jsonl: run scripts/fetch_catalogue.py")


def training_texts(chance):
    texts = chance.sample(catalogue_texts(), 8000)
    for messages in translations().values():
        texts += chance.sample(messages, min(800, len(messages)))
    chance.shuffle(texts)
    return texts + SENTENCES * 3


RANGES = [(0, 0x7F), (0, 0x24F), (0x300, 0x36F), (0x370, 0x6FF), (0x900, 0xE7F), (0x1100, 0x11FF), (0x1AB0, 0x1DFF), (0x1E00, 0x20FF),
          (0x2100, 0x2BFF), (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xA700, 0xABFF), (0xAC00, 0xD7A3), (0xF900, 0xFFFF), (0x10000, 0x1BFFF),
          (0x1D100, 0x1D1FF), (0x1F000, 0x1FAFF), (0x20000, 0x2FA1F), (0xE0000, 0x10FFFF)]


def random_text(chance, pool):
    """Characters of a few ranges, with marks, spaces and words between."""
    ranges = chance.sample(RANGES, 3)
    parts = []
    for _ in range(chance.randrange(1, 60)):
        kind = chance.random()
        if kind < 0.6:
            code = chance.randrange(*chance.choice(ranges)) + chance.randrange(2)
            # Of characters newer than this Python each version of the reference thinks otherwise.
            parts.append(chr(code) if unicodedata.category(chr(code)) not in ("Cn", "Cs") else "\u0300")
        elif kind < 0.75:
            parts.append(chance.choice(" \u0301\u0308\u200d\ufe0f\t\u00a0\u2581'"))
        elif kind < 0.8:
            parts.append(chance.choice(["[MASK]", "<s>", "<mask>", "  ", "\r\n", "'s", "##"]))
        else:
            parts.append(chance.choice(pool))
    return "".join(parts)


def mixed(chance, words):
    """Words of several languages, some damaged."""
    text = " ".join(chance.choice(words) for _ in range(chance.randrange(1, 40)))
    if chance.random() < 0.3:
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chr(chance.randrange(1, 0x3000)) + text[at:]
    return text.upper() if chance.random() < 0.1 else text


def comparison_texts(count, chance):
    """`count` texts as bytes: a third descriptions, a third translations, the rest made; some of it not UTF-8."""
    messages = [text for texts in translations().values() for text in chance.sample(texts, min(400, len(texts)))]
    descriptions = chance.sample(catalogue_texts(), count // 3)
    words = [word for text in descriptions[:500] + messages for word in text.split()]
    texts = SENTENCES + descriptions + chance.sample(messages, min(count // 3, len(messages)))
    while len(texts) < count - len(BROKEN) - 50:
        texts.append(random_text(chance, words) if chance.random() < 0.6 else mixed(chance, words))
    data = [text.encode() for text in texts] + BROKEN
    for _ in range(count - len(data)):
        damaged = bytearray(chance.choice(texts).encode() or b"x")
        for _ in range(3):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        data.append(bytes(damaged))
    return data
