#include "commands/replica_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "options.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"

namespace sgdyn::tools {
namespace {

bool given(const Options& options, const std::string& flag) { return own_option(options, flag).has_value(); }

/// Fowler-Noll-Vo 1a, 32 bits.
std::uint32_t fnv1a(const std::string& text) {
  std::uint32_t hash = 0x811c9dc5U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
  return hash;
}

void check_optimise(const std::string& parameter) {
  static const std::vector<std::string> known{"ridge", "loss.ridge"};
  if (std::find(known.begin(), known.end(), parameter) != known.end()) return;
  throw InputError("--optimise",
                   "\"" + parameter + "\" is not known" + did_you_mean(parameter, known) + "; allowed is ridge");
}

}  // namespace

void check_replica_options(const Options& options) {
  if (const auto parameter = own_option(options, "--optimise")) check_optimise(*parameter);
  if (given(options, "--separability") && given(options, "--optimise")) {
    throw InputError("--optimise", "does not apply to --separability, which knows no ridge");
  }
  if (given(options, "--curves") && !given(options, "--sweep")) {
    throw InputError("--curves", "applies to --sweep alone");
  }
}

Question replica_question(const Options& options) {
  return given(options, "--separability") ? Question::separability : Question::minimiser;
}

bool optimises(const Options& options) { return given(options, "--optimise"); }

std::string directory_variant(const Options& options) {
  std::string variant;
  if (given(options, "--separability")) variant += "-separability";
  if (given(options, "--optimise")) variant += "-optimum";
  if (!given(options, "--sweep")) return variant;
  const std::string axes = *own_option(options, "--sweep") + " " + own_option(options, "--curves").value_or("");
  return variant + fmt::format("-sweep-{:08x}", fnv1a(axes));
}

}  // namespace sgdyn::tools
