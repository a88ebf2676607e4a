// Computes a figure: solves and simulates its points, judges its claims.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sgdyn/core/execution.hpp"
#include "sgdyn/core/observables.hpp"
#include "sgdyn/validation/figure/claims.hpp"
#include "sgdyn/validation/figure/recipe.hpp"

namespace sgdyn::figure {

struct PointResult {
  std::shared_ptr<const Observables> theory{};  ///< each null where it was not asked for
  std::shared_ptr<const Observables> simulation{};
};

struct ClaimResult {
  std::size_t claim = 0;  ///< in Recipe::claims
  /// fails if it fails for some producer, else holds if it holds for some, else undecided.
  Truth truth = Truth::undecided;
  std::vector<std::pair<std::string, Finding>> findings{};  ///< by producer; one called "both" for agrees
};

struct Result {
  Recipe recipe{};
  std::vector<std::vector<PointResult>> points{};  ///< by sweep
  std::vector<ClaimResult> claims{};
  Status status = Status::ok;  ///< the worst of all points; interrupted: nothing here is whole
  std::string message{};
  double wall_seconds = 0.0;
  double cpu_seconds = 0.0;

  /// Whether a claim that theory and simulation agree fails.
  [[nodiscard]] bool disagrees() const;
};

/// Computes figures one after the other; points that several share are computed once.
class Workshop {
 public:
  /// Progress is over the work of all `recipes` that will be passed to compute(). @throws InputError for a simulation
  /// that is out of range or does not fit into memory, NotApplicable.
  Workshop(const std::vector<Recipe>& recipes, const Execution& execution);

  [[nodiscard]] Result compute(const Recipe& recipe);

 private:
  using Shared = std::shared_ptr<const Observables>;

  Shared once(const std::string& key, double cost, const std::string& stage,
              const std::function<Observables(const Execution&)>& make);
  PointResult compute(const Point& point, const std::string& stage);

  Execution execution_;
  std::map<std::string, Shared> known_;
  std::map<std::string, int> wanted_;  // how often a key is still asked for
  double done_ = 0.0, total_ = 0.0;
};

/// Judges the claims of a recipe on computed points.
[[nodiscard]] std::vector<ClaimResult> judge_claims(const Recipe& recipe,
                                                    const std::vector<std::vector<PointResult>>& points);

}  // namespace sgdyn::figure
