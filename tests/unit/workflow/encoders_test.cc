// Backbones opened in the precision that is asked for, that the processor has, or that a sample says is good enough.
#include "workflow/encoders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "core/error.h"
#include "model/engine/engine.h"
#include "model/network/architectures.h"
#include "model/network/formats/safetensors.h"
#include "model/network/weights.h"
#include "support/compared.h"
#include "support/fake_encoders.h"
#include "support/picture_cases.h"
#include "workflow/backbones.h"
#include "workflow/sampled_encoders.h"
#include "workflow_support.h"

namespace aisle {
namespace {

using engine::Precision;
using testing::HasSubstr;

class Heard final : public Progress {
 public:
  void update(const ProgressEvent&) override {}
  void message(std::string_view text) override { messages.emplace_back(text); }
  std::vector<std::string> messages;
};

std::vector<float> encode(const Encoder& encoder, std::string_view input) {
  std::vector<float> row(encoder.info().dimension);
  std::string fault;
  encoder.encode({&input, 1}, 1, row, {&fault, 1});
  EXPECT_EQ(fault, "");
  return row;
}

class Encoders : public testing::Test {
 protected:
  static void SetUpTestSuite() { ::setenv("AISLE_PICTURE_LIBRARY", AISLE_PICTURE_FILE, 1); }

  void add_tiny() {
    add_backbone(fixture_.context, "tiny", {.source = std::string(AISLE_TEST_DATA) + "/backbones/tiny"});
  }

  WorkflowFixture fixture_;
  Heard heard_;
  WorkspaceEncoders encoders_{fixture_.context.workspace, fixture_.context.clock, heard_};
};

TEST_F(Encoders, M4_WhatTheProcessorDoesNotHaveBecomesF32AndIsTold) {
  add_tiny();
  const auto exact = encoders_.open("tiny", "f32");
  EncoderInfo trained = exact->info();
  trained.precision = "bf16";
  const auto opened = encoders_.open(trained);
  const bool has = engine::can_compute(Precision::kBf16);
  EXPECT_EQ(opened->info().precision, has ? "bf16" : "f32");
  EXPECT_EQ(heard_.messages.size(), has ? 0U : 1U);
  if (!has) {
    EXPECT_THAT(heard_.messages.at(0), HasSubstr("bf16, which this processor does not have"));
  }
  EXPECT_GT(cosine(encode(*opened, "red shoes"), encode(*exact, "red shoes")), 0.999);
  // int8 is slower on some processors, and works on all.
  trained.precision = "int8";
  EXPECT_EQ(encoders_.open(trained)->info().precision, "int8");
  EXPECT_GT(cosine(encode(*encoders_.open(trained), "red shoes"), encode(*exact, "red shoes")), 0.99);
  if (!has) {
    EXPECT_THROW(encoders_.open("tiny", "bf16"), Error);
  }
}

TEST_F(Encoders, M5_PicturesInBytesAreCalibratedAndOpenAgainAsTheyWere) {
  const network::Network network = network::find_architecture("efficientnet_lite0").build(10);
  const std::string file = fixture_.file("weights.safetensors", "");
  const auto weights = network::random_weights(network, 2);
  std::vector<network::NamedTensor> tensors;
  for (const std::string& name : weights.names()) tensors.push_back({name, weights.find(name).value()});
  network::write_safetensors(file, tensors);
  add_backbone(fixture_.context, "lite0", {.source = file, .architecture = "efficientnet_lite0"});
  EXPECT_THROW(encoders_.open("lite0", "int8"), Error);
  EXPECT_THROW(encoders_.calibrate("lite0", {}, 1), Error);
  const std::string photo = picture_file("photo.jpg"), damaged = "no picture";
  EncoderInfo info;
  std::vector<float> row;
  {
    const auto encoder = encoders_.calibrate("lite0", std::vector<std::string_view>{damaged, photo}, 1);
    info = encoder->info();
    row = encode(*encoder, photo);
  }
  EXPECT_EQ(info.precision, "int8");
  EXPECT_GE(info.ranges.size(), 50U);
  EXPECT_EQ(encode(*encoders_.open(info), photo), row);
  EXPECT_GT(cosine(row, encode(*encoders_.open("lite0", "f32"), photo)), 0.9);
  // Features depend on what was calibrated on.
  EncoderInfo other = info;
  other.ranges.begin()->second *= 2;
  EXPECT_NE(feature_space(other), feature_space(info));
  EXPECT_NE(encode(*encoders_.open(other), photo), row);
}

// Counts words; in other precisions than f32 with `noise` on every feature.
class NoisySource final : public EncoderSource {
 public:
  explicit NoisySource(float noise) : noise_(noise) {}
  std::shared_ptr<const Encoder> open(std::string_view, std::string_view precision) override {
    return std::make_shared<Noisy>(precision, precision == "f32" ? 0 : noise_);
  }
  std::shared_ptr<const Encoder> open(const EncoderInfo& info) override { return open(info.backbone, info.precision); }

 private:
  class Noisy final : public Encoder {
   public:
    Noisy(std::string_view precision, float noise) : noise_(noise), info_(words_.info()) {
      info_.precision = precision;
    }
    const EncoderInfo& info() const override { return info_; }
    void encode(std::span<const std::string_view> inputs, std::size_t threads, std::span<float> out,
                std::span<std::string> faults) const override {
      words_.encode(inputs, threads, out, faults);
      for (std::size_t i = 0; i < out.size(); ++i) out[i] += noise_ * std::sin(static_cast<float>(i * i));
    }

   private:
    tests::CountingEncoder words_;
    float noise_;
    EncoderInfo info_;
  };

  float noise_;
};

class Sampled : public Encoders {
 protected:
  std::shared_ptr<const Encoder> open(float noise, int items) {
    add_tiny();
    std::string rows = "id,title,label\n";
    for (int i = 0; i < items; ++i) {
      rows += std::to_string(i) + (i % 2 == 0 ? ",red running shoes " : ",a novel of chapters ") + std::to_string(i) +
              (i % 2 == 0 ? ",shoes\n" : ",books\n");
    }
    import_items(fixture_.context, fixture_.task,
                 {.read = {.sources = {fixture_.file("a.csv", rows)}}, .certified = true});
    const Snapshot snapshot =
        fixture_.context.workspace.training->create_snapshot(fixture_.task.id, fixture_.context.clock.now_ms());
    Context context{fixture_.context.workspace, fixture_.context.clock, heard_, fixture_.cancel, "tester"};
    NoisySource inner(noise);
    SampledEncoders sampled(context, inner, fixture_.task, snapshot.number, 1);
    EXPECT_EQ(sampled.open("tiny", "bf16")->info().precision, "bf16");
    EXPECT_TRUE(heard_.messages.empty());
    return sampled.open("tiny", "auto");
  }

  static std::vector<std::string> native() {
    std::vector<std::string> names;
    for (const Precision precision : {Precision::kInt8, Precision::kBf16}) {
      if (engine::is_native(precision)) names.emplace_back(engine::precision_name(precision));
    }
    return names;
  }
};

TEST_F(Sampled, M9_AutoTakesTheFastestPrecisionThatLosesLittle) {
  const auto encoder = open(0.001F, 400);
  EXPECT_EQ(encoder->info().precision, native().empty() ? "f32" : native().front());
  ASSERT_EQ(encoder->info().losses.size(), native().empty() ? 0U : 1U);
  for (const auto& [name, loss] : encoder->info().losses) EXPECT_NEAR(loss, 0, 0.01) << name;
}

TEST_F(Sampled, M9_AutoStaysWithF32WhereEveryOtherLosesTooMuch) {
  const auto encoder = open(3, 400);
  EXPECT_EQ(encoder->info().precision, "f32");
  ASSERT_EQ(encoder->info().losses.size(), native().size());
  for (const auto& [name, loss] : encoder->info().losses) EXPECT_GT(loss, 0.01) << name;
}

TEST_F(Sampled, M9_AutoMeasuresNothingOnAFewItems) {
  const auto encoder = open(0, 30);
  EXPECT_EQ(encoder->info().precision, "f32");
  EXPECT_TRUE(encoder->info().losses.empty());
  EXPECT_THAT(heard_.messages, testing::ElementsAre(HasSubstr("too few items")));
}

}  // namespace
}  // namespace aisle
