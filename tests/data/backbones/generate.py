#!/usr/bin/env python3
"""Makes `tiny`, a Hugging Face folder of a BERT with a few thousand random numbers, with the real libraries.

    python3 tests/data/backbones/generate.py        needs torch, transformers, tokenizers
"""

import json
import pathlib
import shutil

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "tiny"
WORDS = ("red blue small large shoe shoes novel book lamp table running leather wooden paper of the with for and size "
         "##ing ##er").split()


def vocabulary():
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)] + list("0123456789")
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + letter for letter in letters), *WORDS]


def write_tokenizer(tokens):
    tokenizer = Tokenizer(models.WordPiece({token: i for i, token in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = [(token, tokens.index(token)) for token in ("[SEP]", "[CLS]")]
    tokenizer.post_processor = processors.BertProcessing(*special)
    tokenizer.add_special_tokens(tokens[:5])
    tokenizer.save(str(FOLDER / "tokenizer.json"), pretty=False)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    torch.manual_seed(1)
    tokens = vocabulary()
    model = BertModel(BertConfig(vocab_size=len(tokens), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
                                 intermediate_size=32, max_position_embeddings=64))
    model.save_pretrained(FOLDER)
    write_tokenizer(tokens)
    (FOLDER / "1_Pooling").mkdir()
    (FOLDER / "1_Pooling/config.json").write_text(json.dumps(
        {"word_embedding_dimension": 16, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
         "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False}))


if __name__ == "__main__":
    main()
