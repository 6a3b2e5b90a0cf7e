# A module is a folder of src/, a static library, and a row of layers.txt.

file(STRINGS ${CMAKE_SOURCE_DIR}/cmake/layers.txt AISLE_LAYERS REGEX "^[a-z]+:")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/layers.txt)

# Adds every module of layers.txt, in the table's order.
function(aisle_add_modules)
  foreach(row IN LISTS AISLE_LAYERS)
    string(REGEX REPLACE ":.*" "" module "${row}")
    add_subdirectory(${CMAKE_SOURCE_DIR}/src/${module})
  endforeach()
endfunction()

# The modules that `name` may include; a folder without a row is refused.
function(aisle_layers_of name result)
  set(rows ${AISLE_LAYERS})
  list(FILTER rows INCLUDE REGEX "^${name}:")
  if(NOT rows)
    message(FATAL_ERROR "the module ${name} has no row in cmake/layers.txt")
  endif()
  string(REGEX REPLACE "^${name}:" "" layers "${rows}")
  separate_arguments(layers UNIX_COMMAND "${layers}")
  set(${result} ${layers} PARENT_SCOPE)
endfunction()

# aisle_module(NAME SOURCES a.cc ... [LIBRARIES lib ...] [PUBLIC_LIBRARIES lib ...])
# The modules it may include come from layers.txt; LIBRARIES are its own outside needs.
function(aisle_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES;PUBLIC_LIBRARIES" ${ARGN})
  add_library(aisle_${name} STATIC ${arg_SOURCES})
  target_include_directories(aisle_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(aisle_${name} PRIVATE aisle_flags ${arg_LIBRARIES} PUBLIC ${arg_PUBLIC_LIBRARIES})
  aisle_layers_of(${name} layers)
  foreach(layer IN LISTS layers)
    if(NOT TARGET aisle_${layer})
      message(FATAL_ERROR "layers.txt: ${name} may include ${layer}, which is no module in a row above it")
    endif()
    target_link_libraries(aisle_${name} PUBLIC aisle_${layer})
  endforeach()
  aisle_precompile(aisle_${name} headers aisle_flags)
endfunction()

# Headers that are parsed once a build; sources spend up to half their time on them. What is compiled with flags of its
# own says SKIP_PRECOMPILE_HEADERS. `owner`, a target of the same type, holds nothing else: macros of others would make
# them useless.
function(aisle_precompile target owner)
  if(NOT TARGET ${owner})
    file(WRITE ${CMAKE_BINARY_DIR}/${owner}.cc "")
    get_target_property(type ${target} TYPE)
    if(type STREQUAL EXECUTABLE)
      add_executable(${owner} ${CMAKE_BINARY_DIR}/${owner}.cc)
    else()
      add_library(${owner} OBJECT ${CMAKE_BINARY_DIR}/${owner}.cc)
    endif()
    target_link_libraries(${owner} PRIVATE ${ARGN})
    target_precompile_headers(${owner} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/${owner}.h)
  endif()
  target_precompile_headers(${target} REUSE_FROM ${owner})
  # g++ 12 finds fault with std::string's operator+ (its bug 105651); precompiled, it no longer counts as the system's.
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-restrict>)
endfunction()

# aisle_test(MODULE SOURCES a_test.cc ... [LIBRARIES ...]): one program of unit tests a module.
function(aisle_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name}_test ${arg_SOURCES})
  aisle_test_program(${name}_test)
  target_link_libraries(${name}_test PRIVATE aisle_${name} ${arg_LIBRARIES} GTest::gmock_main)
  gtest_discover_tests(${name}_test PROPERTIES TIMEOUT 120 DISCOVERY_TIMEOUT 60)
endfunction()

# What every program of tests shares. Its own sources are compiled quickly; under sanitizers they watch memory alone:
# undefined behaviour is looked for in the product.
add_library(aisle_test_flags INTERFACE)
if(AISLE_SANITIZE)
  target_compile_options(aisle_test_flags INTERFACE -O0 -fno-sanitize=undefined)
else()
  target_compile_options(aisle_test_flags INTERFACE -O1)
endif()
function(aisle_test_program program)
  target_link_libraries(${program} PRIVATE aisle_flags aisle_test_flags)  # in this order: the last word is the tests'
  target_include_directories(${program} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  aisle_precompile(${program} test_headers aisle_flags aisle_test_flags GTest::gmock_main)
endfunction()
