// What a person says about files to be read: import, evaluate --data and predict --input share it.
#pragma once

#include <string>
#include <vector>

namespace aisle {

struct ReadSettings {
  std::vector<std::string> sources;  // files, folders, "-" or a database's URL
  std::string format = "auto";
  std::string query;  // sql only
  std::string map;    // "from=to,..."
  std::string label_separator = "|";
  std::string picture_folder;  // may hold pictures besides the file's own folder; "" none
};

}  // namespace aisle
