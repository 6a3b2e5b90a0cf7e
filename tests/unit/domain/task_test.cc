#include "domain/task.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace aisle {
namespace {

Task task_of(std::string name, std::vector<std::string> fields, std::string image = "") {
  return {.name = std::move(name), .text_fields = std::move(fields), .image_field = std::move(image)};
}

TEST(Task, AcceptsWhatTheContractShows) {
  EXPECT_NO_THROW(check_task(task_of("apps-2", {"title", "body"}, "image")));
}

TEST(Task, RefusesWhatCannotBeAName) {
  for (const char* name : {"", "Apps", "2apps", "a b", "../x"})
    EXPECT_THROW(check_task(task_of(name, {"title"})), Error) << name;
  EXPECT_THROW(check_task(task_of(std::string(65, 'a'), {"title"})), Error);
}

TEST(Task, RefusesFieldsThatAreReservedTwiceOrNone) {
  EXPECT_THROW(check_task(task_of("apps", {})), Error);
  EXPECT_THROW(check_task(task_of("apps", {"label"})), Error);
  EXPECT_THROW(check_task(task_of("apps", {"title", "title"})), Error);
  EXPECT_THROW(check_task(task_of("apps", {"title"}, "title")), Error);
  EXPECT_THROW(check_task(task_of("apps", {"ti tle"})), Error);
}

}  // namespace
}  // namespace aisle
