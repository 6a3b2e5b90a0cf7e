// Whether weights fit a network, and which network weights are of.
#pragma once

#include <string>

#include "model/network/network.h"
#include "model/network/weights.h"

namespace aisle {

// Throws kInvalidArgument where something is missing or misshapen: all of it, up to a bound, in one message.
void check_fit(const network::Network& network, const network::WeightSource& weights);

// The picture architecture that the weights are of, by their names and shapes. kInvalidArgument where none or more than
// one fits, with what is nearest.
std::string find_architecture_of(const network::WeightSource& weights);

}  // namespace aisle
