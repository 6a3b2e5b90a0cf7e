# Every outside library, found once. docs/adr says why each is here.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n data)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(gumbo REQUIRED IMPORTED_TARGET gumbo)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(vips REQUIRED IMPORTED_TARGET vips)

# Debian ships these without a CMake or pkg-config file that works.
function(aisle_plain_library target header)
  find_path(${target}_INCLUDE ${header} REQUIRED)
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${target} INTERFACE ${${target}_INCLUDE})
  foreach(name IN LISTS ARGN)
    find_library(${target}_${name}_LIBRARY ${name} REQUIRED)
    target_link_libraries(${target} INTERFACE ${${target}_${name}_LIBRARY})
  endforeach()
endfunction()
aisle_plain_library(cld2 cld2/public/compact_lang_det.h cld2)
# With libgomp, whose threads the engine keeps to one: its own share the work.
aisle_plain_library(dnnl oneapi/dnnl/dnnl.hpp dnnl)
target_link_libraries(dnnl INTERFACE gomp)
aisle_plain_library(phonenumber phonenumbers/phonenumberutil.h phonenumber)
aisle_plain_library(stemmer libstemmer.h stemmer)
# Only the back end of the embedded database: what a program links it loads at start.
aisle_plain_library(soci_sqlite soci/soci.h soci_core soci_sqlite3)
# SOCI hides the type information of its classes, which this check wants at link time.
if(AISLE_SANITIZE)
  target_compile_options(soci_sqlite INTERFACE -fno-sanitize=vptr)
endif()
aisle_plain_library(sqlite3 sqlite3.h sqlite3)
# Declarations alone: the library is opened when something is to be downloaded.
aisle_plain_library(curl_header curl/curl.h)
