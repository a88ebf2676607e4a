#include "replica_text.hpp"

#include <fmt/format.h>

namespace sgdyn::tools {
namespace {

using nlohmann::ordered_json;

constexpr const char* separable_at_every_alpha = "the data are separable at every alpha";

std::string reason_of(const replica::Separability& found) {
  if (found.always) return separable_at_every_alpha;
  return found.message;
}

}  // namespace

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

ordered_json separability_document(const replica::Separability& found) {
  if (found.always || found.status != Status::ok) {
    return {{"alpha_star", nullptr}, {"overlap", nullptr}, {"intercept", nullptr}, {"reason", reason_of(found)}};
  }
  return {{"alpha_star", found.alpha_star}, {"overlap", found.overlap}, {"intercept", found.intercept}};
}

std::string separability_text(const replica::Separability& found) {
  if (found.always || found.status != Status::ok) return "alpha*: - (" + reason_of(found) + ")\n";
  return fmt::format(
      "separable below, not separable above, as N \u2192 \u221e\n  {:<22}{:>18.12g}\n  {:<22}{:>18.12g}\n  "
      "{:<22}{:>18.12g}\n",
      "alpha_star", found.alpha_star, "overlap", found.overlap, "intercept", found.intercept);
}

ordered_json optimum_document(const replica::BestRidge& best) {
  ordered_json document{{"parameter", "loss.ridge"}};
  document["value"] = best.ridge ? ordered_json(*best.ridge) : ordered_json(nullptr);
  if (!best.reason.empty()) document["reason"] = best.reason;
  document["generalisation_error"] =
      best.point.status == Status::ok ? ordered_json(best.point.generalisation_error) : ordered_json(nullptr);
  return document;
}

std::string optimum_text(const replica::BestRidge& best) {
  if (best.ridge) return fmt::format("least generalisation error at ridge = {:.10g}\n", *best.ridge);
  if (best.point.status != Status::ok) return "no ridge of least generalisation error was found\n";
  return fmt::format("no finite ridge generalises best: {} (it tends to {:.10g})\n", best.reason,
                     best.point.generalisation_error);
}

}  // namespace sgdyn::tools
