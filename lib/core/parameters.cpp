#include "sgdyn/core/parameters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "sgdyn/core/error.hpp"

namespace sgdyn {
namespace {

// Insertions, deletions, substitutions and swaps of neighbours, each counted once.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> cost((a.size() + 1) * width);
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i * width] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t here = i * width + j;
      const std::size_t substitute = cost[here - width - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[here] = std::min({cost[here - width] + 1, cost[here - 1] + 1, substitute});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[here] = std::min(cost[here], cost[here - 2 * width - 2] + 1);
      }
    }
  }
  return cost.back();
}

// What lib/notation.md calls by a symbol, and practitioners by other names.
constexpr std::array<std::pair<std::string_view, std::string_view>, 17> symbols{{{"b", "batch"},
                                                                                 {"batch_size", "batch"},
                                                                                 {"beta", "momentum"},
                                                                                 {"Delta", "noise"},
                                                                                 {"delta", "noise"},
                                                                                 {"dt", "learning_rate"},
                                                                                 {"epochs", "steps"},
                                                                                 {"eta", "learning_rate"},
                                                                                 {"kappa", "margin"},
                                                                                 {"L", "half_width"},
                                                                                 {"lambda", "ridge"},
                                                                                 {"lr", "learning_rate"},
                                                                                 {"mu", "momentum"},
                                                                                 {"N", "dimension"},
                                                                                 {"R", "variance"},
                                                                                 {"rho", "fraction"},
                                                                                 {"tau", "persistence"}}};

}  // namespace

bool Range::contains(double value) const {
  if (!std::isfinite(value)) return false;
  const bool above = low_open ? value > low : value >= low;
  const bool below = high_open ? value < high : value <= high;
  return above && below;
}

std::string Range::describe(std::string_view name) const {
  std::string text(name);
  if (std::isfinite(low)) text = shortest(low) + (low_open ? " < " : " <= ") + text;
  if (std::isfinite(high)) text += (high_open ? " < " : " <= ") + shortest(high);
  return text == name ? "a finite number" : text;
}

Parameters complete(const Parameters& given, std::span<const ParameterInfo> declared, const std::string& table,
                    const std::string& component) {
  Parameters result;
  for (const ParameterInfo& info : declared) {
    const std::string key = table + "." + std::string(info.key);
    const auto found = given.find(info.key);
    if (found == given.end()) {
      if (!info.default_value) {
        throw InputError(key, "missing; \"" + component + "\" needs it (" + std::string(info.description) +
                                  "), allowed is " + info.range.describe(info.key));
      }
      result.emplace(info.key, *info.default_value);
      continue;
    }
    if (!info.range.contains(found->second)) {
      throw InputError(key, shortest(found->second) + " is out of range; allowed is " + info.range.describe(info.key));
    }
    result.emplace(info.key, found->second);
  }
  std::vector<std::string> known;
  for (const ParameterInfo& info : declared) known.emplace_back(info.key);
  for (const auto& [key, value] : given) {
    if (!result.contains(key)) {
      throw InputError(table + "." + key, "does not apply to \"" + component + "\"" + did_you_mean(key, known));
    }
  }
  return result;
}

void require_texts(const Texts& given, std::span<const TextInfo> declared, const std::string& table,
                   const std::string& component) {
  std::vector<std::string> known;
  for (const TextInfo& info : declared) {
    known.emplace_back(info.key);
    if (given.contains(info.key)) continue;
    throw InputError(table + "." + known.back(), "missing; \"" + component + "\" needs it (" +
                                                     std::string(info.description) + "), for example \"" +
                                                     std::string(info.example) + "\"");
  }
  for (const auto& [key, text] : given) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    throw InputError(table + "." + key, "does not apply to \"" + component + "\"" + did_you_mean(key, known));
  }
}

std::string shortest(double value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return error == std::errc() ? std::string(buffer.data(), end) : std::to_string(value);
}

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  for (const auto& [symbol, name] : symbols) {
    if (word == symbol && std::find(candidates.begin(), candidates.end(), name) != candidates.end()) {
      return std::string(name);
    }
  }
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::string guess = nearest(word, candidates);
  return guess.empty() ? "" : " (did you mean \"" + guess + "\"?)";
}

}  // namespace sgdyn
