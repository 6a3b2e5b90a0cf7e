# cmake -DOUTPUT=x.cc -DFOLDER=src/storage/sql/migrations -P EmbedMigrations.cmake
# Writes the numbered SQL files as string literals. DATABASE_NNNN.sql is migration NNNN of DATABASE.
file(GLOB files ${FOLDER}/*.sql)
list(SORT files)
set(rows "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WE)
  string(REGEX MATCH "^([a-z]+)_0*([1-9][0-9]*)$" matched ${name})
  if(NOT matched)
    message(FATAL_ERROR "${file}: a migration is named DATABASE_NNNN.sql")
  endif()
  set(database ${CMAKE_MATCH_1})
  set(number ${CMAKE_MATCH_2})
  file(READ ${file} sql)
  string(APPEND rows "    {\"${database}\", ${number}, R\"SQL(${sql})SQL\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made by cmake/EmbedMigrations.cmake from src/storage/sql/migrations.
#include \"storage/sql/migrate.h\"

namespace aisle::sql {
namespace {
constexpr Migration kMigrations[] = {
${rows}};
}  // namespace

std::span<const Migration> all_migrations() { return kMigrations; }

}  // namespace aisle::sql
")
