// What `models export` and `backbone export` share.
#pragma once

#include "cli/command.h"
#include "cli/session.h"
#include "workflow/export_network.h"

namespace aisle {

void add_export_options(Command command, ExportSettings& settings);
// `document` says what was exported; the rest is added.
void print_export(Session& session, Json document, const ExportResult& result, const ExportSettings& settings);

}  // namespace aisle
