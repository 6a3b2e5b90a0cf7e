#include "workflow/certify.h"

namespace aisle {
namespace {

CertifyResult finish(Context& context, const Task& task, ItemState state, std::int64_t changed) {
  log_event(context, "certification", task,
            R"({"state":")" + std::string(to_string(state)) + R"(","items":)" + std::to_string(changed) + "}");
  return {changed, context.workspace.training->count_items(task.id)};
}

}  // namespace

CertifyResult set_state_of(Context& context, const Task& task, std::span<const std::string> ids, ItemState state) {
  return finish(context, task, state, context.workspace.training->set_state(task.id, ids, state));
}

CertifyResult set_state_of_proposals(Context& context, const Task& task, ItemState state) {
  return finish(context, task, state, context.workspace.training->set_state_of_all_proposals(task.id, state));
}

}  // namespace aisle
