#include "http/item_body.h"

#include <gtest/gtest.h>

#include <rapidcheck.h>
#include <nlohmann/json.hpp>
#include <string>

#include "core/error.h"

namespace aisle::http {
namespace {

using Keys = ItemBodyReader::Keys;

const Task kTask{1, "apps", TaskKind::kCategory, {"title", "body"}, "", 0};

Error refusal(std::string_view json, Keys keys = Keys::kFields) {
  ItemBodyReader reader;
  Item item;
  try {
    reader.read(json, kTask, keys, item);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "taken: " << json;
  return {ErrorCode::kInternal, ""};
}

TEST(ItemBody, P4_APictureComesAsBase64WhereTheModelReadsPictures) {
  ItemBodyReader reader;
  Item item;
  Task task = kTask;
  task.image_field = "photo";
  constexpr auto kDecode = ItemBodyReader::Pictures::kDecode;
  for (const char* body : {R"({"image":"Zm9v"})", R"({"photo":"data:image/png;base64,Zm9v"})"}) {
    reader.read(body, task, Keys::kFields, item, kDecode);
    EXPECT_EQ(item.picture, "foo");
  }
  reader.read(R"({"title":"t","image":"Zm9v"})", task, Keys::kFields, item);  // a model of text alone passes it over
  EXPECT_EQ(item.picture, "");
  EXPECT_THROW(reader.read(R"({"image":"no base64!"})", task, Keys::kFields, item, kDecode), Error);
  EXPECT_THROW(reader.read(R"({"image":""})", task, Keys::kFields, item, kDecode), Error);
  EXPECT_THROW(reader.read(R"({"image":"Zm9v"})", task, Keys::kFields, item), Error);
}

TEST(ItemBody, P4_FieldsComeInTheTasksOrder) {
  ItemBodyReader reader;
  Item item;
  reader.read(R"({"body":"b","id":"i","title":"t"})", kTask, Keys::kFields, item);
  EXPECT_EQ(item.texts, (std::vector<std::string>{"t", "b"}));
  EXPECT_EQ(item.id, "i");
  reader.read(R"({"title":"only"})", kTask, Keys::kFields, item);  // nothing of the last one stays
  EXPECT_EQ(item.texts, (std::vector<std::string>{"only", ""}));
  EXPECT_EQ(item.id, "");
}

TEST(ItemBody, KeysAreKnownByTheRoute) {
  ItemBodyReader reader;
  Item item;
  EXPECT_NO_THROW(reader.read(R"({"title":"t","task":"apps"})", kTask, Keys::kFieldsAndTask, item));
  EXPECT_NO_THROW(reader.read(R"({"title":"t","label":["x"],"group":1,"split":null})", kTask, Keys::kRow, item));
  EXPECT_EQ(refusal(R"({"title":"t","task":"apps"})").context().front().second, "task");
  EXPECT_EQ(refusal(R"({"title":"t","label":"x"})").context().front().second, "label");
  EXPECT_EQ(refusal(R"({"title":"t","image":"aGk="})").context().front().second, "image");  // this task has no picture
}

TEST(ItemBody, AFieldOverItsBoundIsTooLarge) {
  EXPECT_EQ(refusal(R"({"title":")" + std::string((1 << 20) + 1, 'x') + "\"}").code(), ErrorCode::kTooLarge);
}

TEST(ItemBody, P4_APictureOfTwelveMegabytesIsReadAndMuchMoreIsNot) {
  Task task = kTask;
  task.image_field = "image";
  const auto with_picture = [](std::size_t letters) {
    return R"({"title":"t","image":")" + std::string(letters, 'A') + "\"}";
  };
  ItemBodyReader reader;
  Item item;
  reader.read(with_picture(16 << 20), task, Keys::kFields, item, ItemBodyReader::Pictures::kDecode);
  EXPECT_EQ(item.picture.size(), std::size_t{12} << 20);
  try {
    reader.read(with_picture(40 << 20), task, Keys::kFields, item, ItemBodyReader::Pictures::kDecode);
    ADD_FAILURE() << "it was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kTooLarge);
  }
}

TEST(ItemBody, DepthIsBounded) {
  const auto nested = [](int depth) {
    return R"({"title":"t","label":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  ItemBodyReader reader;
  Item item;
  EXPECT_NO_THROW(reader.read(nested(20), kTask, Keys::kRow, item));
  EXPECT_NE(std::string(refusal(nested(40), Keys::kRow).what()).find("nested deeper"), std::string::npos);
  EXPECT_NE(std::string(refusal(nested(400'000), Keys::kRow).what()).find("nested deeper"), std::string::npos);
}

TEST(ItemBody, TheTaskIsReadAlone) {
  ItemBodyReader reader;
  EXPECT_EQ(reader.task_of(R"({"task":"apps","x":[1]})"), "apps");
  EXPECT_EQ(reader.task_of(R"({"x":1})"), "");
  EXPECT_THROW(reader.task_of(R"({"task":1})"), Error);
  EXPECT_THROW(reader.task_of("[]"), Error);
}

TEST(ItemBody, EveryTextArrivesAsItWas) {
  ItemBodyReader reader;
  Item item;
  EXPECT_TRUE(rc::check([&](const std::string& raw) {
    // Of any bytes, the library that knows JSON makes a body; what it wrote as UTF-8 is what we read.
    const std::string body =
        nlohmann::json{{"title", raw}, {"body", "b"}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    const auto wanted = nlohmann::json::parse(body)["title"].get<std::string>();
    if (wanted.find('\0') != std::string::npos) return;
    reader.read(body, kTask, Keys::kFields, item);
    RC_ASSERT(item.texts[0] == wanted);
  }));
}

TEST(ItemBody, EveryCutBodyIsRefused) {
  const std::string body = R"({"id":"i","title":"a\u00e9\n","body":"b"})";
  for (std::size_t end = 0; end < body.size(); ++end)
    EXPECT_EQ(refusal(body.substr(0, end)).code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace aisle::http
