#include "http/multipart.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "domain/limits.h"
#include "http/item_form.h"

namespace aisle::http {
namespace {

constexpr std::string_view kType = "; boundary=b";
const Task kTask{1, "apps", TaskKind::kCategory, {"title", "body"}, "photo", 0};

std::string part(const std::string& name, const std::string& content, const std::string& more = "") {
  return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"" + more + "\r\n\r\n" + content + "\r\n";
}

Error refusal(std::string_view body, std::string_view type = kType) {
  try {
    read_form(body, type);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "taken: " << body;
  return {ErrorCode::kInternal, ""};
}

Item item_of(const std::string& body, ItemBodyReader::Keys keys = ItemBodyReader::Keys::kFields) {
  Item item;
  read_item_form(body, kType, kTask, keys, item, ItemBodyReader::Pictures::kDecode);
  return item;
}

// In the words of RFC 7578, with what curl and browsers send.
TEST(Multipart, P4_PartsAreReadAsTheyAre) {
  const std::string euro =
                        "Joe owes \xE2\x82\xAC"
                        "100.",
                    bytes("\r\n--AaB03\0\r\n--\n\r\n-", 18);
  const std::string body =
      "a preamble\r\n--AaB03x\r\ncontent-disposition: form-data; name=\"field1\"\r\n"
      "content-type: text/plain;charset=UTF-8\r\n\r\n" +
      euro +
      "\r\n--AaB03x \t\r\n"
      "Content-Disposition: form-data; name=\"a \\\"b\\\"\"; filename=\"C:\\dir\\x.bin\"\r\n\r\n" +
      bytes +
      "\r\n--AaB03x\r\nContent-Disposition: form-data; name=empty\r\n\r\n\r\n"
      "--AaB03x\r\nContent-Disposition: form-data; name=none\r\n\r\n--AaB03x--\r\nan epilogue";
  const auto parts = read_form(body, "; charset=x; Boundary=\"AaB03x\"");
  ASSERT_EQ(parts.size(), 4U);
  EXPECT_EQ(parts[0].name, "field1");
  EXPECT_EQ(parts[0].content_type, "text/plain;charset=UTF-8");
  EXPECT_EQ(parts[0].content, euro);
  EXPECT_EQ(parts[1].name, "a \"b\"");
  EXPECT_EQ(parts[1].content, bytes);
  EXPECT_EQ(parts[2].content, "");
  EXPECT_EQ(parts[3].content, "");
}

TEST(Multipart, P4_WhatCanBeReadInTwoWaysIsRefusedAndNamed) {
  const std::string good = part("title", "x") + "--b--\r\n";
  EXPECT_EQ(read_form(good, kType).size(), 1U);
  for (const char* type :
       {"", "; charset=x", "; boundary=", "; boundary=\"\"", "; boundary=\"b", "; boundary=b; boundary=b",
        "; boundary=\"b \"", " boundary=b", "; boundary=a/b", "; boundary=\"\x01\"", ";;"})
    EXPECT_EQ(refusal(good, type).code(), ErrorCode::kInvalidArgument) << type;
  EXPECT_EQ(refusal(good, "; boundary=" + std::string(71, 'b')).code(), ErrorCode::kInvalidArgument);
  const std::string head = "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n";
  for (const std::string& body :
       {std::string(), std::string("x"), std::string("--b"), std::string("--b\r\n"), head, head + "\r\nx",
        head + "\r\nx\r\n--bb--\r\n", head + "\r\nx\r\n--b- -", head + "\r\nx\r\n--b--x",
        head + "A : x\r\n\r\nx\r\n--b--", head + " folded\r\n\r\nx\r\n--b--", head + "A: \x01\r\n\r\nx\r\n--b--",
        head + head.substr(5) + "\r\nx\r\n--b--", head + "Content-Transfer-Encoding: base64\r\n\r\nx\r\n--b--",
        std::string("--b\r\n\r\nx\r\n--b--"),
        std::string("--b\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--b--"),
        std::string("--b\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nx\r\n--b--"),
        std::string("--b\nContent-Disposition: form-data; name=\"a\"\n\nx\n--b--")})
    EXPECT_EQ(refusal(body).code(), ErrorCode::kInvalidArgument) << body;
  EXPECT_NE(std::string(refusal(part("title", "x") + head + "\r\nx").what())
                .find("part 2 of the form, 'title', does not end"),
            std::string::npos);
}

TEST(Multipart, P4_PartsAndTheirHeadersAreBounded) {
  const std::string wide =
      "--b\r\nContent-Disposition: form-data; name=\"a\"\r\nX: " + std::string(limits::kFormHeadBytes, 'x') +
      "\r\n\r\nx\r\n--b--";
  EXPECT_EQ(refusal(wide).code(), ErrorCode::kTooLarge);
  std::string many;
  for (std::size_t i = 0; i <= limits::kFormParts; ++i) many += part("a", "");
  EXPECT_EQ(refusal(many + "--b--").code(), ErrorCode::kTooLarge);
}

TEST(ItemForm, P4_AFormIsAnItem) {
  const std::string picture("\x89PNG\r\n\0\r\n--", 11);
  const Item item =
      item_of(part("title", "boots") + part("image", picture, "; filename=\"a.png\"\r\nContent-Type: image/png") +
              part("id", "7") + "--b--");
  EXPECT_EQ(item.texts, (std::vector<std::string>{"boots", ""}));
  EXPECT_EQ(item.picture, picture);
  EXPECT_EQ(item.id, "7");
  EXPECT_EQ(item_of(part("description", "d") + part("designation", "n") + "--b--").texts,
            (std::vector<std::string>{"n", "d"}));
  EXPECT_EQ(item_of(part("photo", "p") + "--b--").picture, "p");
  EXPECT_EQ(item_of(part("title", "x") + part("task", "apps") + "--b--", ItemBodyReader::Keys::kFieldsAndTask).texts[0],
            "x");
  EXPECT_EQ(task_of_form(part("title", "x") + part("task", "apps") + "--b--", kType), "apps");
}

TEST(ItemForm, P4_WhatIsNoItemIsRefusedByThePartsName) {
  const auto refused = [](const std::string& parts) -> std::string {
    try {
      item_of(parts + "--b--");
    } catch (const Error& error) {
      return error.what();
    }
    return "taken";
  };
  EXPECT_NE(refused(part("titel", "x")).find("no field 'titel'; its fields are: title, body, image"),
            std::string::npos);
  EXPECT_NE(refused(part("title", "x") + part("title", "y")).find("'title' twice"), std::string::npos);
  EXPECT_NE(refused(part("title", "x") + part("designation", "y")).find("the same field"), std::string::npos);
  EXPECT_NE(refused(part("image", "x") + part("photo", "y")).find("two pictures"), std::string::npos);
  EXPECT_NE(refused(part("title", "\xff")).find("'title' is not UTF-8"), std::string::npos);
  EXPECT_NE(refused(part("title", "x", "\r\nContent-Type: text/plain; charset=iso-8859-1")).find("send UTF-8"),
            std::string::npos);
  EXPECT_NE(refused(part("title", std::string("a\0b", 3))).find("NUL"), std::string::npos);
  EXPECT_NE(refused(part("title", std::string(limits::kFieldBytes + 1, 'x'))).find("at most"), std::string::npos);
  EXPECT_NE(refused(part("title", " ") + part("image", "")).find("give at least one of"), std::string::npos);
  EXPECT_NE(refused(part("task", "apps") + part("title", "x")).find("no field 'task'"), std::string::npos);
}

}  // namespace
}  // namespace aisle::http
