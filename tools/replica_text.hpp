// What sgdyn replica finds besides the fixed point, as documents and as text.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "outcome.hpp"
#include "sgdyn/theory/replica/sensitivity.hpp"
#include "sgdyn/theory/replica/separability.hpp"

namespace sgdyn::tools {

/// Derivatives of a fixed point with respect to the parameters of its problem, or null and the reason why there are
/// none.
void add_sensitivities(Extras& extras, const Problem& problem, const replica::FixedPoint& point);

[[nodiscard]] nlohmann::ordered_json separability_document(const replica::Separability& found);
void add_separability(Extras& extras, const replica::Separability& found);

[[nodiscard]] nlohmann::ordered_json optimum_document(const replica::BestRidge& best);

/// The best ridge beside the one that was given, whose problem and solution these are.
void add_optimum(Extras& extras, const replica::BestRidge& best, const Problem& given,
                 const replica::FixedPoint& there);

/// The description of a problem whose ridge is the best.
[[nodiscard]] std::string describe_at_optimum(const Problem& problem);

}  // namespace sgdyn::tools
