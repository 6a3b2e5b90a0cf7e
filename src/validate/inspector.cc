#include "validate/inspector.h"

#include <algorithm>

#include "domain/limits.h"
#include "text/unicode.h"

namespace aisle {
namespace {

constexpr std::size_t kMinLanguageBytes = 10;  // less says nothing about the language

// Tabs, line breaks and form feeds are white space; the other control bytes are no text.
bool is_control_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && !(byte >= '\t' && byte <= '\r')) || byte == 0x7F;
}

std::string hexadecimal(char c) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return {'0', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
}

bool is_blank(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

void reject(Inspection& found, ProblemKind kind, const std::string& column, std::string message) {
  found.rejected = true;
  found.problems.push_back({.kind = kind, .column = column, .message = std::move(message)});
}

std::string describe_counts(const PersonalDataCounts& counts) {
  std::string text;
  const auto add = [&](std::int64_t count, const char* one, const char* many) {
    if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + (count == 1 ? one : many);
  };
  add(counts.emails, "e-mail address", "e-mail addresses");
  add(counts.phones, "phone number", "phone numbers");
  add(counts.others, "match of the list of patterns", "matches of the list of patterns");
  return text;
}

}  // namespace

Inspector::Inspector(const Task& task, const InspectOptions& options)
    : fields_(task.text_fields),
      image_field_(task.image_field),
      options_(options),
      masker_(options.phone_region, options.patterns) {}

Inspection Inspector::inspect(Item& item, std::string_view picture) const {
  Inspection found;
  check_encoding(item, found);
  if (item.image.empty() && std::ranges::all_of(item.texts, is_blank)) {
    reject(found, ProblemKind::kEmpty, "",
           "the item has no text and no picture; fill in one of its fields or remove the row");
  }
  if (!picture.empty()) check_picture(picture, found);
  if (found.rejected) return found;
  if (options_.mask_personal_data) mask(item, found);
  measure(item, found);
  return found;
}

void Inspector::check_encoding(const Item& item, Inspection& found) const {
  check_text("id", item.id, found);
  check_text("group", item.group, found);
  for (const std::string& label : item.labels) check_text("label", label, found);
  for (std::size_t i = 0; i < item.texts.size(); ++i)
    check_text(i < fields_.size() ? fields_[i] : "text", item.texts[i], found);
}

void Inspector::check_text(const std::string& column, std::string_view text, Inspection& found) const {
  if (text.size() > limits::kFieldBytes) {
    reject(found, ProblemKind::kTooLarge, column,
           "the text has " + std::to_string(text.size()) + " bytes, at most " + std::to_string(limits::kFieldBytes) +
               " are allowed");
  } else if (const auto fault = find_utf8_fault(text)) {
    reject(found, ProblemKind::kEncoding, column,
           "byte " + std::to_string(*fault + 1) + " (" + hexadecimal(text[*fault]) +
               ") is not UTF-8; save the file as UTF-8");
  } else if (const auto control = std::ranges::find_if(text, is_control_byte); control != text.end()) {
    reject(found, ProblemKind::kEncoding, column,
           "byte " + std::to_string(control - text.begin() + 1) + " is the control character " + hexadecimal(*control) +
               "; remove it");
  }
}

void Inspector::check_picture(std::string_view picture, Inspection& found) const {
  const PictureResult result = pictures_.probe(picture, {limits::kPictureBytes, limits::kPicturePixels});
  if (!result.info) reject(found, ProblemKind::kUnreadablePicture, image_field_, result.reason);
}

void Inspector::mask(Item& item, Inspection& found) const {
  for (std::size_t i = 0; i < item.texts.size(); ++i) {
    const PersonalDataCounts counts = masker_.mask(item.texts[i]);
    if (counts.total() == 0) continue;
    found.problems.push_back({.kind = ProblemKind::kPersonalData,
                              .column = i < fields_.size() ? fields_[i] : "text",
                              .message = "masked: " + describe_counts(counts)});
  }
}

void Inspector::measure(const Item& item, Inspection& found) const {
  std::string joined;
  for (const std::string& text : item.texts) (joined += text) += '\n';
  for (const std::string& text : item.texts) found.code_points += count_code_points(text);
  const bool has_text = found.code_points > 0;
  if (has_text && (found.code_points < options_.min_code_points || found.code_points > options_.max_code_points)) {
    found.problems.push_back({.kind = ProblemKind::kOddLength,
                              .message = "the texts have " + std::to_string(found.code_points) +
                                         " characters; usual are " + std::to_string(options_.min_code_points) + " to " +
                                         std::to_string(options_.max_code_points)});
  }
  if (joined.size() >= kMinLanguageBytes) found.language = detect_language(joined);
  found.print = make_fingerprint(item, fold(joined));
  found.content = content_digest(item);
}

}  // namespace aisle
