// From computed points to the evidence of each claim.
#include <algorithm>
#include <cmath>

#include "sgdyn/validation/figure/figure.hpp"
#include "sgdyn/validation/figure/observed.hpp"

namespace sgdyn::figure {
namespace {

constexpr std::size_t most_times = 8;  // of a series compared point by point

const Observables* producer_of(const PointResult& point, const std::string& producer) {
  return producer == "theory" ? point.theory.get() : point.simulation.get();
}

struct Judge {
  const Recipe& recipe;
  const std::vector<std::vector<PointResult>>& points;

  // Whether every point the claim may be about was computed by the producer.
  [[nodiscard]] bool computed(const Claim& claim, const std::string& producer) const {
    std::vector<std::size_t> sweeps = claim.sweeps;
    if (claim.other) sweeps.push_back(*claim.other);
    return std::all_of(sweeps.begin(), sweeps.end(), [&](std::size_t sweep) {
      return std::all_of(points[sweep].begin(), points[sweep].end(),
                         [&](const PointResult& point) { return producer_of(point, producer) != nullptr; });
    });
  }

  [[nodiscard]] Evidence of_producer(const Claim& claim, const std::string& producer) const {
    Evidence evidence;
    const std::size_t sweep = claim.sweeps.front();
    if (claim.quantities.size() > 1)
      return within_point(claim, points[sweep][chosen_points(claim, recipe.sweeps[sweep]).front()], producer);
    const Quantity& quantity = claim.quantities.front();
    for (const std::size_t i : chosen_points(claim, recipe.sweeps[sweep])) {
      evidence.at.push_back(recipe.sweeps[sweep].points[i].label);
      evidence.measured.push_back(quantity.of(*producer_of(points[sweep][i], producer)));
      if (claim.other && points[*claim.other].size() > 1) {
        evidence.reference.push_back(quantity.of(*producer_of(points[*claim.other][i], producer)));
      }
    }
    if (claim.other && points[*claim.other].size() == 1) {
      evidence.reference.push_back(quantity.of(*producer_of(points[*claim.other].front(), producer)));
    }
    return evidence;
  }

  // Several quantities of one point.
  [[nodiscard]] static Evidence within_point(const Claim& claim, const PointResult& point,
                                             const std::string& producer) {
    Evidence evidence;
    for (const Quantity& quantity : claim.quantities) {
      evidence.at.push_back(quantity.text);
      evidence.measured.push_back(quantity.of(*producer_of(point, producer)));
    }
    return evidence;
  }

  // A whole series: pairs at up to most_times steps after the first, relative to the largest value over time.
  void add_series(Evidence& evidence, const Claim& claim, const Point& point, const PointResult& result) const {
    const Series& theory = result.theory->at(claim.series);
    const Series& simulation = result.simulation->at(claim.series);
    const std::size_t count = std::min(result.theory->steps.size(), result.simulation->steps.size());
    if (!theory.available() || !simulation.available() || count < 2) {
      evidence.at.push_back(point.label);
      evidence.measured.push_back(Measured::unavailable(theory.available() ? simulation.reason : theory.reason));
      return;
    }
    const double scale = simulation.mean.cwiseAbs().maxCoeff();
    const std::size_t pairs = std::min(most_times, count - 1);
    for (std::size_t k = 1; k <= pairs; ++k) {
      const auto at = static_cast<Eigen::Index>(k * (count - 1) / pairs);
      evidence.at.push_back(point.label + ", step " +
                            std::to_string(result.theory->steps[static_cast<std::size_t>(at)]));
      evidence.measured.push_back(series_at(*result.theory, claim.series, static_cast<std::size_t>(at)));
      evidence.reference.push_back(series_at(*result.simulation, claim.series, static_cast<std::size_t>(at)));
      evidence.scale.push_back(scale);
    }
  }

  [[nodiscard]] Evidence of_both(const Claim& claim) const {
    Evidence evidence;
    for (const std::size_t sweep : claim.sweeps) {
      for (const std::size_t i : chosen_points(claim, recipe.sweeps[sweep])) {
        const PointResult& result = points[sweep][i];
        const Point& point = recipe.sweeps[sweep].points[i];
        if (!claim.series.empty()) {
          add_series(evidence, claim, point, result);
          continue;
        }
        evidence.at.push_back(point.label);
        evidence.measured.push_back(claim.quantities.front().of(*result.theory));
        evidence.reference.push_back(claim.quantities.front().of(*result.simulation));
        evidence.scale.push_back(std::fabs(evidence.reference.back().value));
      }
    }
    return evidence;
  }

  [[nodiscard]] double resolution(const Claim& claim) const {
    return recipe.sweeps[claim.sweeps.front()].points.front().effort.resolution;
  }

  [[nodiscard]] ClaimResult judge_one(std::size_t index) const {
    const Claim& claim = recipe.claims[index];
    ClaimResult result{.claim = index, .truth = Truth::undecided, .findings = {}};
    if (claim.kind == Claim::Kind::agrees) {
      if (!computed(claim, "theory") || !computed(claim, "simulation")) {
        result.findings.emplace_back("both", Finding{Truth::undecided, "only one of the two was computed"});
      } else {
        result.findings.emplace_back("both", judge(claim, of_both(claim), resolution(claim)));
      }
    } else {
      for (const std::string& producer : claim.producers) {
        if (!computed(claim, producer)) continue;
        result.findings.emplace_back(producer, judge(claim, of_producer(claim, producer), resolution(claim)));
      }
    }
    result.truth = combined(result.findings);
    return result;
  }

  static Truth combined(const std::vector<std::pair<std::string, Finding>>& findings) {
    const auto any = [&](Truth truth) {
      return std::any_of(findings.begin(), findings.end(),
                         [truth](const auto& one) { return one.second.truth == truth; });
    };
    return any(Truth::fails) ? Truth::fails : any(Truth::holds) ? Truth::holds : Truth::undecided;
  }
};

}  // namespace

std::vector<ClaimResult> judge_claims(const Recipe& recipe, const std::vector<std::vector<PointResult>>& points) {
  const Judge judge{recipe, points};
  std::vector<ClaimResult> results;
  for (std::size_t i = 0; i < recipe.claims.size(); ++i) results.push_back(judge.judge_one(i));
  return results;
}

}  // namespace sgdyn::figure
