#include "storage/sql/item_queries.h"

#include "storage/sql/item_rows.h"

namespace aisle::sql {

std::string find_query() {
  return std::string("SELECT ") + kItemColumns +
         " FROM items i JOIN revisions r ON r.revision = i.revision WHERE i.task_id = :task AND i.id = :id";
}

std::string list_query(const ItemFilter& filter) {
  const std::string columns = std::string("SELECT ") + kItemColumns;
  const std::string content = " JOIN revisions r ON r.revision = i.revision";
  const std::string state = filter.state ? " AND i.state = :state" : "";
  if (filter.label) {
    return columns +
           " FROM labels n JOIN item_labels l ON l.label_id = n.label_id JOIN items i ON i.task_id = n.task_id AND "
           "i.id = l.id" +
           content + " WHERE n.task_id = :task AND l.id > :after" + state +
           " AND n.label = :label ORDER BY l.id LIMIT :limit";
  }
  return columns + " FROM items i" + content + " WHERE i.task_id = :task AND i.id > :after" + state +
         " ORDER BY i.id LIMIT :limit";
}

}  // namespace aisle::sql
