"""Tokenizers to compare: trained here on real texts with the packages `tokenizers` and `sentencepiece`."""

import base64
import json
import struct
import tempfile
from pathlib import Path

import sentencepiece
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

BERT_SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ROBERTA_SPECIALS = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def template(tokenizer, begin, end):
    ids = [(token, tokenizer.token_to_id(token)) for token in (begin, end)]
    return processors.TemplateProcessing(single=f"{begin} $A {end}", pair=f"{begin} $A {end} $B {end}", special_tokens=ids)


def wordpiece(texts, size, lowercase, **normalizer):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase, **normalizer)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=size, special_tokens=BERT_SPECIALS, show_progress=False))
    tokenizer.post_processor = template(tokenizer, "[CLS]", "[SEP]")
    return tokenizer


def byte_level(texts, size, add_prefix_space):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space)
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=size, special_tokens=ROBERTA_SPECIALS, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    ends = [(token, tokenizer.token_to_id(token)) for token in ("</s>", "<s>")]
    tokenizer.post_processor = processors.RobertaProcessing(*ends, trim_offsets=True, add_prefix_space=add_prefix_space)
    return tokenizer


def protobuf_fields(data):
    """(number, value) of each field of a message: bytes for nested ones."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        elif key & 7 == 5:
            yield key >> 3, struct.unpack_from("<f", data, at)[0]
            at += 4
        else:
            size = varint()
            yield key >> 3, data[at:at + size]
            at += size


def sentencepiece_model(texts, size, **options):
    """The pieces with their scores, and the compiled normalisation, of a new model."""
    with tempfile.TemporaryDirectory() as folder:
        prefix = str(Path(folder, "model"))
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter([line for text in texts for line in text.splitlines()]), model_prefix=prefix, vocab_size=size,
            minloglevel=2, num_threads=1, hard_vocab_limit=False, **options)
        data = Path(prefix + ".model").read_bytes()
    pieces, charsmap = [], b""
    for number, value in protobuf_fields(data):
        if number == 1:
            piece = dict(protobuf_fields(value))
            pieces.append((piece[1].decode(), piece.get(2, 0.0)))
        elif number == 3:
            charsmap = dict(protobuf_fields(value)).get(2, b"")
    return pieces, charsmap


def unigram(texts, size, byte_fallback=False, **rules):
    """As XLM-RoBERTa's files have it."""
    rules = rules or {"normalization_rule_name": "nmt_nfkc"}
    pieces, charsmap = sentencepiece_model(texts, size, model_type="unigram", byte_fallback=byte_fallback,
                                           character_coverage=0.999, **rules)
    vocabulary = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *pieces[3:], ("<mask>", 0.0)]
    document = {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": number, "content": token, "single_word": False, "lstrip": token == "<mask>", "rstrip": False,
                          "normalized": False, "special": True}
                         for number, (token, _) in enumerate(vocabulary) if token in ROBERTA_SPECIALS],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap).decode()},
            {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "\u2581", "add_prefix_space": True, "prepend_scheme": "always"}]},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {token: {"id": token, "ids": [number], "tokens": [token]} for number, token in ((0, "<s>"), (2, "</s>"))}},
        "decoder": {"type": "Metaspace", "replacement": "\u2581", "add_prefix_space": True, "prepend_scheme": "always"},
        "model": {"type": "Unigram", "unk_id": 3, "vocab": vocabulary, "byte_fallback": byte_fallback}}
    return Tokenizer.from_str(json.dumps(document))


def metaspace_unigram(texts, size, prepend_scheme, split):
    """As T5 and ALBERT have it: spaces are looked at before the words are cut."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Replace("``", '"'), normalizers.Replace("''", '"'), normalizers.NFKD(), normalizers.StripAccents(),
        normalizers.Lowercase(), normalizers.Strip()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=prepend_scheme, split=split)
    training = pre_tokenizers.Metaspace()
    shown, tokenizer.pre_tokenizer = tokenizer.pre_tokenizer, training
    tokenizer.train_from_iterator(texts[::8], trainers.UnigramTrainer(  # which is slow
        vocab_size=size, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False))
    tokenizer.pre_tokenizer = shown
    ends = [("</s>", tokenizer.token_to_id("</s>"))]
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A $B </s>", special_tokens=ends)
    return tokenizer


def llama_like(texts, size):
    """BPE of characters with byte fallback, spaces as a part of words."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    tokenizer.pre_tokenizer = pre_tokenizers.Split("\u2581", "merged_with_next")
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=size, limit_alphabet=1500, show_progress=False,
        special_tokens=["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]))
    document = json.loads(tokenizer.to_str())
    document["added_tokens"] = document["added_tokens"][:3]
    document["pre_tokenizer"] = None
    return Tokenizer.from_str(json.dumps(document))


def odd_ones(base):
    """The same model with other steps before it, so that each of them is seen."""
    def variant(name, normalizer=None, pre_tokenizer=None, post_processor=None, added=()):
        tokenizer = Tokenizer.from_str(base.to_str())
        tokenizer.normalizer = normalizer or normalizers.Sequence([])
        tokenizer.pre_tokenizer = pre_tokenizer or pre_tokenizers.BertPreTokenizer()
        if post_processor:
            tokenizer.post_processor = post_processor
        tokenizer.add_tokens(list(added))
        return name, tokenizer

    n, p = normalizers, pre_tokenizers
    yield variant("nfc, words", n.NFC(), p.Whitespace())
    yield variant("nfd, digits", n.NFD(), p.Sequence([p.WhitespaceSplit(), p.Digits(individual_digits=True)]))
    yield variant("nfkc, digits together", n.Sequence([n.NFKC(), n.Lowercase()]), p.Sequence([p.WhitespaceSplit(), p.Digits()]))
    yield variant("nfkd, accents", n.Sequence([n.NFKD(), n.StripAccents(), n.Lowercase()]), p.Sequence([p.BertPreTokenizer(), p.Digits()]))
    yield variant("strip left", n.Sequence([n.Strip(left=True, right=False), n.Lowercase()]), p.Metaspace(replacement=" "))
    yield variant("strip right, prepend", n.Sequence([n.Strip(left=False, right=True), n.Prepend("the ")]))
    for behavior in ("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"):
        yield variant(f"punctuation {behavior}", n.Lowercase(), p.Sequence([p.WhitespaceSplit(), p.Punctuation(behavior)]))
        yield variant(f"split e {behavior}", n.Lowercase(), p.Sequence([p.WhitespaceSplit(), p.Split("e", behavior)]))
        yield variant(f"split spaces {behavior}", n.Lowercase(), p.Split(Regex(r"\s+"), behavior))
        yield variant(f"split inverted {behavior}", n.Lowercase(), p.Split(Regex(r"[a-z\d]+"), behavior, invert=True))
    yield variant("replace", n.Sequence([n.Replace(Regex(r"[^a-z ]+"), " "), n.Replace("th", "")]), p.BertPreTokenizer())
    yield variant("bert, nothing", n.BertNormalizer(False, False, False, False))
    yield variant("bert, no cleaning", n.BertNormalizer(False, True, True, True))
    yield variant("bert, accents kept", n.BertNormalizer(True, True, False, True))
    yield variant("bert, accents alone", n.BertNormalizer(True, False, True, False))
    from tokenizers import AddedToken
    yield variant("added tokens", n.BertNormalizer(), added=[
        AddedToken("the", single_word=True), AddedToken("library", lstrip=True, rstrip=True), AddedToken("ing"), AddedToken("ings"),
        AddedToken("Noël"), AddedToken("e", single_word=True, normalized=False), AddedToken("DATA", normalized=False)])


def all_subjects(texts, size):
    """(kind, name, tokenizer): the three kinds and their relatives."""
    uncased = wordpiece(texts, size, True)
    yield "WordPiece", "uncased", uncased
    yield "WordPiece", "cased", wordpiece(texts, size, False, strip_accents=False)
    yield "WordPiece", "uncased with accents", wordpiece(texts, size, True, strip_accents=False)
    yield "Unigram", "like XLM-RoBERTa", unigram(texts, size)
    yield "Unigram", "with byte fallback", unigram(texts, size, byte_fallback=True)
    yield "Unigram", "like T5", metaspace_unigram(texts, size, "always", True)
    yield "Unigram", "first, not split", metaspace_unigram(texts, size, "first", False)
    yield "BPE", "like GPT-2", byte_level(texts, size, False)
    yield "BPE", "like RoBERTa", byte_level(texts, size, True)
    yield "BPE", "like Llama", llama_like(texts, size)
    for name, tokenizer in odd_ones(uncased):
        yield "steps", name, tokenizer
