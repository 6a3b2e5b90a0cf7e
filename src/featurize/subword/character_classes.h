// Classes of characters, each exactly as the component of Hugging Face's `tokenizers` sees it. That library mixes the
// tables of several versions of Unicode; ICU has a newer one, so each class says up to which version a character
// counts. Compared over all characters (benchmarks/tokenizer_characters.py). Thread-safe.
#pragma once

namespace aisle::subword {

bool is_space(char32_t c);            // White_Space
bool is_letter(char32_t c);           // \p{L}
bool is_number(char32_t c);           // \p{N}
bool is_word(char32_t c);             // \w: letters, marks, decimal digits, connectors
bool is_punctuation(char32_t c);      // ASCII punctuation and symbols, \p{P} of Unicode 8
bool is_control(char32_t c);          // Cc, Cf, Co of Unicode 8, but not tab, line feed and carriage return
bool is_ideograph(char32_t c);        // the blocks that BERT sets apart
bool is_nonspacing_mark(char32_t c);  // Mn of Unicode 8
bool is_combining_mark(char32_t c);   // M of Unicode 9

// Whether normalisation knows the character: it follows Unicode 9; what came later passes unchanged.
bool is_normalized(char32_t c);

// Calls sink(char32_t) for each character of the lower case, without context (a final sigma is any other).
char32_t simple_lower(char32_t c);
template <typename Sink>
void lower(char32_t c, Sink&& sink) {
  if (c == 0x130) {  // I with dot: the only one that becomes two
    sink(U'i');
    sink(char32_t{0x307});
  } else {
    sink(simple_lower(c));
  }
}

}  // namespace aisle::subword
