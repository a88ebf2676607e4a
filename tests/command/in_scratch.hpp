// Tests that run the command in a directory of their own.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "command/subprocess.hpp"
#include "support/temporary_directory.hpp"

namespace sgdyn::testing_support {

class InScratch : public testing::Test {
 protected:
  [[nodiscard]] Finished run(const std::vector<std::string>& arguments,
                             const std::map<std::string, std::string>& environment = {}) const {
    return testing_support::run({.arguments = arguments, .directory = directory_.path(), .environment = environment});
  }

  TemporaryDirectory directory_;
};

}  // namespace sgdyn::testing_support
