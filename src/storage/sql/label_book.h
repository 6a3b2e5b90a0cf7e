// The labels of a task during one write: their keys, who has them, and how their counters change. Nothing but new
// labels is written before flush(), and then in the order of the table, which touches its pages once.
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace aisle::sql {

class LabelBook {
 public:
  LabelBook(soci::session& session, std::int64_t task);
  LabelBook(const LabelBook&) = delete;
  LabelBook& operator=(const LabelBook&) = delete;

  // The item `id` gets or loses its labels.
  void attach(const std::string& id, const std::vector<std::string>& labels);
  void detach(const std::string& id, const std::vector<std::string>& labels);
  // One more (+1) or one less (-1) certified item has them.
  void count_certified(const std::vector<std::string>& labels, int change);
  // The label's key; made when it is new.
  std::int64_t key_of(const std::string& label) { return entry_of(label).key; }
  // Writes everything; once, at the end.
  void flush();

 private:
  struct Entry {
    std::int64_t key = 0;
    std::int64_t uses = 0;  // changes
    std::int64_t certified = 0;
  };
  struct Change {
    std::int64_t key;
    std::string id;
    bool attached;
  };
  void note(const std::string& id, const std::vector<std::string>& labels, bool attached);
  void write_items();
  void write_counters();
  Entry& entry_of(const std::string& label);
  std::int64_t find_or_add(const std::string& label);

  soci::session& session_;
  std::int64_t task_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::vector<Change> changes_;
};

}  // namespace aisle::sql
