// How lists of key and value, measures and undefined numbers lie in columns.
#pragma once

#include <soci/soci.h>

#include <string>

#include "domain/measures.h"
#include "domain/registry_types.h"

namespace aisle::sql {

// A JSON object, keys in order. kCorrupt when it is not one of strings.
std::string encode_parameters(const Parameters& parameters);
Parameters decode_parameters(const std::string& json);

std::string encode_measures(const Measures& measures);
Measures decode_measures(const std::string& json);

// A double column that is NULL where the number is undefined (NaN).
struct NullableNumber {
  double value = 0;
  soci::indicator indicator = soci::i_null;

  NullableNumber() = default;
  explicit NullableNumber(double number) : value(number), indicator(number == number ? soci::i_ok : soci::i_null) {}
  double get() const { return indicator == soci::i_ok ? value : kUndefined; }
};

}  // namespace aisle::sql
