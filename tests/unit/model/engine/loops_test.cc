// The engine's own inner loops, those of every instruction set that this processor has, against the definitions.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/random.h"
#include "model/engine/kernels.h"

namespace aisle::engine {
namespace {

using network::op::Function;

struct Named {
  const char* name;
  const Kernels& (*loops)();
};

// Of the instruction sets that this processor has.
std::vector<Named> loops_here() {
  std::vector<Named> here = {{"plain", plain_kernels}};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) here.push_back({"avx2", avx2_kernels});
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq"))
    here.push_back({"avx512", avx512_kernels});
#endif
  return here;
}

class EngineLoops : public testing::TestWithParam<Named> {
 protected:
  std::vector<float> numbers(std::size_t count, double reach) {
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>((2 * random_.uniform() - 1) * reach);
    return values;
  }

  const Kernels* loops_ = &GetParam().loops();
  Random random_{11};
};

double defined(Function function, double x) {
  switch (function) {
    case Function::kRelu:
      return std::max(x, 0.0);
    case Function::kRelu6:
      return std::clamp(x, 0.0, 6.0);
    case Function::kGelu:
      return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
    case Function::kGeluTanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    case Function::kSilu:
      return x / (1 + std::exp(-x));
    case Function::kTanh:
      return std::tanh(x);
    case Function::kSigmoid:
      return 1 / (1 + std::exp(-x));
  }
  return NAN;
}

constexpr Function kAll[] = {Function::kRelu, Function::kRelu6, Function::kGelu,   Function::kGeluTanh,
                             Function::kSilu, Function::kTanh,  Function::kSigmoid};

TEST_P(EngineLoops, M13_ActivationsAreWhatTheyAreDefinedAs) {
  for (const Function function : kAll) {
    std::vector<float> x = numbers(1003, 9);
    x.insert(x.end(), {0.0F, -0.0F, 30.0F, -30.0F, 1000.0F, -1000.0F});
    std::vector<float> y = x;
    loops_->activate(function, y.data(), y.size());
    for (std::size_t i = 0; i < x.size(); ++i)
      EXPECT_NEAR(y[i], defined(function, x[i]), 3e-7 * std::max(1.0F, std::abs(x[i])))
          << static_cast<int>(function) << " " << x[i];
  }
}

TEST_P(EngineLoops, M13_RowsAreActivatedAndPutInTheirPlace) {
  constexpr std::size_t kRows = 3, kWidth = 37, kStride = 50;
  const std::vector<float> x = numbers(kRows * kWidth, 4);
  const Function relu = Function::kRelu;
  std::vector<float> y(kRows * kStride, 7), z = y;
  loops_->place(x.data(), nullptr, kRows, kWidth, y.data(), kStride);
  loops_->place(x.data(), &relu, kRows, kWidth, z.data(), kStride);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const bool inside = i % kStride < kWidth;
    const float value = inside ? x[i / kStride * kWidth + i % kStride] : 7;
    EXPECT_EQ(y[i], value) << i;
    EXPECT_EQ(z[i], inside ? std::max(value, 0.0F) : 7) << i;
  }
}

TEST_P(EngineLoops, M13_RowsBecomeBytesAndNumbersAgain) {
  constexpr std::size_t kRows = 4, kWidth = 61, kStride = 64;
  std::vector<float> x = numbers(kRows * kWidth, 3);
  for (std::size_t i = 0; i < kWidth; ++i) x[i] = std::abs(x[i]), x[kWidth + i] = 0;  // a row above 0, one of zeros
  std::vector<std::uint8_t> bytes(x.size());
  std::vector<RowScale> scales(kRows);
  for (const float levels : {255.0F, 127.0F}) {
    loops_->quantise(x.data(), kRows, kWidth, levels, bytes.data(), scales.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const RowScale& row = scales[i / kWidth];
      EXPECT_LE(bytes[i], levels);
      EXPECT_NEAR(row.scale * (bytes[i] - row.zero), x[i], row.scale * 1.001) << i;
    }
  }
  const std::vector<float> column_scales = numbers(kWidth, 2), column_sums = numbers(kWidth, 90),
                           bias = numbers(kWidth, 1);
  std::vector<std::int32_t> sums(kRows * kWidth);
  for (std::int32_t& sum : sums) sum = static_cast<std::int32_t>(random_.below(4000)) - 2000;
  for (const Function* function : {static_cast<const Function*>(nullptr), &kAll[0], &kAll[2]}) {
    std::vector<float> out(kRows * kStride);
    const Dequantise how = {scales.data(), column_scales.data(), column_sums.data(), bias.data(), function};
    loops_->dequantise(sums.data(), how, kRows, kWidth, out.data(), kStride);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const std::size_t row = i / kWidth, c = i % kWidth;
      const double sum = sums[i] - static_cast<double>(scales[row].zero) * column_sums[c];
      const double value = sum * scales[row].scale * column_scales[c] + bias[c];
      EXPECT_NEAR(out[row * kStride + c], function != nullptr ? defined(*function, value) : value, 1e-3) << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryProcessor, EngineLoops, testing::ValuesIn(loops_here()),
                         [](const auto& given) { return std::string(given.param.name); });

}  // namespace
}  // namespace aisle::engine
