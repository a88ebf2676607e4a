#include "sgdyn/theory/replica/bayes.hpp"

#include <algorithm>
#include <cmath>

#include "sgdyn/model/data_model.hpp"
#include "sgdyn/numerics/normal.hpp"

namespace sgdyn::replica {

Estimate bayes_error(const DataSpec& data) {
  const auto model = make_data_model(data.model, data.noise);
  const auto parts = model->projections();
  const double Delta = data.noise;
  const bool two_clusters = margin_is_linear(*model) && parts.size() == 2 &&
                            std::all_of(parts.begin(), parts.end(), [Delta](const GaussianProjection& part) {
                              return part.mean == part.label && part.variance == Delta;
                            });
  if (!two_clusters) {
    return Estimate::unavailable("the Bayes-optimal error is known in closed form for two Gaussian clusters alone");
  }
  const double q = data.alpha / (data.alpha + Delta);
  const double s = std::sqrt(Delta * q);
  double error = 0.0;
  for (const GaussianProjection& part : parts) {
    const double bias = 0.5 * Delta * std::log(part.weight / (1.0 - part.weight));
    error += part.weight * normal_tail((q + bias) / s);
  }
  return {.value = error, .standard_error = 0.0, .reason = ""};
}

}  // namespace sgdyn::replica
