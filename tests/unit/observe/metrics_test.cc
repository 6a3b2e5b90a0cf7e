#include "observe/metrics.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace aisle {
namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, P12_CountsAreShownWithTheirLabels) {
  Metrics metrics({"1.0", "abc", "g++"});
  metrics.requests("/x", "GET", 200).add(2);
  metrics.requests("/x", "GET", 200).add();
  metrics.predictions("apps", 3).count(Decision::kSure);
  metrics.connections().add(2);
  const std::string text = metrics.text({{"apps", 3, 0.5}});
  EXPECT_TRUE(has_line(text, R"(aisle_http_requests_total{route="/x",method="GET",status="200"} 3)")) << text;
  EXPECT_TRUE(has_line(text, R"(aisle_predictions_total{task="apps",version="3",decision="sure"} 1)"));
  EXPECT_TRUE(has_line(text, R"(aisle_predictions_total{task="apps",version="3",decision="unsure"} 0)"));
  EXPECT_TRUE(has_line(text, R"(aisle_model_version{task="apps"} 3)"));
  EXPECT_TRUE(has_line(text, R"(aisle_model_load_seconds{task="apps"} 0.5)"));
  EXPECT_TRUE(has_line(text, R"(aisle_build_info{version="1.0",code="abc",compiler="g++"} 1)"));
  EXPECT_TRUE(has_line(text, "aisle_http_connections 2"));
}

TEST(Metrics, AFamilyWithoutSamplesIsLeftOut) {
  EXPECT_EQ(Metrics({}).text({}).find("aisle_predictions_total"), std::string::npos);
}

TEST(Metrics, LabelsAreEscaped) {
  Metrics metrics({});
  metrics.refused("a\"b\\c\nd").add();
  EXPECT_TRUE(has_line(metrics.text({}), R"(aisle_http_refused_total{reason="a\"b\\c\nd"} 1)"));
}

TEST(LatencyHistogram, LimitsAreInclusive) {
  LatencyHistogram histogram;
  histogram.observe(50e-6);
  histogram.observe(51e-6);
  histogram.observe(10);
  histogram.observe(11);
  const auto reading = histogram.read();
  EXPECT_EQ(reading.counts[0], 1U);
  EXPECT_EQ(reading.counts[1], 1U);
  EXPECT_EQ(reading.counts[reading.counts.size() - 2], 1U);
  EXPECT_EQ(reading.counts.back(), 1U);
  EXPECT_NEAR(reading.sum, 21.000101, 1e-9);
}

TEST(Metrics, NothingIsLostBetweenThreads) {
  Metrics metrics({});
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) {
        metrics.requests("/x", "GET", 200).add();
        metrics.request_seconds("/x").observe(0.001);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(metrics.requests("/x", "GET", 200).value(), 40'000U);
  EXPECT_NEAR(metrics.request_seconds("/x").read().sum, 40, 1e-6);
}

}  // namespace
}  // namespace aisle
