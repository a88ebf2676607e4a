// The sentences that say why a verdict is what it is, and what would settle it.
#pragma once

#include <string>
#include <vector>

#include "sgdyn/validation/compare.hpp"
#include "sgdyn/validation/contrast.hpp"
#include "sgdyn/validation/finite_size.hpp"

namespace sgdyn {

/// "norm is off by 4.8 % at step 37 (z = 11, threshold 4.2); overlap too".
[[nodiscard]] std::string describe_disagreement(const Comparison& comparison);

/// Why what looked wrong is not called wrong, and what to do.
[[nodiscard]] std::string describe_finite_size(const Comparison& comparison, const FiniteSizeLooks& looks,
                                               const Observables& simulation);

/// Which observables most runs give the same number for, where theory has them fluctuate.
[[nodiscard]] std::string describe_unresolved(const std::vector<Column>& unresolved, const Observables& theory,
                                              const Observables& simulation);

/// Which error bars are too wide, and about how many runs or samples would narrow them.
[[nodiscard]] std::string describe_width(const Comparison& comparison, const Observables& theory,
                                         const Observables& simulation);

}  // namespace sgdyn
