# Compiler flags, kept in one interface target that every module links privately.

add_library(aisle_flags INTERFACE)
target_compile_features(aisle_flags INTERFACE cxx_std_20)
target_compile_options(aisle_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wno-missing-field-initializers
  -Wimplicit-fallthrough -fno-math-errno -fvisibility=hidden
  -pthread)  # some libraries ask for it: with all, precompiled headers serve all
target_link_options(aisle_flags INTERFACE -pthread)
if(AISLE_WERROR)
  target_compile_options(aisle_flags INTERFACE -Werror)
endif()
if(AISLE_SANITIZE)
  target_compile_options(aisle_flags INTERFACE -fsanitize=${AISLE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(aisle_flags INTERFACE -fsanitize=${AISLE_SANITIZE})
endif()

find_program(AISLE_CCACHE ccache)
if(AISLE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without this ccache leaves alone what uses a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${AISLE_CCACHE})
endif()
