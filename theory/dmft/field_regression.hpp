// The mean of a force given the label and the Gaussian part of the field, as a control variate: what is left of the
// force varies far less, and noise that is independent of that field cannot tell the difference (dmft.E13).
#pragma once

#include <array>
#include <cstddef>

namespace sgdyn::dmft {

/// A step function of the field for either sign of the label, fitted to samples given one by one.
class FieldRegression {
 public:
  /// Fields are expected around `centre` with standard deviation `width`.
  FieldRegression(double centre, double width) : centre_(centre), scale_(width > 0.0 ? resolution / width : 0.0) {}

  void add(double label, double field, double force) {
    Bin& bin = bins_[index(label, field)];
    bin.count += 1.0;
    bin.sum += force;
  }

  /// The force minus the mean of the *other* samples in the same bin, so that no sample is its own control; the force
  /// itself where there are no others.
  [[nodiscard]] double residual(double label, double field, double force) const {
    const Bin& bin = bins_[index(label, field)];
    return bin.count > 1.0 ? force - (bin.sum - force) / (bin.count - 1.0) : force;
  }

 private:
  static constexpr double resolution = 10.0;  // bins per standard deviation
  static constexpr std::size_t reach = 40;    // bins on either side of the centre; the outermost are unbounded
  struct Bin {
    double count = 0, sum = 0;
  };

  [[nodiscard]] std::size_t index(double label, double field) const;

  double centre_, scale_;
  std::array<Bin, 4 * reach> bins_{};
};

}  // namespace sgdyn::dmft
