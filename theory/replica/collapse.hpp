// A loss with a kink, fitted with an intercept to labels of unequal frequency, can leave the weights at exactly zero.
#pragma once

#include <optional>

#include "sgdyn/model/loss.hpp"
#include "sgdyn/theory/replica/margin_law.hpp"

namespace sgdyn::replica {

/// The limit of small weights (replica.E14): the samples of the more frequent label sit at the kink of the loss, B = +-
/// its margin, and those of the other label at minus that margin.
struct SmallWeights {
  /// The kink holds every sample without any weight: w = 0 at every ridge.
  bool collapsed = false;
  OrderParameters at;  ///< the solution for a large ridge; of a collapsed one B alone
};

/// Of two clusters with a fitted intercept and a loss with a kink that can balance their labels; nothing for anything
/// else.
[[nodiscard]] std::optional<SmallWeights> small_weights(const Loss& loss, const MarginLaw& law, double alpha,
                                                        double ridge);

}  // namespace sgdyn::replica
