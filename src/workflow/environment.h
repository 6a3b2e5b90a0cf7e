// What a run records about where it ran.
#pragma once

#include <cstddef>
#include <string>

#include "domain/registry_types.h"

namespace aisle {

// code version, compiler, processor, operating system, threads, and the process (id and start time).
Parameters describe_environment(std::size_t threads);

// "0.1.0+abcdef123456".
std::string program_version();

std::string compiler_name();

// Whether the process that describe_environment() named is still the same living one on this machine.
bool process_is_alive(const Parameters& environment);

}  // namespace aisle
