// The explicit list of subcommands: one file each, one line here and in run.cc.
#pragma once

namespace CLI {
class App;
}

namespace aisle {

class Session;

void add_init(CLI::App& app, Session& session);
void add_task(CLI::App& app, Session& session);
void add_import(CLI::App& app, Session& session);
void add_certify(CLI::App& app, Session& session);  // and reject
void add_data(CLI::App& app, Session& session);
void add_train(CLI::App& app, Session& session);
void add_runs(CLI::App& app, Session& session);
void add_evaluate(CLI::App& app, Session& session);
void add_predict(CLI::App& app, Session& session);
void add_models(CLI::App& app, Session& session);
void add_backbone(CLI::App& app, Session& session);
void add_embed(CLI::App& app, Session& session);
void add_network(CLI::App& app, Session& session);
void add_serve(CLI::App& app, Session& session);

}  // namespace aisle
