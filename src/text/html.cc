#include "text/html.h"

#include <gumbo.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "core/error.h"
#include "text/ascii.h"
#include "text/html_tags.h"

namespace aisle {
namespace {

constexpr std::size_t kMaxTagsAPiece = 4000;

// "&name;" or "&#...;": what the '&' at `position` opens.
bool is_reference(std::string_view text, std::size_t position) {
  std::size_t i = position + 1;
  if (i < text.size() && text[i] == '#') ++i;
  const std::size_t start = i;
  while (i < text.size() && i - start < 32 && (ascii::is_letter(text[i]) || ascii::is_digit(text[i]))) ++i;
  return i > start && i < text.size() && text[i] == ';';
}

// What HTML treats as a block: a line break stands before and after its text.
bool is_block(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_BR:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_DETAILS:
    case GUMBO_TAG_DIR:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_FIELDSET:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_MENU:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_OPTION:
    case GUMBO_TAG_P:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_SUMMARY:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_UL:
      return true;
    default:
      return false;
  }
}

// Tags that say what kind of document this is; in the middle of one they make the parser drop text.
bool is_frame_of_document(std::string_view name) {
  switch (gumbo_tagn_enum(name.data(), static_cast<unsigned>(name.size()))) {
    case GUMBO_TAG_HTML:
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_FRAMESET:
    case GUMBO_TAG_FRAME:
    case GUMBO_TAG_PLAINTEXT:
      return true;
    default:
      return false;
  }
}

bool has_line_break(const GumboNode& code) {
  const GumboVector& children = code.v.element.children;
  for (unsigned i = 0; i < children.length; ++i) {
    const auto& child = *static_cast<const GumboNode*>(children.data[i]);
    const bool text = child.type == GUMBO_NODE_TEXT || child.type == GUMBO_NODE_WHITESPACE;
    if (text && std::strchr(child.v.text.text, '\n') != nullptr) return true;
  }
  return false;
}

// Walks one parsed tree without recursion and appends its text.
class TextWriter {
 public:
  TextWriter(const HtmlOptions& options, std::string& out) : options_(options), out_(out) {}

  void write(const GumboNode* root) {
    const GumboNode* node = root;
    while (node != nullptr) {
      const GumboNode* child = enter(*node);
      while (child == nullptr && node != root) {
        leave(*node);
        child = sibling(*node);
        node = node->parent;
      }
      node = child;
    }
  }

 private:
  // Writes what the node begins with; returns its first child to visit.
  const GumboNode* enter(const GumboNode& node) {
    switch (node.type) {
      case GUMBO_NODE_TEXT:
      case GUMBO_NODE_WHITESPACE:
      case GUMBO_NODE_CDATA:
        out_ += node.v.text.text;
        return nullptr;
      case GUMBO_NODE_ELEMENT:
      case GUMBO_NODE_TEMPLATE:
        if (is_dropped(node)) return nullptr;
        if (is_block(node.v.element.tag)) break_line();
        return child_at(node, 0);
      default:
        return nullptr;
    }
  }

  void leave(const GumboNode& node) {
    if (node.type == GUMBO_NODE_ELEMENT && is_block(node.v.element.tag)) break_line();
  }

  bool is_dropped(const GumboNode& node) const {
    const GumboTag tag = node.v.element.tag;
    if (tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE) return true;
    if (!options_.drop_code) return false;
    return tag == GUMBO_TAG_PRE || (tag == GUMBO_TAG_CODE && has_line_break(node));
  }

  void break_line() {
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
  }

  static const GumboNode* child_at(const GumboNode& node, std::size_t index) {
    const GumboVector& children = node.v.element.children;
    return index < children.length ? static_cast<const GumboNode*>(children.data[index]) : nullptr;
  }

  static const GumboNode* sibling(const GumboNode& node) {
    const bool inside =
        node.parent != nullptr && (node.parent->type == GUMBO_NODE_ELEMENT || node.parent->type == GUMBO_NODE_TEMPLATE);
    return inside ? child_at(*node.parent, node.index_within_parent + 1) : nullptr;
  }

  const HtmlOptions& options_;
  std::string& out_;
};

void parse_piece(const std::string& html, const HtmlOptions& options, std::string& out) {
  GumboOptions parsing = kGumboDefaultOptions;
  parsing.max_errors = 0;
  const auto destroy = [](GumboOutput* output) { gumbo_destroy_output(&kGumboDefaultOptions, output); };
  const std::unique_ptr<GumboOutput, decltype(destroy)> parsed(
      gumbo_parse_with_options(&parsing, html.data(), html.size()), destroy);
  if (!parsed) throw Error(ErrorCode::kInternal, "gumbo could not parse a text");
  TextWriter(options, out).write(parsed->root);
}

// Copies `html` for the parser: tags without attributes, and every other '<' as a reference.
class Preparer {
 public:
  Preparer(std::string_view html, const HtmlOptions& options, std::string& out)
      : html_(html), finder_(html), options_(options), out_(out) {}

  void run() {
    std::size_t position = 0;
    while (position < html_.size()) {
      const std::size_t open = std::min(html_.find('<', position), html_.size());
      piece_.append(html_.substr(position, open - position));
      position = open < html_.size() ? copy_tag(open) : open;
    }
    parse_piece(piece_, options_, out_);
  }

 private:
  std::size_t copy_tag(std::size_t open) {
    const HtmlTag tag = finder_.at(open);
    if (tag.end == 0) {
      piece_ += "&lt;";
      return open + 1;
    }
    if (tag.name.empty() || is_frame_of_document(tag.name)) return tag.end;
    if (++tags_ > kMaxTagsAPiece) {
      parse_piece(piece_, options_, out_);
      piece_.clear();
      tags_ = 0;
    }
    piece_ += tag.closing ? "</" : "<";
    piece_.append(tag.name);
    piece_ += '>';
    return tag.end;
  }

  std::string_view html_;
  HtmlTagFinder finder_;
  const HtmlOptions& options_;
  std::string& out_;
  std::string piece_;
  std::size_t tags_ = 0;
};

}  // namespace

bool has_html(std::string_view text) {
  for (std::size_t i = text.find('&'); i != std::string_view::npos; i = text.find('&', i + 1)) {
    if (is_reference(text, i)) return true;
  }
  std::size_t open = text.find('<');
  if (open == std::string_view::npos) return false;
  HtmlTagFinder finder(text);
  for (; open != std::string_view::npos; open = text.find('<', open + 1)) {
    if (finder.at(open).end != 0) return true;
  }
  return false;
}

void strip_html(std::string_view html, const HtmlOptions& options, std::string& out) {
  if (!has_html(html)) {
    out.assign(html);
    return;
  }
  out.clear();
  Preparer(html, options, out).run();
}

}  // namespace aisle
