// Shared libraries of our own, opened when they are first needed: what they bring is large, and who does without shall
// not wait for it.
#pragma once

#include <string>

namespace aisle {

// Stays loaded until the process ends. Thread-safe once opened.
class OwnLibrary {
 public:
  struct Name {
    const char* file;      // "libaisle_onnx.so"
    const char* variable;  // of the environment: names the file itself
    const char* purpose;   // begins the sentence of an error: "pictures cannot be read"
  };

  // Looks where the variable says, else beside the program, in ../lib and in ../lib/aisle. kUnsupported says where.
  static OwnLibrary open(const Name& name);
  // That very file.
  static OwnLibrary open(const Name& name, const std::string& file);

  // kUnsupported where the library does not have it: it belongs to another version of Aisle.
  template <typename Function>
  Function function(const char* symbol) const {
    return reinterpret_cast<Function>(find(symbol));
  }
  // Of another version too.
  [[noreturn]] void refuse(const std::string& why) const;

 private:
  explicit OwnLibrary(const Name& name) : name_(name) {}
  void* find(const char* symbol) const;

  Name name_;
  std::string file_;
  void* handle_ = nullptr;
};

}  // namespace aisle
