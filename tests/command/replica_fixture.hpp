// A directory with a problem about the minimiser, and sgdyn replica in it.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command/in_scratch.hpp"

namespace sgdyn::testing_support {

class Replica : public InScratch {
 protected:
  static constexpr const char* clusters = "model = \"two-clusters\"\nalpha = 2.0\nnoise = 0.5\nfraction = 0.3\n";
  static constexpr const char* three_clusters =
      "model = \"three-clusters\"\nalpha = 2.0\nnoise = 0.5\nhalf_width = 0.7\n";
  static constexpr const char* logistic = "name = \"logistic\"\nridge = 0.1\nintercept = \"optimal\"\n";

  void SetUp() override { write(clusters, logistic); }

  void write(const std::string& data, const std::string& loss) const {
    write_bytes(directory_ / "p.toml", "[data]\n" + data + "[loss]\n" + loss);
  }

  [[nodiscard]] Finished replica(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"replica", "p.toml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  [[nodiscard]] nlohmann::json document(std::vector<std::string> more) const {
    more.emplace_back("--json");
    const Finished finished = replica(more);
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(finished.err, "");
    return nlohmann::json::parse(finished.out);
  }

  // Exit status 2, one sentence, nothing else printed or written.
  void expect_refused(const std::vector<std::string>& more, const std::string& word) const {
    const Finished finished = replica(more);
    EXPECT_EQ(finished.status, 2) << word << finished.out;
    EXPECT_EQ(finished.out, "") << word;
    EXPECT_EQ(count_lines(finished.err), 1) << finished.err;
    EXPECT_NE(finished.err.find(word), std::string::npos) << finished.err;
    EXPECT_EQ(directory_.count(), 1);
  }
};

// Every number that is missing says why, and none is NaN (which JSON cannot hold and a reader would see as null).
inline void expect_reasons(const nlohmann::json& point) {
  for (const auto& [key, value] : point.items()) {
    if (!value.is_null() || key == "dimension") continue;
    EXPECT_TRUE(point.contains("reasons") && point["reasons"].contains(key)) << key << " is null without a reason";
  }
}

}  // namespace sgdyn::testing_support
