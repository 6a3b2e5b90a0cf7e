// Parallel loops over indices. Workers' exceptions are carried out: the first one is thrown to the caller.
#pragma once

#include <cstddef>
#include <functional>

namespace aisle {

// What the user gave with --threads, or the machine's cores when 0. At least 1, at most 256.
std::size_t thread_count(std::size_t wanted);

// Runs body(i, worker) for i in [0, count); worker < threads. Indices are handed out one at a time, so a body
// should be worth microseconds. With threads == 1 it runs in order on the calling thread.
void parallel_for(std::size_t count, std::size_t threads, const std::function<void(std::size_t, std::size_t)>& body);

// Runs body(phase, piece) for every piece in [0, pieces) of phase 0, then of phase 1, and so on: no piece begins before
// all of the phase before have ended. A thread takes the next piece that is left, so one that the system does not run
// holds up nobody who finds a piece, and others no longer than by the piece it has begun. In order with threads == 1.
void parallel_phases(std::size_t phases, std::size_t pieces, std::size_t threads,
                     const std::function<void(std::size_t, std::size_t)>& body);

// A pipeline over `slots` places (the bound on what is in memory): take(slot) fills a place, one call at a time, false
// at the end; work(slot, worker) runs on all threads; give(slot) empties it, one call at a time, in the order of take.
// Reading, working and writing overlap. With threads == 1 it runs on the calling thread.
void ordered_pipeline(std::size_t threads, std::size_t slots, const std::function<bool(std::size_t)>& take,
                      const std::function<void(std::size_t, std::size_t)>& work,
                      const std::function<void(std::size_t)>& give);

}  // namespace aisle
