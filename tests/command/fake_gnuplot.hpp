// A gnuplot of our own at the head of PATH.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "support/temporary_directory.hpp"

namespace sgdyn::testing_support {

/// The environment in which gnuplot is this shell script, whose second argument is what it is to draw.
inline std::map<std::string, std::string> with_gnuplot(const TemporaryDirectory& directory, const std::string& script) {
  const std::filesystem::path folder = directory / "bin";
  std::filesystem::create_directories(folder);
  write_bytes(folder / "gnuplot", "#!/bin/sh\n" + script);
  std::filesystem::permissions(folder / "gnuplot", std::filesystem::perms::owner_all);
  return {{"PATH", folder.string() + ":" + std::getenv("PATH")}};
}

}  // namespace sgdyn::testing_support
