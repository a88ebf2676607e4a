// What sgdyn replica finds besides the fixed point, as documents and as text.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sgdyn/theory/replica/sensitivity.hpp"
#include "sgdyn/theory/replica/separability.hpp"

namespace sgdyn::tools {

[[nodiscard]] nlohmann::ordered_json sensitivities_document(const std::vector<replica::Sensitivity>& all);
[[nodiscard]] std::string sensitivities_text(const std::vector<replica::Sensitivity>& all);
[[nodiscard]] nlohmann::ordered_json separability_document(const replica::Separability& found);
[[nodiscard]] std::string separability_text(const replica::Separability& found);
[[nodiscard]] nlohmann::ordered_json optimum_document(const replica::BestRidge& best);
[[nodiscard]] std::string optimum_text(const replica::BestRidge& best);

}  // namespace sgdyn::tools
