#include "replica_text.hpp"

#include <fmt/format.h>

#include <utility>

#include "description.hpp"

namespace sgdyn::tools {
namespace {

using nlohmann::ordered_json;

constexpr const char* separable_at_every_alpha = "the data are separable at every alpha";

std::string reason_of(const replica::Separability& found) {
  if (found.always) return separable_at_every_alpha;
  return found.message;
}

ordered_json sensitivities_document(const std::vector<replica::Sensitivity>& all) {
  ordered_json document = ordered_json::object();
  for (const replica::Sensitivity& one : all) {
    document[one.parameter] = {{"overlap", one.overlap},
                               {"norm", one.norm},
                               {"response", one.response},
                               {"intercept", one.intercept},
                               {"objective", one.objective},
                               {"training_loss", one.training_loss},
                               {"generalisation_error", one.generalisation_error}};
  }
  return document;
}

std::string sensitivities_text(const std::vector<replica::Sensitivity>& all) {
  std::string text = fmt::format("derivatives\n  {:<18}{:>14}{:>14}{:>14}{:>22}\n", "with respect to", "overlap",
                                 "norm", "training_loss", "generalisation_error");
  for (const replica::Sensitivity& one : all) {
    text += fmt::format("  {:<18}{:>14.6g}{:>14.6g}{:>14.6g}{:>22.6g}\n", one.parameter, one.overlap, one.norm,
                        one.training_loss, one.generalisation_error);
  }
  return text;
}

// Empty where there are some.
std::string why_no_sensitivities(const replica::FixedPoint& point) {
  if (point.status != Status::ok) return "no fixed point was found";
  switch (point.regime) {
    case replica::Regime::ridge: return "";
    case replica::Regime::zero_weights: return "w = 0 at a kink of the loss has no derivatives";
    case replica::Regime::max_margin:
    case replica::Regime::interpolation: break;
  }
  return fmt::format("derivatives are given at a ridge alone, and this is the limit of a vanishing one ({})",
                     replica::to_string(point.regime));
}

std::string optimum_sentence(const replica::BestRidge& best) {
  if (best.ridge) {
    return fmt::format("the generalisation error is least at ridge = {:.10g}: {:.10g}", *best.ridge,
                       best.point.generalisation_error);
  }
  if (best.point.status != Status::ok) return "no ridge of least generalisation error was found: " + best.reason;
  return fmt::format(
      "no ridge generalises best: {}; the least found is {:.10g}; the numbers above are at the ridge given",
      best.reason, best.point.generalisation_error);
}

std::string given_sentence(const replica::BestRidge& best, double ridge, const replica::FixedPoint& there) {
  if (there.status != Status::ok)
    return fmt::format("at the ridge given, {:.10g}, there is none: {}", ridge, there.message);
  std::string text = fmt::format("at the ridge given, {:.10g}, it is {:.10g}", ridge, there.generalisation_error);
  if (best.point.status != Status::ok || !(best.point.generalisation_error > 0.0)) return text;
  return text +
         fmt::format(", {:.3g} % more", 100.0 * (there.generalisation_error / best.point.generalisation_error - 1.0));
}

}  // namespace

void add_sensitivities(Extras& extras, const Problem& problem, const replica::FixedPoint& point) {
  if (const std::string reason = why_no_sensitivities(point); !reason.empty()) {
    extras.blocks.emplace_back("sensitivities", nullptr);
    extras.blocks.emplace_back("reasons", ordered_json{{"sensitivities", reason}});
    extras.text += "derivatives: - (" + reason + ")\n";
    return;
  }
  const auto all = replica::sensitivities(problem, point);
  extras.blocks.emplace_back("sensitivities", sensitivities_document(all));
  extras.text += sensitivities_text(all);
}

ordered_json separability_document(const replica::Separability& found) {
  if (found.always || found.status != Status::ok) {
    return {{"alpha_star", nullptr}, {"overlap", nullptr}, {"intercept", nullptr}, {"reason", reason_of(found)}};
  }
  return {{"alpha_star", found.alpha_star}, {"overlap", found.overlap}, {"intercept", found.intercept}};
}

void add_separability(Extras& extras, const replica::Separability& found) {
  extras.blocks.emplace_back("separability", separability_document(found));
  if (found.always || found.status != Status::ok) {
    extras.numbers = {{"alpha_star", "not available: " + reason_of(found)}};
    extras.text = "alpha*: - (" + reason_of(found) + ")\n";
    return;
  }
  extras.text = "separable below, not separable above, as N \u2192 \u221e\n";
  for (const auto& [name, value] : {std::pair{"alpha_star", found.alpha_star}, std::pair{"overlap", found.overlap},
                                    std::pair{"intercept", found.intercept}}) {
    extras.numbers.emplace_back(name, fmt::format("{:.12g}", value));
    extras.text += fmt::format("  {:<22}{:>18}\n", name, extras.numbers.back().second);
  }
}

ordered_json optimum_document(const replica::BestRidge& best) {
  ordered_json document{{"parameter", "loss.ridge"}};
  document["value"] = best.ridge ? ordered_json(*best.ridge) : ordered_json(nullptr);
  if (!best.reason.empty()) document["reason"] = best.reason;
  document["generalisation_error"] =
      best.point.status == Status::ok ? ordered_json(best.point.generalisation_error) : ordered_json(nullptr);
  return document;
}

void add_optimum(Extras& extras, const replica::BestRidge& best, const Problem& given,
                 const replica::FixedPoint& there) {
  const bool known = there.status == Status::ok;
  ordered_json document = optimum_document(best);
  document["given"] = {
      {"value", given.loss.ridge},
      {"generalisation_error", known ? ordered_json(there.generalisation_error) : ordered_json(nullptr)}};
  if (!known) document["given"]["reason"] = there.message;
  extras.blocks.emplace_back("optimum", std::move(document));
  extras.text += "optimum\n  " + optimum_sentence(best) + "\n  " + given_sentence(best, given.loss.ridge, there) + "\n";
}

std::string describe_at_optimum(const Problem& problem) {
  Description all = description_of(problem);
  for (std::string& item : all.numbers) {
    if (item.starts_with("\u03bb = ")) item += " (optimal)";
  }
  return fmt::format("{}: {}", fmt::join(all.components, ", "), fmt::join(all.numbers, ", "));
}

}  // namespace sgdyn::tools
