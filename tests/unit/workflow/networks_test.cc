// The table of `aisle network show` against what is published of each network: torchvision lists parameters and
// multiplications beside its weights ("num_params", "GFLOPS"), timm in its tables of results; Keras has Inception v3
// without its auxiliary head; EfficientNet's multiplications are counted in timm's network (tests/data/networks).
#include "workflow/networks.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace aisle {
namespace {

struct Figures {
  const char* name;
  std::int64_t classes;
  std::uint64_t parameters;
  double billion_multiply_adds;
};
void PrintTo(const Figures& figures, std::ostream* out) {
  *out << figures.name;
}

class PublishedFigures : public testing::TestWithParam<Figures> {};

TEST_P(PublishedFigures, AreTheTotalsOfTheTable) {
  const auto& [name, classes, parameters, billion] = GetParam();
  const NetworkTable table = describe_network(name, classes, 128);
  EXPECT_EQ(table.parameters, parameters);
  EXPECT_NEAR(static_cast<double>(table.multiply_adds) / 1e9, billion, 0.01 * billion);
  std::uint64_t of_rows = 0, multiply_adds = 0;
  for (const NetworkRow& row : table.rows) {
    EXPECT_FALSE(row.operation.empty() || row.kind.empty() || row.shape.empty()) << row.operation;
    of_rows += row.parameters;
    multiply_adds += row.multiply_adds;
  }
  EXPECT_EQ(of_rows, table.parameters);
  EXPECT_EQ(multiply_adds, table.multiply_adds);
}

INSTANTIATE_TEST_SUITE_P(
    Networks, PublishedFigures,
    testing::Values(Figures{"resnet18", 1000, 11'689'512, 1.814}, Figures{"resnet50", 1000, 25'557'032, 4.089},
                    Figures{"vgg16", 1000, 138'357'544, 15.47}, Figures{"inception_v3", 1000, 23'834'568, 5.713},
                    Figures{"xception", 1000, 22'855'952, 8.4}, Figures{"efficientnet_lite0", 1000, 4'652'008, 0.385},
                    Figures{"bert", 0, 108'891'648, 11.17}),
    [](const auto& given) { return std::string(given.param.name); });

TEST(NetworkTable, ShowsAnOperationALine) {
  const NetworkTable table = describe_network("resnet18", 7, 1);
  ASSERT_GT(table.rows.size(), 3U);
  EXPECT_EQ(table.rows[1].operation, "conv1");
  EXPECT_EQ(table.rows[1].kind, "conv2d");
  EXPECT_EQ(table.rows[1].shape, "N x [64, 112, 112]");
  EXPECT_EQ(table.rows[1].parameters, 64U * 3 * 7 * 7);
  EXPECT_EQ(table.rows[1].multiply_adds, 64ULL * 3 * 7 * 7 * 112 * 112);
  EXPECT_EQ(table.rows.back().shape, "N x [7]");
  EXPECT_EQ(list_networks().size(), 12U);
}

TEST(NetworkTable, RefusesWhatIsOutOfRange) {
  EXPECT_THROW(describe_network("resnet18", -1, 1), Error);
  EXPECT_THROW(describe_network("bert", 7, 0), Error);
  EXPECT_THROW(describe_network("bert", 7, 1'000'000), Error);
  EXPECT_THROW(describe_network("nothing", 7, 1), Error);
}

}  // namespace
}  // namespace aisle
