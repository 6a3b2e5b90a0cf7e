// Small tokenizer files for tests, and broken ones made from them.
#pragma once

#include <string>

namespace aisle {

inline const std::string kWordPieceVocabulary =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\nthe\n,\nnoel\n##s\nx\n";

// A tokenizer.json with this model and these sections before it, each ended by a comma.
inline std::string tokenizer_json(const std::string& model, const std::string& sections = "") {
  return R"({"version":"1.0",)" + sections + R"("model":)" + model + "}";
}

inline const std::string kWordPieceModel =
    R"({"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,)"
    R"("vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"un":3,"##aff":4,"##able":5,"the":6,"a":7,"##b":8,"b":9}})";

inline const std::string kUnigramModel =
    R"({"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["a",-1],["b",-2],["ab",-2.5],["▁",-3],["▁a",-3.5]]})";

inline const std::string kBytePairModel =
    R"({"type":"BPE","unk_token":"<unk>","fuse_unk":true,"vocab":{"<unk>":0,"a":1,"b":2,"c":3,"ab":4,"abc":5,"bc":6},)"
    R"("merges":["b c","a b","a bc","ab c"]})";

}  // namespace aisle
