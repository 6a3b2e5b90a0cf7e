// Everything in memory, for tests of what uses a store. The same contract as sql/, without its files.
#pragma once

#include <memory>

#include "storage/store.h"

namespace aisle {

std::unique_ptr<TrainingStore> memory_training_store();
std::unique_ptr<UserStore> memory_user_store();
std::unique_ptr<LogStore> memory_log_store();

}  // namespace aisle
