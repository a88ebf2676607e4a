// The proximal point of any convex loss, in blocks.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "sgdyn/model/loss.hpp"

namespace sgdyn::replica {

/// Nodes of one panel of the quadrature, and of one block.
inline constexpr std::size_t panel_nodes = 41;
using PanelArray = std::array<double, panel_nodes>;

struct ProximalBlock {
  PanelArray u;  ///< argmin_u [ (u - h)^2/(2 g) + l(u) ]
  PanelArray d;  ///< u - h, of full relative precision
  PanelArray p;  ///< 1 - du/dh
};

/// A margin at which a loss is not analytic, with l' on either side.
struct Break {
  double u = 0.0;
  double left = 0.0;
  double right = 0.0;
};

/// Of a convex loss: increasing.
[[nodiscard]] std::vector<Break> breaks_of(const Loss& loss);

/// For margins h and width g > 0 (replica.E6): Newton's method on u - h + g l'(u) = 0, kept inside a bracket that
/// shrinks at every step and holds no break, so that it ends at the root of a convex loss whatever its shape; where l'
/// jumps across the root, u is the kink and p = 1. The loss must be finite wherever the root can lie. At most
/// panel_nodes margins.
void proximal_points(const Loss& loss, std::span<const Break> breaks, double g, std::span<const double> h,
                     ProximalBlock& out);

}  // namespace sgdyn::replica
