// The explicit list of subcommands: one file each, one line here and in run.cc.
#pragma once

namespace aisle {

class Command;
class Session;

void add_init(Command app, Session& session);
void add_task(Command app, Session& session);
void add_import(Command app, Session& session);
void add_certify(Command app, Session& session);  // and reject
void add_data(Command app, Session& session);
void add_train(Command app, Session& session);
void add_runs(Command app, Session& session);
void add_evaluate(Command app, Session& session);
void add_predict(Command app, Session& session);
void add_models(Command app, Session& session);
void add_backbone(Command app, Session& session);
void add_embed(Command app, Session& session);
void add_network(Command app, Session& session);
void add_serve(Command app, Session& session);

}  // namespace aisle
