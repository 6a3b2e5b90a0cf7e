// What a file is refused for, and that a refused one leaves nothing behind. That files are right, onnxruntime says
// (functional/onnx_test.py).
#include <gmock/gmock.h>

#include <cstdlib>

#include "core/error.h"
#include "core/files.h"
#include "model/network/bert.h"
#include "model/network/dnn.h"
#include "model/onnx/translate.h"
#include "model/onnx/write.h"
#include "support/temporary_folder.h"

namespace aisle::onnx {
namespace {

using testing::Contains;
using testing::HasSubstr;

class OnnxFile : public testing::Test {
 protected:
  OnnxFile() { ::setenv("AISLE_ONNX_LIBRARY", AISLE_ONNX_FILE, 1); }

  // What write_model() says; "" where it writes.
  std::string refusal(const Graph& graph) {
    try {
      write_model({.graph = graph}, path_, progress_, cancel_);
    } catch (const Error& error) {
      return describe(error);
    }
    return "";
  }

  Graph good() const {
    GraphBuilder builder("good");
    const auto values = add_network(builder, network_, weights_, {"logits"});
    builder.output(values[0], output_info(network_, "logits"));
    return std::move(builder).take();
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "x.onnx";
  SilentProgress progress_;
  CancelToken cancel_;
  network::Network network_ = network::build_dnn({.inputs = 6, .hidden = 4, .classes = 3});
  network::MemoryWeights weights_ = network::random_weights(network_, 1);
};

TEST_F(OnnxFile, M13_AGoodModelIsWrittenAndReplacesWhatIsThere) {
  write_file_atomically(path_, "old");
  EXPECT_EQ(refusal(good()), "");
  EXPECT_GT(std::filesystem::file_size(path_), weight_bytes(good()));
  EXPECT_FALSE(std::filesystem::exists(path_.string() + ".part"));
}

TEST_F(OnnxFile, M13_AGraphThatOnnxDoesNotKnowIsRefusedAndLeavesNothing) {
  Graph graph = good();
  graph.nodes.front().type = "NoSuchOperation";
  EXPECT_THAT(refusal(graph), HasSubstr("NoSuchOperation"));
  EXPECT_TRUE(is_empty(folder_.path()));
}

TEST_F(OnnxFile, M13_AShapeThatTheGraphDoesNotGiveIsRefused) {
  Graph graph = good();
  graph.outputs.front().dims.back() = std::int64_t{5};
  EXPECT_THAT(refusal(graph), HasSubstr("ONNX refuses the model"));
}

TEST_F(OnnxFile, M13_MoreThanProtobufCanHoldIsRefusedBeforeAnythingIsRead) {
  Graph graph = good();
  graph.initializers.push_back({"large", {1 << 15, 1 << 15}, []() -> std::vector<float> { std::abort(); }});
  EXPECT_THAT(refusal(graph), HasSubstr("an ONNX file holds"));
}

TEST_F(OnnxFile, M13_StopsWhenAskedTo) {
  cancel_.cancel();
  EXPECT_THROW(write_model({.graph = good()}, path_, progress_, cancel_), Error);
  EXPECT_TRUE(is_empty(folder_.path()));
}

TEST_F(OnnxFile, M13_AFolderThatIsNotThereAndAMissingLibraryAreNamed) {
  path_ = folder_.path() / "no" / "x.onnx";
  EXPECT_THAT(refusal(good()), HasSubstr("x.onnx.part"));
  ::setenv("AISLE_ONNX_LIBRARY", "/nowhere/lib.so", 1);
  EXPECT_THAT(refusal(good()), HasSubstr("/nowhere/lib.so"));
}

TEST_F(OnnxFile, M13_WeightsThatDoNotFitAreNamed) {
  weights_.set("fc1.bias", {3}, {1, 2, 3});
  EXPECT_THAT([&] { good(); }, testing::ThrowsMessage<Error>(HasSubstr("fc1.bias [4]")));
}

TEST(OnnxGraph, M13_HoldsWhatTheOutputNeedsAndNothingElse) {
  const network::Network network = network::build_bert(
      {.vocabulary = 20, .width = 8, .layers = 1, .heads = 2, .inner_width = 8, .positions = 9, .classes = 3});
  const network::MemoryWeights weights = network::random_weights(network, 1);
  const auto names = [&](const std::string& output) {
    GraphBuilder builder("part");
    add_network(builder, network, weights, {output});
    std::vector<std::string> all;
    for (const Initializer& initializer : std::move(builder).take().initializers) all.push_back(initializer.name);
    return all;
  };
  EXPECT_THAT(names("logits"), Contains("classifier.weight"));
  EXPECT_THAT(names("features"), testing::Not(Contains("classifier.weight")));
  EXPECT_THAT(names("features"), Contains("embeddings.word_embeddings.weight"));
}

}  // namespace
}  // namespace aisle::onnx
