#include "model/network/spelling.h"

#include <gtest/gtest.h>

#include <sstream>

#include "core/error.h"
#include "core/files.h"
#include "model/network/weights.h"

namespace aisle::network {
namespace {

// tests/data/networks/generate_names.py: the real checkpoint beside timm.
TEST(Spelling, EveryNameOfEfficientNetsOwnCheckpointBecomesTimms) {
  std::istringstream pairs(
      read_file(std::filesystem::path(AISLE_TEST_DATA) / "networks/efficientnet_lite0_names.txt", 1 << 20));
  int count = 0;
  for (std::string written, usual; pairs >> written >> usual; ++count) {
    EXPECT_EQ(usual_name("tf_efficientnet_lite0", written), usual);
    EXPECT_EQ(usual_name("tf_efficientnet_lite0", usual), usual);
  }
  EXPECT_EQ(count, 296);
}

TEST(Spelling, WhatWrapsAModelIsTakenOff) {
  EXPECT_EQ(usual_name("resnet50", "module.layer1.0.conv1.weight"), "layer1.0.conv1.weight");
  EXPECT_EQ(usual_name("resnet50", "_orig_mod.module.model.fc.bias"), "fc.bias");
  EXPECT_EQ(usual_name("bert", "bert.embeddings.LayerNorm.gamma"), "embeddings.LayerNorm.weight");
  EXPECT_EQ(usual_name("bert", "0.auto_model.encoder.layer.1.output.LayerNorm.beta"),
            "encoder.layer.1.output.LayerNorm.bias");
  EXPECT_EQ(usual_name("bert", "transformer.layer.0.attention.q_lin.weight"),
            "transformer.layer.0.attention.q_lin.weight");
}

TEST(Spelling, OddNamesStayAsTheyAre) {
  for (const char* name : {"", "_blocks.", "_blocks.x.y", "_blocks.16._bn0.weight", "_blocks.-1._bn0.weight",
                           "_blocks.99999999999999999999.x", "_blocks.3", "gamma"})
    EXPECT_EQ(usual_name("tf_efficientnet_lite0", name), name);
}

TEST(Spelling, TwoNamesOfOneParameterAreRefused) {
  MemoryWeights weights;
  weights.set("bert.pooler.dense.bias", {1}, {1});
  EXPECT_EQ(UsualNames("bert", weights).names(), std::vector<std::string>{"pooler.dense.bias"});
  weights.set("pooler.dense.bias", {1}, {2});
  EXPECT_THROW(UsualNames("bert", weights), Error);
}

}  // namespace
}  // namespace aisle::network
