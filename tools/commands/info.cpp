// sgdyn info: what this build is.
#include <fmt/format.h>
#include <gsl/gsl_version.h>
#include <omp.h>
#include <toml++/toml.h>
#include <CLI/Version.hpp>
#include <Eigen/Core>
#include <boost/version.hpp>

#include <nlohmann/json.hpp>

#include "commands/commands.hpp"
#include "gnuplot.hpp"
#include "output.hpp"
#include "session.hpp"
#include "sgdyn/theory/theory.hpp"

namespace sgdyn::tools {
namespace {

using nlohmann::ordered_json;

std::string compiler() {
#if defined(__clang__)
  return fmt::format("clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

ordered_json dependencies() {
  const int boost = BOOST_VERSION;
  const int patch = 100;
  return {{"Eigen", fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)},
          {"Boost", fmt::format("{}.{}.{}", boost / 100000, boost / patch % 1000, boost % patch)},
          {"GSL", GSL_VERSION},
          {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
          {"CLI11", CLI11_VERSION},
          {"toml++", fmt::format("{}.{}.{}", TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH)},
          {"nlohmann_json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                                        NLOHMANN_JSON_VERSION_PATCH)},
          {"OpenMP", std::to_string(_OPENMP)},
          {"gnuplot", gnuplot_version().empty() ? "not found" : gnuplot_version()}};
}

ordered_json information(Session& session) {
  ordered_json names = ordered_json::array();
  for (const Theory& theory : theories()) names.push_back(theory.name);
  return {{"schema", "sgdyn-info/1"},
          {"version", SGDYN_VERSION},
          {"compiler", compiler()},
          {"flags", SGDYN_BUILD_FLAGS},
          {"build_type", SGDYN_BUILD_TYPE},
          {"sanitizers", std::string(SGDYN_SANITIZE).empty() ? "none" : SGDYN_SANITIZE},
          {"threads", session.thread_count()},
          {"processors", omp_get_num_procs()},
          {"simd", Eigen::SimdInstructionSetsInUse()},
          {"mpi", false},
          {"random", {{"streams", "Philox4x32-10 keyed by seed, purpose and id"}, {"theory", "scrambled Sobol"}}},
          {"theories", names},
          {"dependencies", dependencies()}};
}

std::string value_text(const ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  return value.dump();
}

std::string lines(const ordered_json& information, const std::string& indent) {
  std::string text;
  for (const auto& [key, value] : information.items()) {
    text += value.is_object() ? indent + key + "\n" + lines(value, indent + "  ")
                              : fmt::format("{}{:<{}}{}\n", indent, key, 18 - indent.size(), value_text(value));
  }
  return text;
}

ExitStatus run(const Options& options, Session& session) {
  const ordered_json all = information(session);
  print(options.json ? all.dump(1) + "\n" : lines(all, ""));
  return exit_ok;
}

}  // namespace

Command info_command() {
  return {.name = "info",
          .summary = "Version, build, threads and libraries.",
          .example = "sgdyn info --json",
          .takes = Takes::nothing,
          .options = {},
          .run = run};
}

}  // namespace sgdyn::tools
