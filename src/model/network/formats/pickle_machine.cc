#include "model/network/formats/pickle_machine.h"

#include <charconv>
#include <utility>

#include "core/error.h"

namespace aisle::network {
namespace {

constexpr std::uint32_t kMark = 0xffffffff;
constexpr std::string_view kOrderedDict = "collections OrderedDict";

template <typename T>
T whole_number(std::string_view text, const std::string& where) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) refuse_pickle("a number is none" + where);
  return value;
}

}  // namespace

void refuse_pickle(const std::string& what) {
  throw Error(ErrorCode::kCorrupt, "the pickled weights are broken: " + what);
}

void too_large_pickle(const std::string& what) {
  throw Error(ErrorCode::kTooLarge, "the pickled weights hold more than " + what + "; save model.state_dict() alone");
}

std::string_view PickleInput::take(std::uint64_t size) {
  if (size > bytes_.size() - at_) refuse_pickle("they end too early, at byte " + std::to_string(bytes_.size()));
  const std::string_view taken = bytes_.substr(at_, static_cast<std::size_t>(size));
  at_ += taken.size();
  return taken;
}

std::string_view PickleInput::line() {
  const std::size_t end = bytes_.find('\n', at_);
  if (end == std::string_view::npos) refuse_pickle("a line has no end");
  const std::string_view text = take(end - at_);
  take(1);
  return text;
}

// --- stack

void PickleMachine::push_mark() {
  stack_.push_back(kMark);
}

std::uint32_t PickleMachine::pop() {
  const std::uint32_t index = top();
  stack_.pop_back();
  return index;
}

std::uint32_t PickleMachine::top() {
  if (stack_.empty() || stack_.back() == kMark) refuse_pickle("a value is missing" + here());
  return stack_.back();
}

void PickleMachine::duplicate() {
  stack_.push_back(top());
}

PickleMachine::Indices PickleMachine::pop_to_mark() {
  std::size_t mark = stack_.size();
  while (mark > 0 && stack_[mark - 1] != kMark) --mark;
  if (mark == 0) refuse_pickle("a mark is missing" + here());
  Indices items(stack_.begin() + static_cast<std::ptrdiff_t>(mark), stack_.end());
  stack_.resize(mark - 1);
  return items;
}

PickleMachine::Indices PickleMachine::pop_count(std::size_t count) {
  Indices items(count);
  for (std::size_t i = count; i-- > 0;) items[i] = pop();
  return items;
}

// --- values

void PickleMachine::make(PickleNode node) {
  if (pickle_.nodes.size() == kMostPickleNodes) too_large_pickle("400,000 values");
  pickle_.nodes.push_back(std::move(node));
  stack_.push_back(static_cast<std::uint32_t>(pickle_.nodes.size() - 1));
}

void PickleMachine::charge(std::size_t items) {
  items_ += items;
  if (items_ > kMostPickleItems) too_large_pickle("4 million items");
}

void PickleMachine::make_list(PickleKind kind, Indices children) {
  if (kind == PickleKind::kDict && children.size() % 2 != 0) refuse_pickle("a key has no value" + here());
  charge(children.size());
  make({.kind = kind, .children = std::move(children)});
}

void PickleMachine::make_decimal(std::string_view text) {
  if (text == "00" || text == "01") return make_bool(text == "01");
  if (text.ends_with('L')) text.remove_suffix(1);
  make_int(whole_number<std::int64_t>(text, here()));
}

void PickleMachine::make_long(std::string_view bytes) {
  if (bytes.size() > sizeof(std::int64_t)) return make({.kind = PickleKind::kBigInt, .text = bytes});
  const bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0;
  std::int64_t value = negative ? -1 : 0;
  if (!bytes.empty()) std::memcpy(&value, bytes.data(), bytes.size());
  make_int(value);
}

void PickleMachine::make_global(std::string_view module, std::string_view name) {
  const std::string full = std::string(module.substr(0, 200)) + " " + std::string(name.substr(0, 200));
  if (full != kOrderedDict && !allowed_(full)) {
    throw Error(ErrorCode::kUnsupported,
                "the file holds more than weights: it names " + std::string(module.substr(0, 200)) + "." +
                    std::string(name.substr(0, 200)) + ", which is not run here; save model.state_dict() alone");
  }
  pickle_.names.push_back(full);
  make({.kind = PickleKind::kGlobal, .text = pickle_.names.back()});
}

void PickleMachine::make_stack_global() {
  const std::uint32_t name = pop(), module = pop();
  if (node(name).kind != PickleKind::kString || node(module).kind != PickleKind::kString)
    refuse_pickle("a name is none" + here());
  make_global(node(module).text, node(name).text);
}

// --- what changes values

void PickleMachine::call() {
  const std::uint32_t arguments = pop(), callee = pop();
  if (node(callee).kind != PickleKind::kGlobal || node(arguments).kind != PickleKind::kTuple)
    refuse_pickle("something is called that is no function" + here());
  if (node(callee).text != kOrderedDict) return make_list(PickleKind::kCall, {callee, arguments});
  make_list(PickleKind::kDict, ordered_items(node(arguments).children));
}

// OrderedDict() or, as Python 2 wrote it, OrderedDict([[key, value], ...]).
PickleMachine::Indices PickleMachine::ordered_items(const Indices& arguments) {
  Indices items;
  if (arguments.empty()) return items;
  charge(node(arguments.front()).children.size());  // before the work
  for (const std::uint32_t pair : node(arguments.front()).children) {
    const Indices& both = node(pair).children;
    if (both.size() != 2) refuse_pickle("an OrderedDict is made of other things than pairs" + here());
    items.insert(items.end(), both.begin(), both.end());
  }
  return items;
}

void PickleMachine::build() {
  pop();
  const PickleKind kind = node(top()).kind;
  if (kind != PickleKind::kDict && kind != PickleKind::kCall) refuse_pickle("plain data is given a state" + here());
}

void PickleMachine::append(const Indices& items) {
  PickleNode& list = node(top());
  if (list.kind != PickleKind::kTuple) refuse_pickle("items are added to what is no list" + here());
  charge(items.size());
  list.children.insert(list.children.end(), items.begin(), items.end());
}

void PickleMachine::set_items(const Indices& items) {
  PickleNode& dict = node(top());
  if (dict.kind != PickleKind::kDict) refuse_pickle("items are added to what is no dictionary" + here());
  if (items.size() % 2 != 0) refuse_pickle("a key has no value" + here());
  charge(items.size());
  dict.children.insert(dict.children.end(), items.begin(), items.end());
}

// --- memo

void PickleMachine::memoize(std::uint64_t key) {
  if (memo_.size() == kMostPickleNodes) too_large_pickle("400,000 references");
  memo_[key] = top();
}

void PickleMachine::recall(std::uint64_t key) {
  const auto found = memo_.find(key);
  if (found == memo_.end()) refuse_pickle("it refers to a value that is not there" + here());
  stack_.push_back(found->second);
}

std::uint64_t PickleMachine::memo_key() {
  return whole_number<std::uint64_t>(input.line(), here());
}

Pickle PickleMachine::finish() {
  pickle_.root = pop();
  pickle_.size_bytes = input.position();
  return std::move(pickle_);
}

}  // namespace aisle::network
