#include "model/network/formats/pickle.h"

#include <array>

#include "core/error.h"
#include "model/network/formats/pickle_machine.h"

namespace aisle::network {
namespace {

using Machine = PickleMachine;
using enum PickleKind;

struct Operation {
  int code;
  void (*run)(Machine&);
};

constexpr int kStop = '.';
constexpr int kNewestProtocol = 5;

void check_protocol(Machine& m) {
  const int protocol = m.input.number<std::uint8_t>();
  if (protocol > kNewestProtocol) refuse_pickle("they have the protocol " + std::to_string(protocol));
}

void make_global(Machine& m) {
  const std::string_view module = m.input.line();
  m.make_global(module, m.input.line());
}

// By the letters of Python's pickletools; what weights do not need is not here.
constexpr Operation kOperations[] = {
    {0x80, check_protocol},                                                     // PROTO
    {0x95, [](Machine& m) { m.input.number<std::uint64_t>(); }},                // FRAME
    {'N', [](Machine& m) { m.make({}); }},                                      // NONE
    {0x88, [](Machine& m) { m.make_bool(true); }},                              // NEWTRUE
    {0x89, [](Machine& m) { m.make_bool(false); }},                             // NEWFALSE
    {'I', [](Machine& m) { m.make_decimal(m.input.line()); }},                  // INT
    {'L', [](Machine& m) { m.make_decimal(m.input.line()); }},                  // LONG
    {'J', [](Machine& m) { m.make_int(m.input.number<std::int32_t>()); }},      // BININT
    {'K', [](Machine& m) { m.make_int(m.input.number<std::uint8_t>()); }},      // BININT1
    {'M', [](Machine& m) { m.make_int(m.input.number<std::uint16_t>()); }},     // BININT2
    {0x8a, [](Machine& m) { m.make_long(m.input.sized<std::uint8_t>()); }},     // LONG1
    {0x8b, [](Machine& m) { m.make_long(m.input.sized<std::uint32_t>()); }},    // LONG4
    {'F', [](Machine& m) { m.make_float(m.input.line()); }},                    // FLOAT
    {'G', [](Machine& m) { m.make_float(m.input.take(sizeof(double))); }},      // BINFLOAT
    {'U', [](Machine& m) { m.make_string(m.input.sized<std::uint8_t>()); }},    // SHORT_BINSTRING
    {'T', [](Machine& m) { m.make_string(m.input.sized<std::uint32_t>()); }},   // BINSTRING
    {'C', [](Machine& m) { m.make_string(m.input.sized<std::uint8_t>()); }},    // SHORT_BINBYTES
    {'B', [](Machine& m) { m.make_string(m.input.sized<std::uint32_t>()); }},   // BINBYTES
    {0x8c, [](Machine& m) { m.make_string(m.input.sized<std::uint8_t>()); }},   // SHORT_BINUNICODE
    {'X', [](Machine& m) { m.make_string(m.input.sized<std::uint32_t>()); }},   // BINUNICODE
    {0x8d, [](Machine& m) { m.make_string(m.input.sized<std::uint64_t>()); }},  // BINUNICODE8
    {'(', [](Machine& m) { m.push_mark(); }},                                   // MARK
    {'0', [](Machine& m) { m.pop(); }},                                         // POP
    {'1', [](Machine& m) { m.pop_to_mark(); }},                                 // POP_MARK
    {'2', [](Machine& m) { m.duplicate(); }},                                   // DUP
    {')', [](Machine& m) { m.make_list(kTuple, {}); }},                         // EMPTY_TUPLE
    {']', [](Machine& m) { m.make_list(kTuple, {}); }},                         // EMPTY_LIST
    {'}', [](Machine& m) { m.make_list(kDict, {}); }},                          // EMPTY_DICT
    {'t', [](Machine& m) { m.make_list(kTuple, m.pop_to_mark()); }},            // TUPLE
    {'l', [](Machine& m) { m.make_list(kTuple, m.pop_to_mark()); }},            // LIST
    {'d', [](Machine& m) { m.make_list(kDict, m.pop_to_mark()); }},             // DICT
    {0x85, [](Machine& m) { m.make_list(kTuple, m.pop_count(1)); }},            // TUPLE1
    {0x86, [](Machine& m) { m.make_list(kTuple, m.pop_count(2)); }},            // TUPLE2
    {0x87, [](Machine& m) { m.make_list(kTuple, m.pop_count(3)); }},            // TUPLE3
    {'a', [](Machine& m) { m.append(m.pop_count(1)); }},                        // APPEND
    {'e', [](Machine& m) { m.append(m.pop_to_mark()); }},                       // APPENDS
    {'s', [](Machine& m) { m.set_items(m.pop_count(2)); }},                     // SETITEM
    {'u', [](Machine& m) { m.set_items(m.pop_to_mark()); }},                    // SETITEMS
    {'c', make_global},                                                         // GLOBAL
    {0x93, [](Machine& m) { m.make_stack_global(); }},                          // STACK_GLOBAL
    {'R', [](Machine& m) { m.call(); }},                                        // REDUCE
    {0x81, [](Machine& m) { m.call(); }},                                       // NEWOBJ
    {'b', [](Machine& m) { m.build(); }},                                       // BUILD
    {'Q', [](Machine& m) { m.make_list(kPersistent, m.pop_count(1)); }},        // BINPERSID
    {'p', [](Machine& m) { m.memoize(m.memo_key()); }},                         // PUT
    {'q', [](Machine& m) { m.memoize(m.input.number<std::uint8_t>()); }},       // BINPUT
    {'r', [](Machine& m) { m.memoize(m.input.number<std::uint32_t>()); }},      // LONG_BINPUT
    {0x94, [](Machine& m) { m.memoize_next(); }},                               // MEMOIZE
    {'g', [](Machine& m) { m.recall(m.memo_key()); }},                          // GET
    {'h', [](Machine& m) { m.recall(m.input.number<std::uint8_t>()); }},        // BINGET
    {'j', [](Machine& m) { m.recall(m.input.number<std::uint32_t>()); }},       // LONG_BINGET
};

using Table = std::array<void (*)(Machine&), 256>;

constexpr Table kTable = [] {
  Table table{};
  for (const Operation& operation : kOperations) table[static_cast<std::size_t>(operation.code)] = operation.run;
  return table;
}();

}  // namespace

const PickleNode* Pickle::value(const PickleNode& dict, std::string_view key) const {
  if (dict.kind != kDict) return nullptr;
  for (std::size_t i = 0; i + 1 < dict.children.size(); i += 2) {
    const PickleNode& name = at(dict.children[i]);
    if (name.kind == kString && name.text == key) return &at(dict.children[i + 1]);
  }
  return nullptr;
}

Pickle read_pickle(std::string_view bytes, const std::function<bool(std::string_view)>& allowed) {
  Machine machine(bytes, allowed);
  for (std::size_t step = 0; step < kMostPickleSteps; ++step) {
    const auto code = machine.input.number<unsigned char>();
    if (code == kStop) return machine.finish();
    if (kTable[code] == nullptr) {
      throw Error(ErrorCode::kUnsupported, "the pickled weights use the operation " + std::to_string(code) +
                                               " of Python's pickle, which weights do not need" + machine.here());
    }
    kTable[code](machine);
  }
  too_large_pickle("4 million steps");
}

}  // namespace aisle::network
