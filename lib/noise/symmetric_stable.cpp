#include "sgdyn/noise/symmetric_stable.hpp"

#include <cstddef>
#include <numbers>

#include "sgdyn/numerics/vector_math.hpp"

namespace sgdyn {

// With V uniform on (-pi/2, pi/2) and W standard exponential,
//   X = sin(index V) / cos(V)^(1/index) * (cos((1 - index) V) / W)^((1 - index)/index).
void symmetric_stable(double index, std::span<const double> u_angle, std::span<const double> u_size,
                      std::span<double> out) {
  constexpr double pi = std::numbers::pi;
  const double inverse = 1.0 / index;
  const double power = (1.0 - index) * inverse;
  const std::size_t count = out.size();
  const double* angle = u_angle.data();
  const double* size = u_size.data();
  double* target = out.data();
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) {
    const double from_centre = angle[i] - 0.5;
    const double V = pi * from_centre;
    const double to_end =
        from_centre < 0.0 ? angle[i] : 1.0 - angle[i];  // cos V = sin(pi to_end), without cancellation
    const double log_cos = std::log(std::sin(pi * to_end));
    const double log_ratio = std::log(std::cos((1.0 - index) * V)) - std::log(-std::log(size[i]));
    target[i] = std::sin(index * V) * std::exp(power * log_ratio - inverse * log_cos);
  }
}

}  // namespace sgdyn
